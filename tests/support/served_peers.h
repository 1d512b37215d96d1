/* HTTP on connections, without a turnoutd around it. A peer is a blocking socket of this process; the loop is turned by
 * hand. Only a header, because a test of a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_SERVED_PEERS_H
#define TURNOUT_TESTS_SERVED_PEERS_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/net/http_server.h>

enum { DEADLINE_MS = 10000, CONNECTIONS_MAX = 64 };

static const char here[] = "127.0.0.1";

static struct event_base *base;
static struct peers *peers;
static struct counters counters; /* for the service, too */
static struct connections *connections;
static const struct http_service *served;
static int served_fd; /* the server's end of the newest connection */
static struct connection *newest;

static inline void serve_begin(const struct http_service *service)
{
    ck_assert_int_ge(sodium_init(), 0);
    base = event_base_new();
    ck_assert_ptr_nonnull(base);
    counters = (struct counters){0};
    peers = peers_new(&(struct peers_options){.refusals_per_minute = 1});
    connections = connections_new(base, CONNECTIONS_MAX, CONNECTIONS_MAX, peers, &counters);
    served = service;
}

static inline void serve_end(void)
{
    connections_free(connections);
    peers_free(peers);
    event_base_free(base);
}

/* A peer that is connected, and served where it is let in: else `newest` is NULL. */
static inline int try_peer(const char *from)
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
    newest = connection_accept(connections, accepted, any);
    if (newest != NULL) {
        http_serve(newest, served);
    }
    return peer;
}

/* A peer that is connected and served. */
static inline int connect_peer(const char *from)
{
    int peer = try_peer(from);
    ck_assert_ptr_nonnull(newest);
    return peer;
}

static inline void say(int peer, const char *text)
{
    ck_assert_int_eq(write(peer, text, strlen(text)), (ssize_t)strlen(text));
}

/* Looks at everybody once, whoever has more to do. */
static inline void turn_once(void)
{
    ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK), 0);
}

/* Turns the loop until the peer has heard this. */
static inline void expect_heard(int peer, const char *wanted)
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

/* A handler: 204. */
static inline void answer_at_once(void *context, struct http_exchange *exchange,
                                  const struct http_request *request, struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    http_answer(exchange, &(struct http_answer){.status = 204});
}

#endif
