/* HTTP on connections, without a turnoutd around it: answers that come later, and what is taken in before anybody wants
 * it. */
#include <turnout/net/http_server.h>

#include <check.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "served_peers.h"
#include "suite.h"

static const char elsewhere[] = "127.0.0.2";

_Static_assert((int)HTTP_IDLE_MS > 60000, "proxies that keep connections for a minute end them first");

static struct http_exchange *kept; /* by the handler that answers later */
static int lent;                   /* bodies that have not been given back */

static void answer_later(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    http_answer_later(exchange);
    kept = exchange;
}

static int steps_done;
static bool may_end;                  /* else there is always another step */
static bool was_gone;                 /* at the last step */
static struct http_exchange *waiting; /* after its first step; NULL: none */
static bool has_to_wait;

static enum http_step do_step(void *context)
{
    struct http_exchange *exchange = context;
    steps_done++;
    was_gone = !http_is_awaited(exchange);
    bool is_last = may_end || was_gone;
    if (is_last) {
        http_answer(exchange, &(struct http_answer){.status = 201});
        return HTTP_STEP_DONE;
    }
    waiting = has_to_wait ? exchange : NULL;
    return has_to_wait ? HTTP_STEP_WAITS : HTTP_STEP_AGAIN;
}

static void answer_by_steps(void *context, struct http_exchange *exchange, const struct http_request *request,
                            struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    http_answer_by_steps(exchange, do_step, exchange);
}

/* Who says who they are may send large bodies. */
static bool admits_large_body(void *context, struct http_exchange *exchange,
                              const struct http_request *request)
{
    (void)context;
    bool is_known = http_request_header(request, "Authorization").bytes != NULL;
    if (!is_known) {
        http_answer(exchange, &(struct http_answer){.status = 401});
    }
    return is_known;
}

static const struct http_route routes[] = {
    {.method = HTTP_POST, .path = "/now", .handler = answer_at_once},
    {.method = HTTP_GET, .path = "/later", .handler = answer_later},
    {.method = HTTP_GET, .path = "/now", .handler = answer_at_once},
    {.method = HTTP_GET, .path = "/steps", .handler = answer_by_steps},
};

static const struct http_service service = {.routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .admits_large_body = admits_large_body,
                                            .counters = &counters};

static void set_up(void)
{
    serve_begin(&service);
    kept = NULL;
    lent = 0;
    steps_done = 0;
    has_to_wait = false;
    may_end = false;
}

static void turn_until_kept(void)
{
    int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (kept == NULL) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
}

static void take_back(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    (*(int *)lender)--;
}

static void answer_kept(void)
{
    lent++;
    http_answer(kept, &(struct http_answer){.status = 200,
                                            .content_type = "text/plain",
                                            .body = "late but here",
                                            .body_bytes = strlen("late but here"),
                                            .release = take_back,
                                            .lender = &lent});
}

/* ---- answers that come later ---- */

FIXTURE(set_up, serve_end);

