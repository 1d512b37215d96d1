/* A connection: one accepted socket on a worker's loop, with bytes in, bytes out, and an absolute deadline.
 * Knows nothing of HTTP or reports; a *session* on top of it does.
 *
 * What is written is sent at the end of the loop's turn, all of it in one system call where possible. Memory
 * for a quiet connection is small: input is read into a buffer that all connections of a worker share, and only
 * what a session leaves unread is kept. */
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

/* What a session does with its connection. `session` is what connection_accept was given. */
struct connection_session {
    /* Bytes are there. Returns how many the session is done with; it is given the rest again, with more behind
     * it. Must not be called while paused. */
    size_t (*on_bytes)(void *session, const char *bytes, size_t length);

    /* The peer has finished sending; `bytes` is what was never taken. The connection stays open for writing until
     * the session finishes or closes it. */
    void (*on_end)(void *session, const char *bytes, size_t length);

    /* The deadline has passed, and there is none now: the session closes, finishes or sets another one. */
    void (*on_deadline)(void *session);

    /* Everything written has been sent. May be NULL. */
    void (*on_sent)(void *session);

    /* Whether the peer waits for an answer that is still being made. A connection of which that is not so may be ended
     * at any time to make room for another. */
    bool (*is_awaited)(const void *session);

    /* The server is stopping: finish what is under way, begin nothing new. */
    void (*on_drain)(void *session);

    /* The connection is gone; do not use it any more. Frees the session, now or when it can. Called once. */
    void (*on_closed)(void *session);
};

enum {
    CONNECTION_READ_BYTES = 64 * 1024,  /* at most this much a connection and turn */
    CONNECTION_WRITE_BYTES = 64 * 1024, /* the same: nobody waits for all of what others are sent */
    CONNECTION_WRITE_MS = 10000, /* for the peer to acknowledge all of what it was sent; then it is reset */
    CONNECTION_LINGER_MS = 2000, /* how long a finished connection waits for the peer to hang up */
    CONNECTION_KERNEL_BYTES = 64 * 1024, /* of what could not be sent yet that the kernel takes */
    CONNECTIONS_RESERVED_BYTES_MAX = 256 * 1024 * 1024, /* for large input, of all connections together */
    CONNECTIONS_SWEEP_MS = 250, /* how often deadlines are looked at: they are late by at most this */
};

/* All connections of one loop, at most `connections_max` at a time. When there are as many, a new one takes the place
 * of the one that has been quiet longest: of those that have shown nothing good, if there are any (net/peers.h), so that
 * a peer that opens connections and says nothing crowds out only others like it. Peers and counters are
 * borrowed. */
struct connections *connections_new(struct event_base *base, uint32_t connections_max, struct peers *peers,
                                    enum peer_use use, struct counters *counters);

/* Closes every connection (on_closed is called for each) and frees. NULL-safe. */
void connections_free(struct connections *connections);

/* Calls on_drain for every connection, now and for later ones at once after they are accepted. */
void connections_drain(struct connections *connections);
uint32_t connections_count(const struct connections *connections);

/* Makes a connection of `fd` (taken). When too many are open from its address, the one from there that has been quiet
 * longest and has shown nothing good gives way. NULL, with `fd` closed and counted, when none may be ended. The session
 * is attached by connection_attach, last of all, before the loop turns again: what the peer has said already is offered
 * to it at once. */
struct connection *connection_accept(struct connections *connections, int fd, const struct sockaddr *peer);
void connection_attach(struct connection *connection, const struct connection_session *calls, void *session);

/* Whose connection it is; borrowed unless held. */
struct visit *connection_visit(const struct connection *connection);

/* Whether the peer has reached it at the address that a Host names. */
bool connection_is_at(const struct connection *connection, struct slice host);

/* Where to write. Follow it by connection_send. */
struct evbuffer *connection_output(struct connection *connection);
void connection_send(struct connection *connection);
size_t connection_unsent_bytes(const struct connection *connection);

/* Sets memory aside for input that has arrived and is kept until it is whole, in place of what was set aside before.
 * False, and nothing set aside, when all connections together, or those from its address, have too much already. Given
 * back when the connection ends. */
bool connection_reserve(struct connection *connection, size_t bytes);

/* Stops calling on_bytes, and resumes: what was left unread is offered again at the end of the turn. */
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

/* The session has done one thing of those that may have come together: what is left is offered, and its output sent, when
 * the loop has looked at everybody else. */
void connection_end_turn(struct connection *connection);

/* Counted from now; replaces the one before. 0: none. */
void connection_set_deadline(struct connection *connection, int64_t ms);

/* Sends what is written, then ends the connection politely: half-closes it, lets the peer hang up, and drops
 * whatever still comes in, so that the last answer is not lost to a reset. */
void connection_finish(struct connection *connection);

/* Ends the connection now. on_closed is called at the end of the turn at the latest. */
void connection_close(struct connection *connection);

#endif
