/* The log, read back through a pipe: one event is one line, whatever the values hold. */
#include <turnout/base/log.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "suite.h"

enum { LINE_BYTES = 4096, STAMP_BYTES = sizeof "2026-03-15T02:00:00.123Z " - 1 };

static int kept_stderr;
static int pipe_ends[2];

static void redirect(void)
{
    ck_assert_int_eq(pipe(pipe_ends), 0);
    kept_stderr = dup(STDERR_FILENO);
    ck_assert_int_ge(kept_stderr, 0);
    ck_assert_int_ge(dup2(pipe_ends[1], STDERR_FILENO), 0);
}

/* Puts standard error back and returns what was logged, without the time. */
static const char *logged(char line[LINE_BYTES])
{
    ck_assert_int_ge(dup2(kept_stderr, STDERR_FILENO), 0);
    ssize_t length = read(pipe_ends[0], line, LINE_BYTES - 1);
    ck_assert_int_gt(length, STAMP_BYTES);
    line[length] = '\0';
    ck_assert_int_eq(close(pipe_ends[0]) + close(pipe_ends[1]) + close(kept_stderr), 0);
    return line + STAMP_BYTES;
}

TEST(a_line_has_time_level_event_and_fields)
{
    char line[LINE_BYTES];
    redirect();
    log_info("listening", log_text("listener", "public"), log_number("port", 8080));
    ck_assert_str_eq(logged(line), "info listening listener=public port=8080\n");
    for (size_t i = 0; i < STAMP_BYTES; i++) {
        static const char pattern[] = "0000-00-00T00:00:00.000Z ";
        ck_assert(pattern[i] == '0' ? line[i] >= '0' && line[i] <= '9' : line[i] == pattern[i]);
    }
}

TEST(levels_are_named)
{
    char line[LINE_BYTES];
    redirect();
    log_warning("w", log_number("n", -1));
    ck_assert_str_eq(logged(line), "warning w n=-1\n");
    redirect();
    log_error("e", log_number("n", INT64_MIN));
    ck_assert_str_eq(logged(line), "error e n=-9223372036854775808\n");
}

static const struct {
    const char *value, *written;
} values[] = {
    {"plain", "plain"},
    {"a/b:8080,c", "a/b:8080,c"},
    {NULL, "\"\""},
    {"", "\"\""},
    {"two words", "\"two words\""},
    {"a=b", "\"a=b\""},
    {"say \"hi\"", "\"say \\\"hi\\\"\""},
    {"back\\slash", "\"back\\\\slash\""},
    {"Việt Nam", "\"Việt Nam\""},
    {"x\nerror forged", "\"x\\x0aerror forged\""},
    {"\x1b[2J", "\"\\x1b[2J\""},
    {"del\x7f", "\"del\\x7f\""},
    {"c1 \xc2\x9b", "\"c1 \\xc2\\x9b\""},
    {"stray \xff", "\"stray \\xff\""},
};

LOOP_TEST(values_are_quoted_when_they_must_be, COUNT(values))
{
    char line[LINE_BYTES];
    char expected[LINE_BYTES];
    ck_assert_int_gt(snprintf(expected, sizeof expected, "info event name=%s\n", values[_i].written), 0);
    redirect();
    log_info("event", log_text("name", values[_i].value));
    ck_assert_str_eq(logged(line), expected);
}

TEST(what_is_too_long_is_cut_and_says_so)
{
    char much[10000];
    memset(much, 'a', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    char line[LINE_BYTES];
    redirect();
    log_info("event", log_text("much", much), log_text("more", much));
    const char *tail = logged(line);
    size_t length = strlen(tail);
    ck_assert_uint_lt(length, 2048);
    ck_assert_str_eq(tail + length - 5, "a...\n");
}

SUITE("log");
