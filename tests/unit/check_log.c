/* The log, read back through a pipe: one event is one line, whatever the values hold, and nobody waits for its
 * reader. */
#include <turnout/base/log.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/clock.h>

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
    {"\xe2\x80\xae"
     "drowssap",
     "\"\\xe2\\x80\\xae"
     "drowssap\""}, /* shown from right to left */
    {"\xe2\x81\xa6isolated", "\"\\xe2\\x81\\xa6isolated\""},
    {"two\xe2\x80\xa8lines", "\"two\\xe2\\x80\\xa8lines\""},
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

/* ---- the queue and its thread ---- */

static void start(void)
{
    struct error error;
    ck_assert_int_eq(log_start(&error), TURNOUT_OK);
}

TEST(what_was_logged_is_written_by_the_end)
{
    char line[LINE_BYTES];
    redirect();
    start();
    log_info("event", log_number("n", 1));
    log_info("event", log_number("n", 2));
    log_info("event", log_number("n", 3));
    log_stop();
    log_info("event", log_number("n", 4)); /* by itself again */
    const char *text = logged(line);
    ck_assert_ptr_nonnull(strstr(text, "info event n=1\n"));
    ck_assert_ptr_nonnull(strstr(text, "info event n=3 repeated=2\n"));
    ck_assert_ptr_nonnull(strstr(text, "info event n=4\n"));
    ck_assert_uint_eq(log_lines_dropped(), 0);
    ck_assert(!log_has_dropped_lately());
    log_stop();
}

enum { MUCH_LINES = 1000, THREADS = 4 };

/* Lines that are not alike, so that none is folded: each event is an event of its own. */
static void *log_much(void *name)
{
    char event[32];
    for (int i = 0; i < MUCH_LINES; i++) {
        (void)snprintf(event, sizeof event, "%s%d", (const char *)name, i);
        log_info(event, log_text("text", "some words that take up room in the queue of the log"));
    }
    return NULL;
}

/* Fills the pipe, so that whoever writes there is held. */
static void fill(void)
{
    ck_assert_int_eq(fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(pipe_ends[1], "\n", 1) == 1) {
    }
    ck_assert_int_eq(fcntl(pipe_ends[1], F_SETFL, 0), 0);
}

TEST(nobody_waits_for_a_pipe_that_nobody_reads)
{
    redirect();
    fill();
    start();
    char name[] = "event";
    (void)log_much(name);
    ck_assert_uint_gt(log_lines_dropped(), 0);
    ck_assert(log_has_dropped_lately());
    int64_t began_ms = clock_monotonic_ms();
    log_stop();
    int64_t took_ms = clock_monotonic_ms() - began_ms;
    ck_assert_int_ge(took_ms, 900);
    ck_assert_int_lt(took_ms, 5000);
    uint64_t dropped = log_lines_dropped();
    log_error("too-late", log_number("n", 1));
    ck_assert_uint_eq(log_lines_dropped(), dropped + 1);
    ck_assert_int_ge(dup2(kept_stderr, STDERR_FILENO), 0);
}

/* Each line is whole, or dropped and counted. */
TEST(a_reader_that_comes_late_learns_how_many_are_missing)
{
    redirect();
    fill();
    start();
    pthread_t threads[THREADS];
    char names[THREADS][8] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, log_much, names[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    }
    uint64_t dropped = log_lines_dropped();
    ck_assert_uint_gt(dropped, 0);
    FILE *log = fdopen(pipe_ends[0], "r");
    ck_assert_ptr_nonnull(log);
    char line[LINE_BYTES];
    unsigned long long told = 0;
    uint64_t whole = 0;
    while (whole + told < (uint64_t)THREADS * MUCH_LINES) {
        ck_assert_ptr_nonnull(fgets(line, sizeof line, log));
        const char *number = strstr(line, " log-lines-dropped lines=");
        if (number != NULL) {
            unsigned long long lines = strtoull(strchr(number, '=') + 1, NULL, 10);
            told += lines;
        } else if (strcmp(line, "\n") != 0) { /* what filled the pipe */
            ck_assert_msg(strstr(line, "room in the queue of the log\"\n") != NULL, "%s", line);
            whole++;
        }
    }
    ck_assert_uint_eq(told, dropped);
    log_stop();
    ck_assert_uint_eq(log_lines_dropped(), dropped);
    ck_assert_int_ge(dup2(kept_stderr, STDERR_FILENO), 0);
    ck_assert_int_eq(fclose(log), 0);
}

/* Reads on, up to a line that tells of dropped ones, or up to the end. The lines that are told of. */
static uint64_t read_dropped(FILE *log)
{
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, log) != NULL) {
        const char *number = strstr(line, " log-lines-dropped lines=");
        if (number != NULL) {
            return strtoull(strchr(number, '=') + 1, NULL, 10);
        }
    }
    return 0;
}

static void *read_all_dropped(void *log)
{
    static uint64_t told;
    uint64_t lines;
    told = 0;
    do {
        lines = read_dropped(log);
        told += lines;
    } while (lines > 0);
    return &told;
}

/* Though less than the time between two such lines has passed. */
TEST(what_was_dropped_last_is_told_by_the_end)
{
    char names[THREADS + 1][8] = {"first", "a", "b", "c", "d"};
    redirect();
    fill();
    start();
    (void)log_much(names[0]);
    FILE *log = fdopen(pipe_ends[0], "r");
    ck_assert_ptr_nonnull(log);
    uint64_t told = read_dropped(log);
    ck_assert_uint_gt(told, 0);
    for (size_t i = 1; i <= THREADS; i++) {
        (void)log_much(names[i]);
    }
    ck_assert_uint_gt(log_lines_dropped(), told);
    pthread_t reader;
    void *rest;
    ck_assert_int_eq(pthread_create(&reader, NULL, read_all_dropped, log), 0);
    log_stop();
    ck_assert_int_ge(dup2(kept_stderr, STDERR_FILENO), 0);
    ck_assert_int_eq(close(pipe_ends[1]), 0);
    ck_assert_int_eq(pthread_join(reader, &rest), 0);
    ck_assert_uint_eq(told + *(const uint64_t *)rest, log_lines_dropped());
    ck_assert_int_eq(fclose(log), 0);
}

SUITE("log");
