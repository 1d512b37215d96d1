/* Lines out of a stream, in whatever pieces it comes. */
#include <turnout/wire/line_framer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "suite.h"

enum { LINE_MAX_BYTES = 8, TRACE_BYTES = 512 };

/* A stream and what must be found in it: lines as `<text>`, `!` for one that was too long, each behind its
 * number. */
static const struct {
    const char *stream, *found;
} streams[] = {
    {"", ""},
    {"abc", ""},
    {"abc\n", "1<abc>"},
    {"abc\r\n", "1<abc>"},
    {"a\nb\n", "1<a>2<b>"},
    {"\n\r\nx\n", "1<>2<>3<x>"},
    {"a\rb\n", "1<a\rb>"},
    {"a\r\r\n", "1<a\r>"},
    {"12345678\n", "1<12345678>"},
    {"12345678\r\n", "1<12345678>"},
    {"123456789\nab\n", "1!2<ab>"},
    {"123456789\r\nab\n", "1!2<ab>"},
    {"12345678\r\r\nab\n", "1!2<ab>"},
    {"a\n123456789012345678901234567890\nb\n", "1<a>2!3<b>"},
    {"123456789012345678\n123456789012345678\n\nc\n", "1!2!3<>4<c>"},
    {"123456789012", "1!"},
    {"a\nb", "1<a>"},
};

static void note(char trace[TRACE_BYTES], uint64_t number, enum line_found found, struct slice line)
{
    size_t length = strlen(trace);
    int written = found == LINE_TOO_LONG
                      ? snprintf(trace + length, TRACE_BYTES - length, "%u!", (unsigned)number)
                      : snprintf(trace + length, TRACE_BYTES - length, "%u<%.*s>", (unsigned)number,
                                 (int)line.length, line.bytes);
    ck_assert_int_gt(written, 0);
}

/* Feeds `step` bytes more each time, as a connection would: what was not taken is given again. Each round gets
 * a copy of its own, so that reading past its end shows under a sanitizer. */
static void run(const char *stream, size_t step, char trace[TRACE_BYTES])
{
    struct line_framer framer;
    line_framer_init(&framer, LINE_MAX_BYTES);
    trace[0] = '\0';
    size_t total = strlen(stream);
    size_t start = 0;
    for (size_t end = step < total ? step : total;; end = end + step < total ? end + step : total) {
        for (;;) {
            size_t length = end - start;
            char *copy = malloc(length + (length == 0));
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, stream + start, length);
            struct slice line = {0};
            size_t taken;
            enum line_found found = line_framer_next(&framer, copy, length, &line, &taken);
            ck_assert_uint_le(taken, length);
            if (found != LINE_NONE) {
                note(trace, framer.line_number, found, line);
            }
            free(copy);
            start += taken;
            if (found == LINE_NONE) {
                ck_assert_uint_le(end - start, LINE_MAX_BYTES + 1); /* what must be kept is bounded */
                break;
            }
        }
        if (end == total) {
            return;
        }
    }
}

LOOP_TEST(lines_are_the_same_in_pieces_of_any_size, COUNT(streams))
{
    for (size_t step = 1; step <= 64; step++) {
        char trace[TRACE_BYTES];
        run(streams[_i].stream, step, trace);
        ck_assert_str_eq(trace, streams[_i].found);
    }
}

TEST(a_line_may_hold_nul)
{
    struct line_framer framer;
    line_framer_init(&framer, LINE_MAX_BYTES);
    struct slice line;
    size_t taken;
    ck_assert_int_eq(line_framer_next(&framer, "a\0b\nc", 5, &line, &taken), LINE_WHOLE);
    ck_assert_uint_eq(line.length, 3);
    ck_assert_uint_eq(taken, 4);
}

SUITE("line_framer");
