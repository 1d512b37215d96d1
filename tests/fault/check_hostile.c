/* Peers that are slow, silent, deaf or far too many: each meets an absolute deadline or a bound (DESIGN section 9),
 * and everybody else is served as if they were not there. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "answers.h"
#include "http.h"
#include "metric.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;

static const char *const one_worker[] = {"--workers", "1", NULL};

static void setup(void)
{
    workspace_init(&workspace);
}

static void teardown(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

/* ---- what an honest unit sees meanwhile ---- */

/* A stream on which every report must be accepted. */
struct honest {
    struct http_link link;
    int seq;
    int64_t slowest_ms;
};

static void honest_report(struct honest *honest)
{
    enum { ANSWER_BYTES = 1024 };
    char answer[ANSWER_BYTES];
    honest->seq++;
    int64_t sent_ms = clock_monotonic_ms();
    small_report_send(&honest->link, &(struct small_report){.seq = honest->seq, .voted = honest->seq});
    http_read_line(&honest->link, answer, sizeof answer);
    int64_t took_ms = clock_monotonic_ms() - sent_ms;
    honest->slowest_ms = took_ms > honest->slowest_ms ? took_ms : honest->slowest_ms;
    json_t *result = json_of(answer);
    answer_check_member(result, "status", "accepted", answer);
    json_decref(result);
}

/* ---- slow ones ---- */

/* What a bad peer does: says something, then one byte at each tick or none at all, or the same again and again
 * without ever reading what it is answered. */
enum habit { DRIPS, IS_SILENT, NEVER_READS };

struct bad_peer {
    const char *name;
    uint16_t *port;
    enum habit habit;
    const char *says;
    int says_times; /* 0: once */
    char drip;
    int64_t deadline_ms; /* after which it must be gone, and not before */
    const char *is_told; /* what the last thing that it is told holds; NULL: nothing at all */
    struct buffer said;  /* from here on: how it goes */
    struct http_link link;
    int64_t began_ms;
    int64_t ended_ms; /* 0: it is still there */
};

/* DESIGN section 9; a line of the stream has as long as a body. */
enum { HEAD_MS = 5000, BODY_MS = 10000, LINE_MS = 10000, WRITE_MS = 10000 };

static const char post_head[] =
    "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";

static struct bad_peer bad_peers[] = {
    {.name = "a head, a byte now and then",
     .port = &turnoutd.public_port,
     .says = "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nX-A: ",
     .drip = 'b',
     .deadline_ms = HEAD_MS,
     .is_told = "HTTP/1.1 408 "},
    {.name = "a head, then silence",
     .port = &turnoutd.intake_http_port,
     .habit = IS_SILENT,
     .says = "POST /v1/rep",
     .deadline_ms = HEAD_MS,
     .is_told = "HTTP/1.1 408 "},
    {.name = "the next head, a byte now and then",
     .port = &turnoutd.public_port,
     .says = "GET /v1/turnout HTTP/1.1\r\nHost: x\r\n\r\nGET /",
     .drip = 'b',
     .deadline_ms = HEAD_MS,
     .is_told = "HTTP/1.1 408 "},
    {.name = "a body, a byte now and then",
     .port = &turnoutd.intake_http_port,
     .says = post_head,
     .drip = '{',
     .deadline_ms = BODY_MS,
     .is_told = "HTTP/1.1 408 "},
    {.name = "a body, then silence",
     .port = &turnoutd.intake_http_port,
     .habit = IS_SILENT,
     .says = post_head,
     .deadline_ms = BODY_MS,
     .is_told = "HTTP/1.1 408 "},
    {.name = "a line, a byte now and then",
     .port = &turnoutd.intake_stream_port,
     .says = "{",
     .drip = ' ',
     .deadline_ms = LINE_MS,
     .is_told = "\"code\":\"malformed\""},
    {.name = "half a line, then silence",
     .port = &turnoutd.intake_stream_port,
     .habit = IS_SILENT,
     .says = "{}\n{\"election\":",
     .deadline_ms = LINE_MS,
     .is_told = "\"line\":2"},
    {.name = "a line that is far too long, a byte now and then",
     .port = &turnoutd.intake_stream_port,
     .says = "x",
     .says_times = 10000,
     .drip = 'x',
     .deadline_ms = LINE_MS,
     .is_told = "\"code\":\"too-large\""},
    {.name = "requests whose answers nobody reads",
     .port = &turnoutd.public_port,
     .habit = NEVER_READS,
     .says = "GET /v1/snapshot.json HTTP/1.1\r\nHost: x\r\n\r\n",
     .says_times = 100,
     .deadline_ms = WRITE_MS},
    {.name = "lines whose answers nobody reads",
     .port = &turnoutd.intake_stream_port,
     .habit = NEVER_READS,
     .says = "no report\n",
     .says_times = 100,
     .deadline_ms = WRITE_MS},
};

