/* HTTP on connections, without a turnoutd around it: answers that come later, and what is taken in before anybody wants
 * it. The peer is a blocking socket of this process; the loop is turned by hand. */
#include <turnout/net/http_server.h>

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>

#include "suite.h"

enum { DEADLINE_MS = 10000, CONNECTIONS_MAX = 64 };

static const char here[] = "127.0.0.1";
static const char elsewhere[] = "127.0.0.2";

_Static_assert((int)HTTP_IDLE_MS > 60000, "proxies that keep connections for a minute end them first");

static struct event_base *base;
static struct peers *peers;
static struct counters counters;
static struct connections *connections;
static struct http_exchange *kept; /* by the handler that answers later */
static int lent;                   /* bodies that have not been given back */
static int served_fd;              /* the server's end of the newest connection */

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

static void answer_at_once(void *context, struct http_exchange *exchange, const struct http_request *request,
                           struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    http_answer(exchange, &(struct http_answer){.status = 204});
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

static char document[8 * 1024 * 1024]; /* blanks, and more than any kernel would hold of it */

static void keep(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    (void)lender;
}

/* As long as the path says. */
static void answer_much(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)body;
    uint64_t bytes;
    ck_assert(text_parse_unsigned(segment, sizeof document, &bytes));
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "text/plain",
                                                .body = document,
                                                .body_bytes = (size_t)bytes,
                                                .release = keep});
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
    {.method = HTTP_GET, .path = "/much/", .handler = answer_much},
};

static const struct http_service service = {.routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .admits_large_body = admits_large_body,
                                            .counters = &counters};

static void set_up(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    base = event_base_new();
    ck_assert_ptr_nonnull(base);
    counters = (struct counters){0};
    peers = peers_new(
        &(struct peers_options){.connections_per_address = CONNECTIONS_MAX, .refusals_per_minute = 1});
    connections = connections_new(base, CONNECTIONS_MAX, peers, PEER_READS, &counters);
    memset(document, ' ', sizeof document);
    kept = NULL;
    lent = 0;
    steps_done = 0;
    has_to_wait = false;
    may_end = false;
}

static void tear_down(void)
{
    connections_free(connections);
    peers_free(peers);
    event_base_free(base);
}

/* A peer that is connected and served. */
static int connect_peer(const char *from)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_bytes = sizeof address;
    struct sockaddr *any = (struct sockaddr *)&address;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listening, any, address_bytes), 0);
    ck_assert_int_eq(listen(listening, 1), 0);
    ck_assert_int_eq(getsockname(listening, any, &address_bytes), 0);
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in source = {.sin_family = AF_INET};
    ck_assert_int_eq(inet_pton(AF_INET, from, &source.sin_addr), 1);
    ck_assert_int_eq(bind(peer, (struct sockaddr *)&source, sizeof source), 0);
    ck_assert_int_eq(connect(peer, any, address_bytes), 0);
    int accepted = accept4(listening, any, &address_bytes, SOCK_NONBLOCK);
    ck_assert_int_ge(accepted, 0);
    ck_assert_int_eq(close(listening), 0);
    served_fd = accepted;
    struct connection *connection = connection_accept(connections, accepted, any);
    ck_assert_ptr_nonnull(connection);
    http_serve(connection, &service);
    return peer;
}

static void say(int peer, const char *text)
{
    ck_assert_int_eq(write(peer, text, strlen(text)), (ssize_t)strlen(text));
}

/* Looks at everybody once, whoever has more to do. */
static void turn_once(void)
{
    ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK), 0);
}

static void turn_until_kept(void)
{
    int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (kept == NULL) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
}

/* Turns the loop until the peer has heard this. */
static void expect_heard(int peer, const char *wanted)
{
    struct buffer heard = {0};
    int64_t deadline_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (heard.length == 0 || strstr(heard.bytes, wanted) == NULL) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "not %s but %s", wanted, heard.bytes);
        turn_once();
        char bytes[4096];
        ssize_t length = recv(peer, bytes, sizeof bytes, MSG_DONTWAIT);
        buffer_append(&heard, bytes, length > 0 ? (size_t)length : 0);
    }
    buffer_done(&heard);
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

FIXTURE(set_up, tear_down);

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
    ck_assert(!visit_has_shown_good(http_exchange_visit(kept)));
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

/* ---- answers that nobody takes ---- */

