/* The query of a request, and the values that handlers ask of it by name. The same values come out that a plain reader
 * decodes; a value comes out whole or not at all, whatever room there is; and one that is written with every byte
 * percent-encoded is read again.
 *
 * The input is a line with one more name to ask for, and behind it the query. */
#include "fuzz.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/http_request.h>

enum { INPUT_BYTES_MAX = 2 * REQUEST_TARGET_BYTES_MAX, UNTOUCHED = 0x5a };

/* ---- the definition ---- */

/* `%41` is A. False where it is not two digits, or NUL. */
static bool read_escape(const char *digits, char *ret_char)
{
    char pair[] = {digits[0], digits[1], '\0'};
    if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1])) {
        return false;
    }
    *ret_char = (char)strtoul(pair, NULL, 16);
    return *ret_char != '\0';
}

/* NUL stands for itself here, and nowhere in a request. */
static bool decode(struct slice raw, struct buffer *out)
{
    for (size_t i = 0; i < raw.length; i++) {
        char c = raw.bytes[i];
        if (c == '%' && (raw.length - i < 3 || !read_escape(raw.bytes + i + 1, &c))) {
            return false;
        }
        i += raw.bytes[i] == '%' ? 2 : 0;
        buffer_append_char(out, c);
    }
    return true;
}

/* The first `name`, `name=` or `name=value` between ampersands, in so many bytes from the start. */
static bool find(struct slice query, const char *name, struct slice *ret_raw)
{
    size_t name_length = strlen(name);
    for (size_t start = 0; start < query.length; start++) {
        size_t end = start;
        while (end < query.length && query.bytes[end] != '&') {
            end++;
        }
        size_t length = end - start;
        bool is_named =
            length > 0 && length >= name_length && memcmp(query.bytes + start, name, name_length) == 0;
        if (is_named && length == name_length) {
            *ret_raw = (struct slice){"", 0};
            return true;
        }
        if (is_named && query.bytes[start + name_length] == '=') {
            *ret_raw = (struct slice){query.bytes + start + name_length + 1, length - name_length - 1};
            return true;
        }
        start = end;
    }
    return false;
}

/* ---- asking ---- */

/* Asks with exactly so much room. A value that is read is returned, and freed by the caller. */
static char *ask(struct slice query, const char *name, size_t capacity)
{
    char *copy = fuzz_copy(query.bytes, query.length);
    char *value = malloc(capacity + (capacity == 0));
    assert(value != NULL);
    bool is_read = http_query_value((struct slice){copy, query.length}, name, value, capacity);
    free(copy);
    if (!is_read) {
        free(value);
        return NULL;
    }
    return value;
}

static void check_room(struct slice query, const char *name, const struct buffer *expected)
{
    const size_t rooms[] = {0, 1, 2, expected->length, expected->length + 1, expected->length + 2};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        char *value = ask(query, name, rooms[i]);
        assert((value != NULL) == (rooms[i] > expected->length));
        assert(value == NULL || expected->length == 0 ||
               memcmp(value, expected->bytes, expected->length) == 0);
        assert(value == NULL || value[expected->length] == '\0');
        free(value);
    }
}

static void check_encoded(const char *name, const struct buffer *expected)
{
    struct buffer query = {0};
    buffer_printf(&query, "&%s=", name);
    for (size_t i = 0; i < expected->length; i++) {
        buffer_printf(&query, i % 2 == 0 ? "%%%02x" : "%%%02X", (unsigned char)expected->bytes[i]);
    }
    buffer_printf(&query, "&%s=again", name);
    struct slice text = {query.bytes, query.length};
    char *value = ask(text, name, expected->length + 1);
    assert(value != NULL && strlen(value) == expected->length);
    assert(expected->length == 0 || memcmp(value, expected->bytes, expected->length) == 0);
    free(value);
    buffer_done(&query);
}

static void check_name(struct slice query, const char *name)
{
    struct slice raw;
    struct buffer expected = {0};
    bool is_there = find(query, name, &raw);
    assert(http_query_has(query, name) == is_there);
    if (is_there && decode(raw, &expected)) {
        check_room(query, name, &expected);
        bool has_nul = expected.length > 0 && memchr(expected.bytes, '\0', expected.length) != NULL;
        if (!has_nul) {
            check_encoded(name, &expected);
        }
    } else {
        assert(ask(query, name, REQUEST_TARGET_BYTES_MAX + 1) == NULL);
    }
    buffer_done(&expected);
}

/* One that a parameter may have: neither `&` nor `=` stands in it. */
static bool is_name(const char *text)
{
    return strpbrk(text, "&=") == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"bom", "sep", "round", "area", "a", ""};
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice query = {(const char *)data, size};
    struct slice name = text_split(&query, '\n');
    char name_text[64];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        check_name(query, names[i]);
    }
    if (slice_copy(name, name_text, sizeof name_text) && is_name(name_text)) {
        check_name(query, name_text);
    }
    return 0;
}
