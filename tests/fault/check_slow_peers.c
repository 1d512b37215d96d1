/* Peers that are slow, silent or deaf: each meets an absolute deadline (DESIGN section 9), and an honest unit is served
 * as if they were not there. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <turnout/base/clock.h>

#include "honest_unit.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static const char *const one_worker[] = {"--workers", "1", NULL};

static void setup(void)
{
    workspace_init(&workspace);
}

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

FIXTURE(setup, stop_server);

TEST(the_slow_are_ended_and_hold_nobody_up)
{
    turnoutd_start(&turnoutd, &workspace, one_worker);
    struct honest_unit honest = {.seq = 0};
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

SUITE("slow_peers");