enum { BAD_PEERS = sizeof bad_peers / sizeof bad_peers[0], TICK_MS = 250 };

static void bad_peer_begin(struct bad_peer *peer)
{
    peer->began_ms = clock_monotonic_ms();
    http_open(&peer->link, *peer->port);
    for (int i = 0; i < (peer->says_times > 0 ? peer->says_times : 1); i++) {
        buffer_append_text(&peer->said, peer->says);
    }
    http_send(&peer->link, peer->said.bytes, peer->said.length);
}

static void bad_peer_read(struct bad_peer *peer)
{
    enum { PIECE_BYTES = 4096 };
    for (;;) {
        char *room = buffer_reserve(&peer->link.received, PIECE_BYTES);
        ssize_t piece = recv(peer->link.fd, room, PIECE_BYTES, MSG_DONTWAIT);
        if (piece <= 0) {
            bool is_gone = piece == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
            peer->ended_ms = is_gone ? clock_monotonic_ms() : 0;
            return;
        }
        peer->link.received.length += (size_t)piece;
    }
}

/* As much as there is room for, over and over. The part that did not fit is not made up for: it is noise anyway. */
static void bad_peer_shout(struct bad_peer *peer)
{
    ssize_t sent;
    do {
        sent = send(peer->link.fd, peer->said.bytes, peer->said.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent > 0);
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
        peer->ended_ms = clock_monotonic_ms();
    }
}

static void bad_peer_tick(struct bad_peer *peer)
{
    if (peer->habit == NEVER_READS) {
        bad_peer_shout(peer);
        return;
    }
    bad_peer_read(peer);
    if (peer->ended_ms == 0 && peer->habit == DRIPS) {
        (void)send(peer->link.fd, &peer->drip, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

static void bad_peer_check(struct bad_peer *peer)
{
    int64_t lasted_ms = peer->ended_ms - peer->began_ms;
    ck_assert_msg(lasted_ms >= peer->deadline_ms, "%s: gone after %lld ms, not %lld", peer->name,
                  (long long)lasted_ms, (long long)peer->deadline_ms);
    if (peer->is_told != NULL) {
        ck_assert_msg(peer->link.received.length > 0, "%s: told nothing", peer->name);
        peer->link.received.bytes[peer->link.received.length] = '\0';
        ck_assert_msg(strstr(peer->link.received.bytes, peer->is_told) != NULL, "%s: told %s", peer->name,
                      peer->link.received.bytes);
    }
    http_close(&peer->link);
    buffer_done(&peer->said);
}

static size_t bad_peers_left(const char **ret_name)
{
    size_t left = 0;
    for (size_t i = 0; i < BAD_PEERS; i++) {
        if (bad_peers[i].ended_ms == 0) {
            *ret_name = bad_peers[i].name;
            left++;
        }
    }
    return left;
}

FIXTURE(setup, teardown);

TEST(the_slow_are_ended_and_hold_nobody_up)
{
    turnoutd_start(&turnoutd, &workspace, one_worker);
    struct honest honest = {.seq = 0};
    struct http_link idle; /* idling is allowed for far longer */
    http_open(&honest.link, turnoutd.intake_stream_port);
    http_open(&idle, turnoutd.public_port);
    small_get_turnout(&idle);
    for (size_t i = 0; i < BAD_PEERS; i++) {
        bad_peer_begin(&bad_peers[i]);
    }
    int64_t deadline = clock_monotonic_ms() + LINE_MS + PROCESS_DEADLINE_MS;
    const char *name = "";
    while (bad_peers_left(&name) > 0) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "still there: %s", name);
        for (size_t i = 0; i < BAD_PEERS; i++) {
            if (bad_peers[i].ended_ms == 0) {
                bad_peer_tick(&bad_peers[i]);
            }
        }
        honest_report(&honest);
        ck_assert_int_eq(poll(NULL, 0, TICK_MS), 0); /* to be slow is the point here */
    }
    for (size_t i = 0; i < BAD_PEERS; i++) {
        bad_peer_check(&bad_peers[i]);
    }
    small_get_turnout(&idle);
    (void)printf("%d reports beside the slow ones, the slowest in %lld ms\n", honest.seq,
                 (long long)honest.slowest_ms);
    http_close(&idle);
    http_close(&honest.link);
}

/* ---- too many ---- */

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

    struct honest honest = {.seq = 0}; /* readers take no room from units */
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
    struct honest honest = {.seq = 0};
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
static double processor_share(struct honest *honest)
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
    struct honest honest = {.seq = 0};
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
