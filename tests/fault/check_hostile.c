/* Peers that are far too many: they meet a bound (DESIGN section 9), and everybody else is served as if they were not
 * there. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "honest_unit.h"
#include "http.h"
#include "metric.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static const char *const one_worker[] = {"--workers", "1", NULL};

static void setup(void)
{
    workspace_init(&workspace);
}

FIXTURE(setup, stop_server);

/* With so few, there is room for some dozens of connections. */
static void start_with_few_descriptors(rlim_t descriptors)
{
    const struct rlimit limit = {descriptors, descriptors};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0); /* this test's own process, and its children */
    turnoutd_start(&turnoutd, &workspace, one_worker);
}

/* Opens a connection that says nothing, and waits until turnoutd has taken it. */
static void open_quiet(struct http_link *link, uint16_t port)
{
    uint64_t accepted = metric_of(&turnoutd, "turnout_connections_accepted_total");
    http_open(link, port);
    metric_wait(&turnoutd, "turnout_connections_accepted_total", accepted + 1);
}

TEST(a_new_connection_takes_the_place_of_the_quietest)
{
    enum { DESCRIPTORS = 160, OVER = 8 };
    static const char made_room[] = "turnout_connections_made_room_total";
    start_with_few_descriptors(DESCRIPTORS);
    struct http_link links[DESCRIPTORS];
    size_t opened = 0;
    while (metric_of(&turnoutd, made_room) == 0) {
        open_quiet(&links[opened], turnoutd.public_port);
        small_get_turnout(&links[opened++]);
        ck_assert_uint_lt(opened, DESCRIPTORS);
    }
    size_t room = metric_of(&turnoutd, "turnout_connections_open");
    ck_assert_uint_eq(opened, room + 1);
    http_expect_closed(&links[0]); /* it was the first to fall silent */

    small_get_turnout(&links[1]); /* and this one is now the last */
    for (size_t i = 0; i < OVER; i++) {
        open_quiet(&links[0], turnoutd.public_port);
        http_read_to_end(&links[2 + i]);
        http_close(&links[2 + i]);
        links[2 + i] = links[0];
    }
    ck_assert_uint_eq(metric_of(&turnoutd, made_room), OVER + 1);
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_connections_open"), room);
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_connections_refused_total"), 0);

    struct honest_unit honest = {.seq = 0}; /* readers take no room from units */
    http_open(&honest.link, turnoutd.intake_stream_port);
    honest_report(&honest);
    http_close(&honest.link);
    for (size_t i = 1; i < opened; i++) {
        small_get_turnout(&links[i]);
        http_close(&links[i]);
    }
    metric_wait(&turnoutd, "turnout_connections_open", 0);
}

/* However many come and say nothing: a unit that has reported is not the one that goes. */
TEST(the_silent_crowd_out_only_each_other)
{
    enum { DESCRIPTORS = 160, SILENT = 100 };
    start_with_few_descriptors(DESCRIPTORS);
    struct honest_unit honest = {.seq = 0};
    http_open(&honest.link, turnoutd.intake_stream_port);
    honest_report(&honest);
    struct http_link silent[SILENT];
    for (size_t i = 0; i < SILENT; i++) {
        open_quiet(&silent[i], i % 2 == 0 ? turnoutd.intake_stream_port : turnoutd.intake_http_port);
    }
    ck_assert_uint_gt(metric_of(&turnoutd, "turnout_connections_made_room_total"), 0);
    honest_report(&honest);
    http_close(&honest.link);
    for (size_t i = 0; i < SILENT; i++) {
        http_close(&silent[i]);
    }
}

/* Nor one that has not been heard yet, when more come in the same turn of the loop than there is room for; the others
 * stay (0) or go at once (1). */