TEST(a_late_answer_comes_before_the_next_one)
{
    int peer = connect_peer(here);
    say(peer, "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_until_kept();
    ck_assert(http_is_awaited(kept));
    answer_kept();
    expect_heard(peer, "late but hereHTTP/1.1 204 ");
    ck_assert_int_eq(lent, 0);
    ck_assert_int_eq(close(peer), 0);
}

/* The exchange is there for as long as an answer is owed, also when nobody is left to hear it. */
TEST(a_late_answer_to_nobody_goes_nowhere)
{
    int peer = connect_peer(here);
    say(peer, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_until_kept();
    connections_free(connections);
    connections = NULL;
    ck_assert(!http_is_awaited(kept));
    ck_assert(!visit_is_trusted(http_exchange_visit(kept)));
    answer_kept();
    ck_assert_int_eq(lent, 0);
    ck_assert_int_eq(close(peer), 0);
}

static void turn_until_steps(int steps)
{
    while (steps_done < steps) {
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
    ck_assert_int_eq(steps_done, steps);
}

TEST(others_are_served_between_two_steps)
{
    int peer = connect_peer(here);
    int other = connect_peer(here);
    say(peer, "GET /steps HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_until_steps(1);
    say(other, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_heard(other, "HTTP/1.1 204 ");
    may_end = true;
    expect_heard(peer, "HTTP/1.1 204 "); /* behind what the steps led to */
    ck_assert(!was_gone);
    ck_assert_int_eq(close(peer), 0);
    ck_assert_int_eq(close(other), 0);
}

TEST(a_step_that_waits_is_not_asked_before_its_time)
{
    int peer = connect_peer(here);
    int other = connect_peer(here);
    has_to_wait = true;
    say(peer, "GET /steps HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_until_steps(1);
    say(other, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_heard(other, "HTTP/1.1 204 ");
    ck_assert_int_eq(steps_done, 1);
    http_go_on(waiting);
    turn_until_steps(2);
    may_end = true;
    http_go_on(waiting);
    expect_heard(peer, "HTTP/1.1 201 ");
    ck_assert_int_eq(close(peer), 0);
    ck_assert_int_eq(close(other), 0);
}

TEST(the_last_step_is_told_that_nobody_waits)
{
    int peer = connect_peer(here);
    say(peer, "GET /steps HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_until_steps(2);
    connections_free(connections);
    connections = NULL;
    ck_assert_int_eq(steps_done, 3);
    ck_assert(was_gone);
    ck_assert_int_eq(close(peer), 0);
}

/* ---- requests that came together ---- */

/* However long each takes, nobody waits for all that somebody else has asked for in one packet. */
TEST(others_are_served_between_two_requests)
{
    enum { TOGETHER = 100 };
    int peer = connect_peer(here);
    int other = connect_peer(here);
    struct buffer asked = {0};
    for (int i = 0; i < TOGETHER; i++) {
        buffer_append_text(&asked, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    buffer_append_text(&asked, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    say(peer, asked.bytes);
    ck_assert_int_eq(shutdown(peer, SHUT_WR), 0);
    say(other, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_heard(other, "HTTP/1.1 204 ");
    ck_assert_uint_lt(counters.requests, TOGETHER / 10);
    turn_until_kept();
    answer_kept();
    expect_heard(peer, "late but here"); /* all the same */
    ck_assert_uint_eq(counters.requests, TOGETHER + 2);
    ck_assert_int_eq(close(peer), 0);
    ck_assert_int_eq(close(other), 0);
    buffer_done(&asked);
}

/* ---- large bodies ---- */

enum { LARGE_BYTES = 6 * 1024 * 1024, FIT = PEER_RESERVED_BYTES_MAX / LARGE_BYTES };

static void announce(int peer, const char *headers, int bytes)
{
    struct buffer head = {0};
    buffer_printf(&head, "POST /now HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n", headers, bytes);
    say(peer, head.bytes);
    buffer_done(&head);
}

/* Sends this much of a body, turning the loop, until the peer is answered or the server has taken it all. */
static void send_body(int peer, size_t bytes)
{
    static const char piece[64 * 1024];
    int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    int unread = 1;
    while (bytes > 0 || unread > 0) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        size_t wanted = bytes < sizeof piece ? bytes : sizeof piece;
        ssize_t sent = wanted == 0 ? 0 : send(peer, piece, wanted, MSG_DONTWAIT | MSG_NOSIGNAL);
        bytes -= sent > 0 ? (size_t)sent : 0;
        turn_once();
        if (ioctl(peer, FIONREAD, &unread) != 0 || unread > 0) {
            return;
        }
        ck_assert_int_eq(ioctl(peer, SIOCOUTQ, &unread), 0);
    }
}

static void expect_quiet(int peer)
{
    char byte;
    for (int i = 0; i < 100; i++) {
        turn_once();
    }
    ck_assert_int_eq(recv(peer, &byte, 1, MSG_DONTWAIT), -1);
}

TEST(who_asks_is_looked_at_before_a_large_body)
{
    int peer = connect_peer(here);
    announce(peer, "Expect: 100-continue\r\n", HTTP_SMALL_BODY_BYTES_MAX + 1);
    expect_heard(peer, "HTTP/1.1 401 ");
    ck_assert_int_eq(close(peer), 0);

    peer = connect_peer(here);
    announce(peer, "Expect: 100-continue\r\n", HTTP_SMALL_BODY_BYTES_MAX);
    expect_heard(peer, "HTTP/1.1 100 ");
    send_body(peer, HTTP_SMALL_BODY_BYTES_MAX);
    expect_heard(peer, "HTTP/1.1 204 ");
    ck_assert_int_eq(close(peer), 0);

    peer = connect_peer(here);
    announce(peer, "Authorization: a\r\n", HTTP_SMALL_BODY_BYTES_MAX + 1);
    send_body(peer, HTTP_SMALL_BODY_BYTES_MAX + 1);
    expect_heard(peer, "HTTP/1.1 204 ");
    ck_assert_int_eq(close(peer), 0);
}

/* What is announced takes no room from what comes. */
TEST(memory_is_for_what_has_arrived)
{
    int idle[CONNECTIONS_MAX - 1];
    for (int i = 0; i < CONNECTIONS_MAX - 1; i++) {
        idle[i] = connect_peer(i % 2 == 0 ? here : elsewhere);
        announce(idle[i], "Authorization: a\r\n", REQUEST_BODY_BYTES_MAX);
        expect_quiet(idle[i]);
    }
    int peer = connect_peer(here);
    announce(peer, "Authorization: a\r\n", LARGE_BYTES);
    send_body(peer, LARGE_BYTES);
    expect_heard(peer, "HTTP/1.1 204 ");
    ck_assert_int_eq(close(peer), 0);
    for (int i = 0; i < CONNECTIONS_MAX - 1; i++) {
        ck_assert_int_eq(close(idle[i]), 0);
    }
}

TEST(an_address_has_a_share_of_it)
{
    int unfinished[FIT];
    for (int i = 0; i < FIT; i++) {
        unfinished[i] = connect_peer(here);
        announce(unfinished[i], "Authorization: a\r\n", LARGE_BYTES);
        send_body(unfinished[i], LARGE_BYTES - 1);
        expect_quiet(unfinished[i]);
    }
    int peer = connect_peer(here);
    announce(peer, "Authorization: a\r\n", LARGE_BYTES);
    send_body(peer, LARGE_BYTES);
    expect_heard(peer, "HTTP/1.1 503 ");
    ck_assert_int_eq(close(peer), 0);

    peer = connect_peer(elsewhere);
    announce(peer, "Authorization: a\r\n", LARGE_BYTES);
    send_body(peer, LARGE_BYTES);
    expect_heard(peer, "HTTP/1.1 204 ");
    ck_assert_int_eq(close(peer), 0);

    send_body(unfinished[0], 1); /* and what it had is free again */
    expect_heard(unfinished[0], "HTTP/1.1 204 ");
    peer = connect_peer(here);
    announce(peer, "Authorization: a\r\n", LARGE_BYTES);
    send_body(peer, LARGE_BYTES);
    expect_heard(peer, "HTTP/1.1 204 ");
    ck_assert_int_eq(close(peer), 0);
    for (int i = 0; i < FIT; i++) {
        ck_assert_int_eq(close(unfinished[i]), 0);
    }
}

SUITE("http_server");
