/* A log that nobody reads, and a fault that would be logged for every report: neither stops turnoutd, and neither fills
 * the disk. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "answers.h"
#include "http.h"
#include "metric.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { PIPE_BYTES = 4096, ENDS_WITHIN_MS = 15000, LINES_A_MINUTE_MAX = 60 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;

static void setup(void)
{
    workspace_init(&workspace);
    redis_fixture_start(&redis, NULL);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

/* ---- many reports that Redis refuses ---- */

enum { CLIENTS = 4 };

/* Sends `turns` times `each` reports on each of four streams; every report must be answered `unavailable`. */
static void flood(int turns, int each)
{
    static const char *const units[CLIENTS] = {"0101-001", "0101-002", "0102-001", "0201-001"};
    struct http_link links[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        http_open(&links[i], turnoutd.intake_stream_port);
    }
    for (int turn = 0; turn < turns; turn++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            struct buffer lines = {0};
            for (int j = 0; j < each; j++) {
                small_report_write(&lines,
                                   &(struct small_report){.unit = units[i], .seq = j + 1, .voted = 1});
                buffer_append_char(&lines, '\n');
            }
            http_send(&links[i], lines.bytes, lines.length);
            buffer_done(&lines);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            for (int j = 0; j < each; j++) {
                char answer[1024];
                http_read_line(&links[i], answer, sizeof answer);
                ck_assert_msg(strstr(answer, "\"unavailable\"") != NULL, "%s", answer);
            }
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        http_close(&links[i]);
    }
}

/* From now on a line is logged for every reading of a commune. */
static void lose_communes(void)
{
    redis_fixture_run(&redis, "DEL turnout:{small:01}:communes turnout:{small:02}:communes");
}

static void check_alive(void)
{
    struct http_answer answer;
    http_request(turnoutd.operate_port, "GET", "/livez", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
}

/* For good: turnoutd would load them again. */
static void lose_functions(void)
{
    redis_fixture_run(&redis, "ACL SETUSER turnoutd -function|load");
    redis_fixture_run(&redis, "FUNCTION FLUSH");
}

/* ---- a log that goes into a pipe ---- */

/* Reads from the pipe into turnoutd's usual log file until `wanted` has come. */
static void read_log_until(int pipe_fd, const char *wanted)
{
    int file = open(turnoutd.process.stderr_path, O_WRONLY | O_APPEND | O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    struct buffer seen = {0};
    buffer_append_text(&seen, "");
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (const char *at = NULL; at == NULL || strchr(at, '\n') == NULL; at = strstr(seen.bytes, wanted)) {
        struct pollfd readable = {.fd = pipe_fd, .events = POLLIN};
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        ck_assert_msg(poll(&readable, 1, left_ms > 0 ? (int)left_ms : 0) == 1, "no line with '%s' in:\n%s",
                      wanted, seen.bytes);
        char *end = buffer_reserve(&seen, PIPE_BYTES);
        ssize_t got = read(pipe_fd, end, PIPE_BYTES);
        ck_assert_msg(got > 0, "the log ended without '%s':\n%s", wanted, seen.bytes);
        ck_assert_int_eq(write(file, end, (size_t)got), got);
        end[got] = '\0';
        seen.length += (size_t)got;
    }
    buffer_done(&seen);
    ck_assert_int_eq(close(file), 0);
}

/* Fills the pipe to the brim, as a reader leaves it who has stopped reading. */
static void fill(int pipe_fd)
{
    int flags = fcntl(pipe_fd, F_GETFL);
    ck_assert_int_ge(flags, 0);
    ck_assert_int_eq(fcntl(pipe_fd, F_SETFL, flags | O_NONBLOCK), 0);
    const char filler[] = "\n";
    while (write(pipe_fd, filler, 1) == 1) {
    }
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_int_eq(fcntl(pipe_fd, F_SETFL, flags), 0);
}

/* Starts turnoutd with a log that is full and that nobody reads; returns the end to read it at. */
static int start_unread(void)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_ge(fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES), 0);
    const char *const settings[] = {"--redis", redis.url, "--workers", "1", NULL};
    turnoutd_launch_into(&turnoutd, &workspace, settings, ends[1]);
    read_log_until(ends[0], " ready ");
    turnoutd_await(&turnoutd);
    fill(ends[1]);
    ck_assert_int_eq(close(ends[1]), 0);
    return ends[0];
}

FIXTURE(setup, teardown);

/* It ends in time although what it has logged can go nowhere. */
TEST(nothing_waits_for_a_log_that_nobody_reads)
{
    int log = start_unread();
    lose_communes();
    flood(250, 100);
    check_alive();
    ck_assert_uint_gt(metric_of(&turnoutd, "turnout_log_lines_dropped_total"), 0);
    process_signal(&turnoutd.process, SIGTERM);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, ENDS_WITHIN_MS), 0);
    ck_assert_int_eq(close(log), 0);
}

TEST(a_log_read_late_says_what_it_lacks)
{
    int log = start_unread();
    lose_communes();
    flood(1000, 1);
    uint64_t dropped = metric_of(&turnoutd, "turnout_log_lines_dropped_total");
    ck_assert_uint_gt(dropped, 0);

    static const char lines_key[] = " log-lines-dropped lines=";
    read_log_until(log, lines_key);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, lines_key, line);
    struct slice rest = slice_of(strstr(line, lines_key) + strlen(lines_key));
    uint64_t told;
    ck_assert_msg(text_parse_unsigned(rest, UINT64_MAX, &told), "%s", line);
    ck_assert_uint_ge(told, dropped); /* and what turnoutd itself logged meanwhile */
    ck_assert_uint_le(told, metric_of(&turnoutd, "turnout_log_lines_dropped_total"));

    process_signal(&turnoutd.process, SIGTERM);
    read_log_until(log, " stopped status=0");
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, ENDS_WITHIN_MS), 0);
    ck_assert_int_eq(close(log), 0);
}

/* A reader of the log that has gone is no reason to end. */
TEST(a_log_without_a_reader_stops_nothing)
{
    int log = start_unread();
    ck_assert_int_eq(close(log), 0);
    lose_communes();
    flood(100, 1);
    check_alive();
    ck_assert_uint_gt(metric_of(&turnoutd, "turnout_log_lines_dropped_total"), 0);
    process_signal(&turnoutd.process, SIGTERM);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, ENDS_WITHIN_MS), 0);
}

/* ---- a fault that lasts ---- */

static void run_out_of_memory(void)
{
    redis_fixture_run(&redis, "CONFIG SET maxmemory 1mb");
}

static void die(void)
{
    redis_fixture_signal(&redis, SIGKILL);
}

static const struct {
    void (*cause)(void);
    bool is_told_by_each_report;
} faults[] = {{lose_communes, true}, {lose_functions, false}, {run_out_of_memory, false}, {die, false}};

LOOP_TEST(a_fault_that_lasts_is_not_logged_for_every_report, COUNT(faults))
{
    const char *const settings[] = {"--redis", redis.url, "--workers", "1", NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    faults[_i].cause();
    flood(1000, 1);
    turnoutd_stop(&turnoutd);
    char *log = workspace_read(turnoutd.process.stderr_path);
    size_t lines = 0;
    for (const char *end = strchr(log, '\n'); end != NULL; end = strchr(end + 1, '\n')) {
        lines++;
    }
    ck_assert_msg(lines < LINES_A_MINUTE_MAX, "%zu lines", lines);
    ck_assert_msg(!faults[_i].is_told_by_each_report || strstr(log, " repeated=") != NULL, "%s", log);
    free(log);
}

SUITE("log");
