/* Log lines. No locks and no allocation: a line is composed on the stack and written at once; what does not
 * fit is cut and ends in "...". */
#include <turnout/base/log.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

enum { LINE_BYTES_MAX = 2048 };

struct line {
    char bytes[LINE_BYTES_MAX];
    size_t length;
};

static const char cut_mark[] = "...\n";
enum { LINE_ROOM_BYTES = LINE_BYTES_MAX - sizeof cut_mark };

static void put(struct line *line, const char *text, size_t length)
{
    size_t room = LINE_ROOM_BYTES - line->length;
    size_t taken = length < room ? length : room;
    memcpy(line->bytes + line->length, text, taken);
    line->length += taken;
}

static void put_end(struct line *line)
{
    const char *end = line->length == LINE_ROOM_BYTES ? cut_mark : "\n";
    memcpy(line->bytes + line->length, end, strlen(end));
    line->length += strlen(end);
}

static bool is_plain(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == '=') {
            return false;
        }
    }
    return *text != '\0';
}

/* Vietnamese stays readable; but one control character or stray byte, and everything that is not ASCII is
 * escaped: terminals obey C1 controls too. */
static void put_quoted(struct line *line, const char *text)
{
    struct slice whole = slice_of(text);
    bool readable = text_is_utf8(whole, NULL) && !text_has_control(whole);
    put(line, "\"", 1);
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (!readable && (byte < ' ' || byte > '~')) {
            char escape[8];
            int length = snprintf(escape, sizeof escape, "\\x%02x", byte);
            put(line, escape, (size_t)length);
        } else {
            if (*c == '"' || *c == '\\') {
                put(line, "\\", 1);
            }
            put(line, c, 1);
        }
    }
    put(line, "\"", 1);
}

static void put_moment(struct line *line)
{
    int64_t now_ms = clock_wall_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    char moment[40];
    size_t length = 0;
    if (gmtime_r(&seconds, &parts) != NULL) {
        length = strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%S", &parts);
    }
    put(line, moment, length);
    int tail = snprintf(moment, sizeof moment, ".%03dZ ", (int)(now_ms % 1000));
    put(line, moment, (size_t)tail);
}

struct log_field log_text(const char *key, const char *text)
{
    return (struct log_field){.key = key, .text = text == NULL ? "" : text};
}

struct log_field log_number(const char *key, int64_t number)
{
    return (struct log_field){.key = key, .number = number};
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    static const char *const levels[] = {"error ", "warning ", "info "};
    struct line line = {.length = 0};
    put_moment(&line);
    put(&line, levels[level], strlen(levels[level]));
    put(&line, event, strlen(event));
    for (const struct log_field *field = fields; field->key != NULL; field++) {
        put(&line, " ", 1);
        put(&line, field->key, strlen(field->key));
        put(&line, "=", 1);
        if (field->text == NULL) {
            char digits[24];
            int length = snprintf(digits, sizeof digits, "%lld", (long long)field->number);
            put(&line, digits, (size_t)length);
        } else if (is_plain(field->text)) {
            put(&line, field->text, strlen(field->text));
        } else {
            put_quoted(&line, field->text);
        }
    }
    put_end(&line);
    ssize_t written;
    do {
        written = write(STDERR_FILENO, line.bytes, line.length);
    } while (written < 0 && errno == EINTR); /* a log that cannot be written has nowhere to say so */
}
