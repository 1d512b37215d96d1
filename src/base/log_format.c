/* Composing a log line: no locks and no allocation. */
#include "log_format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

static const char cut_mark[] = "...";
enum { LINE_ROOM_BYTES = LOG_LINE_BYTES_MAX - (sizeof cut_mark - 1) };

static size_t put_within(char *bytes, size_t length, size_t room, const char *text, size_t text_length)
{
    size_t left = room - length;
    size_t taken = text_length < left ? text_length : left;
    memcpy(bytes + length, text, taken);
    return length + taken;
}

/* Into the line alone. */
static void put(struct log_line *line, const char *text, size_t length)
{
    line->length = put_within(line->bytes, line->length, LINE_ROOM_BYTES, text, length);
}

/* Into the line and its kind. */
static void put_in_both(struct log_line *line, const char *text)
{
    size_t length = strlen(text);
    put(line, text, length);
    line->kind_length = put_within(line->kind, line->kind_length, LOG_KIND_BYTES_MAX, text, length);
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

/* Vietnamese stays readable; but with one character that cannot be shown, everything that is not ASCII is escaped. */
static void put_quoted(struct log_line *line, const char *text)
{
    bool is_showable = text_is_showable(slice_of(text));
    put(line, "\"", 1);
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (!is_showable && (byte < ' ' || byte > '~')) {
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

static void put_moment(struct log_line *line)
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

static void put_number(struct log_line *line, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)number);
    put(line, digits, (size_t)length);
}

/* The text is part of the line's kind. There it stands unescaped: it only has to differ from other texts. */
static void put_text(struct log_line *line, const char *text)
{
    line->kind_length = put_within(line->kind, line->kind_length, LOG_KIND_BYTES_MAX, text, strlen(text));
    if (is_plain(text)) {
        put(line, text, strlen(text));
    } else {
        put_quoted(line, text);
    }
}

void log_format(enum log_level level, const char *event, const struct log_field *fields,
                struct log_line *ret_line)
{
    static const char *const levels[] = {"error ", "warning ", "info "};
    ret_line->length = 0;
    ret_line->kind_length = 0;
    put_moment(ret_line);
    put_in_both(ret_line, levels[level]);
    put_in_both(ret_line, event);
    ret_line->event_length = ret_line->kind_length;
    for (const struct log_field *field = fields; field->key != NULL; field++) {
        put_in_both(ret_line, " ");
        put_in_both(ret_line, field->key);
        put_in_both(ret_line, "=");
        if (field->text == NULL) {
            put_number(ret_line, field->number);
        } else {
            put_text(ret_line, field->text);
        }
    }
    if (ret_line->length == LINE_ROOM_BYTES) {
        memcpy(ret_line->bytes + ret_line->length, cut_mark, sizeof cut_mark - 1);
        ret_line->length += sizeof cut_mark - 1;
    }
}