/* Connects a peer that has little room for what it does not read. */
static int connect_deaf_peer(const char *says, bool ends)
{
    int room = 4096;
    int peer = connect_peer(here);
    ck_assert_int_eq(setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &room, sizeof room), 0);
    say(peer, says);
    if (ends) {
        ck_assert_int_eq(shutdown(peer, SHUT_WR), 0);
    }
    return peer;
}

static void turn_for(int64_t ms)
{
    int64_t until_ms = clock_monotonic_ms() + ms;
    while (clock_monotonic_ms() < until_ms) {
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
}

/* A large document is one for all who ask; the kernel would copy it for each. */
TEST(the_kernel_holds_little_of_a_large_answer)
{
    int peer = connect_deaf_peer("GET /much/8388608 HTTP/1.1\r\nHost: x\r\n\r\n", false);
    turn_for(1000);
    int bytes = 0;
    ck_assert_int_eq(ioctl(served_fd, SIOCOUTQNSD, &bytes), 0);
    ck_assert_int_gt(bytes, 0);
    ck_assert_int_le(bytes, CONNECTION_KERNEL_BYTES + CONNECTION_WRITE_BYTES);
    ck_assert_int_eq(close(peer), 0);
}

/* However much it has asked for. */
TEST(who_takes_no_answer_is_not_given_another)
{
    enum { TOGETHER = 30, TAKEN_MAX = 8 };
    struct buffer asked = {0};
    for (int i = 0; i < TOGETHER; i++) {
        buffer_append_text(&asked, "GET /much/60000 HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    int peer = connect_deaf_peer(asked.bytes, false);
    turn_for(1000);
    ck_assert_uint_ge(counters.requests, 1);
    ck_assert_uint_le(counters.requests, TAKEN_MAX);
    ck_assert_int_eq(close(peer), 0);
    buffer_done(&asked);
}

static const struct {
    const char *says;
    bool ends; /* and says that it will say no more */
} deaf[] = {
    {"GET /much/8388608 HTTP/1.1\r\nHost: x\r\n\r\n", false}, /* it waits with us, */
    {"GET /much/60000 HTTP/1.1\r\nHost: x\r\n\r\n", false},   /* with the kernel, */
    {"GET /much/60000 HTTP/1.1\r\nHost: x\r\n\r\n", true},
    {"GET /much/60000 HTTP/1.0\r\n\r\n", false}, /* behind the end of the connection */
    {"GET /much/60000 HTTP/1.0\r\n\r\n", true},
};

enum { DEAF = sizeof deaf / sizeof deaf[0] };

static void expect_reset(int peer)
{
    char bytes[4096];
    ssize_t length;
    do {
        length = recv(peer, bytes, sizeof bytes, 0);
    } while (length > 0);
    ck_assert_int_eq(length, -1);
    ck_assert_int_eq(errno, ECONNRESET);
}

/* Turns the loop for a while, in which somebody asks and listens again and again. */
static void turn_and_listen_for(int listener, int64_t ms)
{
    enum { PAUSE_MS = 100 };
    int64_t until_ms = clock_monotonic_ms() + ms;
    while (clock_monotonic_ms() < until_ms) {
        say(listener, "GET /much/100000 HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n");
        expect_heard(listener, "HTTP/1.1 204 ");
        turn_for(PAUSE_MS);
    }
}

/* Wherever the answer waits, it does not wait longer than that, and nothing of it is left; who takes answers is not
 * ended however many there are. */
TEST(who_takes_no_answer_is_reset)
{
    enum { EARLY_MS = 1000, LATE_MS = 1000 };
    int listener = connect_peer(here);
    int peers_of_ours[DEAF];
    for (size_t i = 0; i < DEAF; i++) {
        peers_of_ours[i] = connect_deaf_peer(deaf[i].says, deaf[i].ends);
    }
    turn_and_listen_for(listener, CONNECTION_WRITE_MS - EARLY_MS);
    ck_assert_uint_eq(connections_count(connections), 1 + DEAF);
    turn_and_listen_for(listener, EARLY_MS + LATE_MS);
    ck_assert_uint_eq(connections_count(connections), 1);
    for (size_t i = 0; i < DEAF; i++) {
        expect_reset(peers_of_ours[i]);
        ck_assert_int_eq(close(peers_of_ours[i]), 0);
    }
    ck_assert_int_eq(close(listener), 0);
}

SUITE("http_server");
