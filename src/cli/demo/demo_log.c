/* Reads the log line by line: `TIME LEVEL EVENT key=value ...`. */
#include "demo/demo_log.h"

#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/file.h>
#include <turnout/base/text.h>

enum { LOG_BYTES_MAX = 1 << 30 };

/* The complete lines, none when it cannot be read. The caller frees *ret_bytes. */
static struct slice read_lines(const char *path, char **ret_bytes)
{
    struct slice lines = {0};
    struct slice unfinished;
    *ret_bytes = NULL;
    if (file_read(path, LOG_BYTES_MAX, ret_bytes, &lines.length, NULL) == TURNOUT_OK) {
        lines.bytes = *ret_bytes;
    }
    return text_split_last(&lines, '\n', &unfinished) ? lines : (struct slice){0};
}

static bool is_about_listener(struct slice line, const char *listener, struct host_port *ret_address)
{
    struct host_port address = {.port = 0};
    bool is_it = false;
    bool fits = true;
    (void)text_split(&line, ' '); /* its time */
    if (!slice_equals(text_split(&line, ' '), "info") || !slice_equals(text_split(&line, ' '), "listening")) {
        return false;
    }
    while (line.length > 0) {
        struct slice value = text_split(&line, ' ');
        struct slice key = text_split(&value, '=');
        uint64_t port;
        if (slice_equals(key, "listener")) {
            is_it = slice_equals(value, listener);
        } else if (slice_equals(key, "address")) {
            fits = slice_copy(value, address.host, sizeof address.host);
        } else if (slice_equals(key, "port") && text_parse_unsigned(value, UINT16_MAX, &port)) {
            address.port = (uint16_t)port;
        }
    }
    if (!is_it || !fits || address.port == 0) {
        return false;
    }
    *ret_address = address;
    return true;
}

bool demo_log_find_listener(const char *path, const char *listener, struct host_port *ret_address)
{
    char *bytes;
    struct slice rest = read_lines(path, &bytes);
    bool is_found = false;
    while (!is_found && rest.length > 0) {
        is_found = is_about_listener(text_split(&rest, '\n'), listener, ret_address);
    }
    free(bytes);
    return is_found;
}

void demo_log_last_words(const char *path, char ret_words[DEMO_WORDS_BYTES])
{
    char *bytes;
    struct slice rest = read_lines(path, &bytes);
    struct slice words = slice_of("");
    bool has_error = false;
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        struct slice fields = line;
        (void)text_split(&fields, ' '); /* its time */
        bool is_error = slice_equals(text_split(&fields, ' '), "error");
        if (line.length > 0 && (is_error || !has_error)) {
            words = line;
            has_error = is_error;
        }
    }
    (void)snprintf(ret_words, DEMO_WORDS_BYTES, "%.*s", (int)words.length, words.bytes);
    free(bytes);
}
