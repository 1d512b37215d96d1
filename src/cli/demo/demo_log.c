/* Reads the log line by line: `TIME LEVEL EVENT key=value ...`. */
#include "demo/demo_log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/file.h>
#include <turnout/base/text.h>

enum { LOG_BYTES_MAX = 1 << 30 };

/* A line's parts. */
struct line {
    struct slice text;
    struct slice level;
    struct slice event;
    struct slice fields;
};

/* Calls `on_line` with each complete line, until it returns true. */
static void read_lines(const char *path, bool (*on_line)(void *context, const struct line *line),
                       void *context)
{
    char *bytes = NULL;
    struct slice rest = {0};
    struct error error;
    if (file_read(path, LOG_BYTES_MAX, &bytes, &rest.length, &error) != TURNOUT_OK) {
        return; /* as good as empty */
    }
    rest.bytes = bytes;
    bool is_found = false;
    while (!is_found && memchr(rest.bytes, '\n', rest.length) != NULL) {
        struct line line = {.text = text_split(&rest, '\n')};
        line.fields = line.text;
        (void)text_split(&line.fields, ' ');
        line.level = text_split(&line.fields, ' ');
        line.event = text_split(&line.fields, ' ');
        is_found = on_line(context, &line);
    }
    free(bytes);
}

/* ---- listeners ---- */

struct search {
    const char *listener;
    struct demo_address address;
};

static bool is_about_listener(void *context, const struct line *line)
{
    struct search *search = context;
    struct slice fields = line->fields;
    bool is_it = false;
    bool fits = true;
    if (!slice_equals(line->level, "info") || !slice_equals(line->event, "listening")) {
        return false;
    }
    while (fields.length > 0) {
        struct slice value = text_split(&fields, ' ');
        struct slice key = text_split(&value, '=');
        uint64_t port;
        if (slice_equals(key, "listener")) {
            is_it = slice_equals(value, search->listener);
        } else if (slice_equals(key, "address")) {
            fits = slice_copy(value, search->address.host, sizeof search->address.host);
        } else if (slice_equals(key, "port") && text_parse_unsigned(value, UINT16_MAX, &port)) {
            search->address.port = (uint16_t)port;
        }
    }
    if (!is_it || !fits) {
        search->address.port = 0;
    }
    return search->address.port != 0;
}

bool demo_log_find_listener(const char *path, const char *listener, struct demo_address *ret_address)
{
    struct search search = {.listener = listener};
    read_lines(path, is_about_listener, &search);
    if (search.address.port != 0) {
        *ret_address = search.address;
    }
    return search.address.port != 0;
}

/* ---- last words ---- */

struct words {
    char text[DEMO_WORDS_BYTES];
    bool is_error;
};

static bool note_words(void *context, const struct line *line)
{
    struct words *words = context;
    bool is_error = slice_equals(line->level, "error");
    if (line->text.length > 0 && (is_error || !words->is_error)) {
        size_t most = sizeof words->text - 1;
        bool fits =
            slice_copy((struct slice){line->text.bytes, line->text.length < most ? line->text.length : most},
                       words->text, sizeof words->text);
        assert(fits);
        words->is_error = is_error;
    }
    return false;
}

void demo_log_last_words(const char *path, char ret_words[DEMO_WORDS_BYTES])
{
    struct words words = {.is_error = false};
    read_lines(path, note_words, &words);
    memcpy(ret_words, words.text, DEMO_WORDS_BYTES);
}
