/* A connection: one accepted socket on a worker's loop, with input, output and an absolute deadline. Knows nothing of
 * HTTP or reports; a *session* on top of it does.
 *
 * Output is sent at the end of the loop's turn, in one system call where possible. A quiet connection needs little
 * memory: input is read into a buffer that all connections of a worker share, and only what a session leaves unread
 * is kept. */
#ifndef TURNOUT_NET_CONNECTION_H
#define TURNOUT_NET_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/net/peers.h>
#include <turnout/service/counters.h>

struct event_base;
struct evbuffer;
struct connection;
struct connections;

/* The callbacks of a session. `session` is what connection_attach was given. */
struct connection_session {
    /* Bytes have arrived. Returns how many the session has consumed; the rest is offered again, with more bytes after
     * it. Must not be called while paused. */
    size_t (*on_bytes)(void *session, const char *bytes, size_t length);

    /* The peer has finished sending; `bytes` is what was not consumed. The connection stays open for writing until
     * the session finishes or closes it. */
    void (*on_end)(void *session, const char *bytes, size_t length);

    /* The deadline has passed and is cleared: the session closes, finishes or sets another one. */
    void (*on_deadline)(void *session);

    /* Everything written has been sent. May be NULL. */
    void (*on_sent)(void *session);

    /* Whether the peer waits for an answer that is being made. If not, the connection may be closed at any time to
     * make room for another. */
    bool (*is_awaited)(const void *session);

    /* The server is stopping: finish what is in progress, begin nothing new. */
    void (*on_drain)(void *session);

    /* The connection is gone; do not use it any more. Frees the session, now or later. Called once. */
    void (*on_closed)(void *session);
};

enum {
    CONNECTION_READ_BYTES = 64 * 1024,  /* the most read from a connection in one turn */
    CONNECTION_WRITE_BYTES = 64 * 1024, /* the most written in one turn, so that others need not wait */
    CONNECTION_WRITE_MS = 10000, /* the peer must acknowledge all it was sent within this time, or is reset */
    CONNECTION_LINGER_MS = 2000, /* how long a finished connection waits for the peer to close */
    CONNECTION_KERNEL_BYTES = 64 * 1024,                /* unsent bytes that the kernel buffers */
    CONNECTIONS_RESERVED_BYTES_MAX = 256 * 1024 * 1024, /* for large input, over all connections */
    CONNECTIONS_SWEEP_MS = 250, /* how often deadlines are checked: they are late by at most this */
};

/* All connections of one loop, at most `connections_max` at a time, and `address_max` from one address. At a limit, a
 * new one replaces the one that has been quiet longest: of the untrusted ones, if there are any (net/peers.h). So a
 * peer that opens connections and sends nothing only displaces others like it. What an address has on other loops does
 * not count: peers choose their ports, and so their loop. Peers and counters are borrowed. */
struct connections *connections_new(struct event_base *base, uint32_t connections_max, uint32_t address_max,
                                    struct peers *peers, struct counters *counters);

/* Closes every connection (on_closed is called for each) and frees. NULL-safe. */
void connections_free(struct connections *connections);

/* Calls on_drain for every connection, and for later ones right after they are accepted. */
void connections_drain(struct connections *connections);
uint32_t connections_count(const struct connections *connections);

/* Makes a connection of `fd` (taken). NULL, with `fd` closed and counted, when a limit is reached and no connection may
 * be ended, because all are owed an answer. connection_attach attaches the session, as the last step, before the loop
 * turns again: bytes that have arrived already are offered to it at once. */
struct connection *connection_accept(struct connections *connections, int fd, const struct sockaddr *peer);
void connection_attach(struct connection *connection, const struct connection_session *calls, void *session);

/* The client of the connection; borrowed unless held. */
struct visit *connection_visit(const struct connection *connection);

/* Whether the peer connected to the address that a Host names. */
bool connection_is_at(const struct connection *connection, struct slice host);

/* The output buffer. Call connection_send after writing to it. */
struct evbuffer *connection_output(struct connection *connection);
void connection_send(struct connection *connection);
size_t connection_unsent_bytes(const struct connection *connection);

/* Reserves memory for input that is kept until it is complete, replacing the previous reservation. False, and nothing
 * reserved, when all connections together, or those from its address, have reserved too much. Released when the
 * connection ends. */
bool connection_reserve(struct connection *connection, size_t bytes);

/* Stops calling on_bytes, and resumes: unread bytes are offered again at the end of the turn. */
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

/* Yields after one of several requests that may have arrived together: the rest is offered, and output sent, after
 * the loop has served the other connections. */
void connection_end_turn(struct connection *connection);

/* Sets the deadline, from now on; replaces the previous one. 0: none. */
void connection_set_deadline(struct connection *connection, int64_t ms);

/* Sends the output, then half-closes the connection, waits for the peer to close, and drops what still arrives, so
 * that a reset does not lose the last answer. */
void connection_finish(struct connection *connection);

/* Ends the connection now. on_closed is called at the end of the turn at the latest. */
void connection_close(struct connection *connection);

#endif