LOOP_TEST(who_speaks_at_once_is_heard_before_it_makes_room, 2)
{
    enum { DESCRIPTORS = 160, SILENT = 60 };
    char answer[256];
    struct http_link unit;
    struct http_link silent[SILENT];
    start_with_few_descriptors(DESCRIPTORS);
    process_signal(&turnoutd.process, SIGSTOP);
    for (size_t i = 0; i < SILENT; i++) {
        if (i == SILENT / 2) {
            http_open(&unit, turnoutd.intake_stream_port);
            small_report_send(&unit, &(struct small_report){.seq = 1, .voted = 1});
        }
        http_open(&silent[i], turnoutd.intake_stream_port);
        if (_i == 1) {
            http_send_end(&silent[i]);
        }
    }
    process_signal(&turnoutd.process, SIGCONT);
    http_read_line(&unit, answer, sizeof answer);
    ck_assert_msg(strstr(answer, "\"accepted\"") != NULL, "%s", answer);
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_connections_refused_total"), 0);
    http_close(&unit);
    for (size_t i = 0; i < SILENT; i++) {
        http_close(&silent[i]);
    }
}

/* The processor time that a process has used, in ticks of sysconf(_SC_CLK_TCK): fields 14 and 15 of its stat. */
static uint64_t ticks_used(pid_t pid)
{
    enum { STATE = 3, UTIME = 14, STIME = 15 };
    char path[64];
    char text[1024];
    int length = snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    ck_assert(length > 0 && (size_t)length < sizeof path);
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_int_eq(fclose(file), 0);
    const char *name_end = strrchr(text, ')'); /* a name may hold blanks */
    ck_assert_ptr_nonnull(name_end);
    struct slice rest = slice_of(name_end + 2);
    uint64_t ticks = 0;
    for (int field = STATE; field <= STIME; field++) {
        struct slice word = text_split(&rest, ' ');
        uint64_t value;
        if (field >= UTIME) {
            ck_assert(text_parse_unsigned(word, UINT64_MAX, &value));
            ticks += value;
        }
    }
    return ticks;
}

/* Of one processor, while `honest` reports for a while. */
static double processor_share(struct honest_unit *honest)
{
    enum { WHILE_MS = 3000, REPORT_EVERY_MS = 100 };
    uint64_t before = ticks_used(turnoutd.process.pid);
    int64_t began_ms = clock_monotonic_ms();
    while (clock_monotonic_ms() - began_ms < WHILE_MS) {
        honest_report(honest);
        ck_assert_int_eq(poll(NULL, 0, REPORT_EVERY_MS), 0);
    }
    double seconds = (double)(ticks_used(turnoutd.process.pid) - before) / (double)sysconf(_SC_CLK_TCK);
    return seconds * 1000.0 / (double)(clock_monotonic_ms() - began_ms);
}

TEST(without_descriptors_streams_go_on_and_nothing_spins)
{
    enum { WAITING = 16 };
    turnoutd_start(&turnoutd, &workspace, one_worker);
    struct honest_unit honest = {.seq = 0};
    http_open(&honest.link, turnoutd.intake_stream_port);
    honest_report(&honest);

    pid_t pid = turnoutd.process.pid;
    struct rlimit usual;
    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, NULL, &usual), 0);
    const struct rlimit none_left = {STDERR_FILENO + 1, usual.rlim_max}; /* those below it are open */
    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, &none_left, NULL), 0);
    struct http_link waiting[WAITING];
    for (size_t i = 0; i < WAITING; i++) { /* the kernel takes them, and turnoutd cannot */
        http_open(&waiting[i], i % 2 == 0 ? turnoutd.public_port : turnoutd.intake_http_port);
        http_send_text(&waiting[i], "GET /v1/turnout HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    double share = processor_share(&honest);
    (void)printf("out of descriptors: %.1f %% of a processor, %d reports, the slowest in %lld ms\n",
                 share * 100.0, honest.seq, (long long)honest.slowest_ms);
    ck_assert_msg(share < 0.5, "%.0f %% of a processor while out of descriptors", share * 100.0);
    for (size_t i = 0; i < WAITING; i++) {
        struct pollfd answer = {.fd = waiting[i].fd, .events = POLLIN};
        ck_assert_int_eq(poll(&answer, 1, 0), 0);
    }

    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, &usual, NULL), 0);
    for (size_t i = 0; i < WAITING; i++) {
        struct http_answer answer;
        http_read_answer(&waiting[i], true, &answer);
        ck_assert_int_eq(answer.status, i % 2 == 0 ? 200 : 404);
        http_answer_done(&answer);
        http_close(&waiting[i]);
    }
    ck_assert_uint_ge(metric_of(&turnoutd, "turnout_accept_pauses_total"), 1);
    http_close(&honest.link);
}

SUITE("hostile");
