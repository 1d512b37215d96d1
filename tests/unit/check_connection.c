/* What a connection holds, and for how long: of answers that nobody takes, of memory for what arrives. */
#include <turnout/net/connection.h>

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "served_peers.h"
#include "suite.h"

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

/* A stream that a test writes; NULL: none is open. */
static struct http_exchange *stream;

static void on_stream_closed(void *context)
{
    (void)context;
    stream = NULL;
}

static void begin_stream(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    ck_assert(http_stream_begin(exchange, "text/plain", "", on_stream_closed, NULL));
    stream = exchange;
}

static const struct http_route routes[] = {
    {.method = HTTP_GET, .path = "/now", .handler = answer_at_once},
    {.method = HTTP_GET, .path = "/stream", .handler = begin_stream},
    {.method = HTTP_GET, .path = "/much/", .handler = answer_much},
};

static const struct http_service service = {
    .routes = routes, .route_count = sizeof routes / sizeof routes[0], .counters = &counters};

static void set_up(void)
{
    serve_begin(&service);
    memset(document, ' ', sizeof document);
}

FIXTURE(set_up, serve_end);

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

/* Turns the loop until so few connections are left; somebody asks and listens meanwhile, again and again. */
static void turn_and_listen_until(int listener, size_t left)
{
    enum { PAUSE_MS = 100 };
    int64_t deadline_ms = clock_monotonic_ms() + CONNECTION_WRITE_MS + DEADLINE_MS;
    while (connections_count(connections) > left) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        say(listener, "GET /much/100000 HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n");
        expect_heard(listener, "HTTP/1.1 204 ");
        turn_for(PAUSE_MS);
    }
}

/* Wherever the answer waits, it does not wait longer than that, and nothing of it is left; who takes answers is not
 * ended however many there are. */
TEST(who_takes_no_answer_is_reset)
{
    enum { EARLY_MS = 1000 }; /* a timer of the loop may be a little early */
    int listener = connect_peer(here);
    int peers_of_ours[DEAF];
    for (size_t i = 0; i < DEAF; i++) {
        peers_of_ours[i] = connect_deaf_peer(deaf[i].says, deaf[i].ends);
    }
    int64_t began_ms = clock_monotonic_ms(); /* nobody is answered before the loop turns */
    turn_and_listen_until(listener, DEAF);
    ck_assert_int_ge(clock_monotonic_ms(), began_ms + CONNECTION_WRITE_MS - EARLY_MS);
    turn_and_listen_until(listener, 1);
    ck_assert_uint_eq(connections_count(connections), 1);
    for (size_t i = 0; i < DEAF; i++) {
        expect_reset(peers_of_ours[i]);
        ck_assert_int_eq(close(peers_of_ours[i]), 0);
    }
    ck_assert_int_eq(close(listener), 0);
}

/* ---- streams that nobody hears ---- */

/* Long before its time to take something has passed. */
TEST(a_stream_that_is_not_heard_holds_no_more_than_so_much)
{
    static const char piece[64 * 1024];
    enum { PIECES_MAX = 100 };
    int peer = connect_deaf_peer("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", false);
    while (stream == NULL) {
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
    for (int pieces = 0; stream != NULL; pieces++) {
        ck_assert_int_lt(pieces, PIECES_MAX);
        http_stream_write(stream, (struct slice){piece, sizeof piece}, NULL, NULL);
        http_stream_send(stream);
        ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
    }
    ck_assert_int_eq(close(peer), 0);
}

/* ---- memory for what arrives ---- */

TEST(what_a_connection_has_reserved_is_free_when_it_ends)
{
    enum { SHARES = CONNECTIONS_RESERVED_BYTES_MAX / PEER_RESERVED_BYTES_MAX };
    int first = connect_peer("127.0.0.2");
    ck_assert(connection_reserve(newest, PEER_RESERVED_BYTES_MAX));
    for (int i = 1; i < SHARES; i++) {
        char from[16];
        (void)snprintf(from, sizeof from, "127.0.0.%d", 2 + i);
        (void)connect_peer(from);
        ck_assert(connection_reserve(newest, PEER_RESERVED_BYTES_MAX));
    }
    (void)connect_peer("127.0.1.1");
    ck_assert(!connection_reserve(newest, 1));
    ck_assert_int_eq(close(first), 0);
    for (int64_t began_ms = clock_monotonic_ms(); !connection_reserve(newest, PEER_RESERVED_BYTES_MAX);) {
        ck_assert_int_lt(clock_monotonic_ms(), began_ms + DEADLINE_MS);
        turn_once();
    }
}

SUITE("connection");
