/* One connection: plain libevent events and an evbuffer for output. bufferevents would do the same with two more
 * system calls a request. */
#include "connection_private.h"

#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/net/hosts.h>

enum {
    LINGER_BYTES_MAX = 256 * 1024, /* dropped while lingering, before the patience ends */
    KEPT_INPUT_BYTES = 16 * 1024,  /* an input buffer larger than this is given back once it is empty */
};

/* ---- the end of a turn ---- */

static void put_due(struct connection *connection)
{
    struct connections *connections = connection->connections;
    if (!connection->is_due) {
        connection->is_due = true;
        TAILQ_INSERT_TAIL(&connections->due, connection, due);
        if (!connections->is_settling) {
            event_active(connections->turn_event, EV_TIMEOUT, 0);
        }
    }
}

static void must(int failed)
{
    assert(failed == 0);
}

/* Bytes that our kernel has sent or will send, and that the peer's kernel has not acknowledged. */
static uint64_t untaken_bytes(const struct connection *connection)
{
    int bytes = 0;
    return ioctl(connection->fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (uint64_t)bytes : 0;
}

static void set_write_deadline(struct connection *connection, int64_t now_ms)
{
    connection->write_deadline_ms = now_ms + CONNECTION_WRITE_MS;
    connection->owed_bytes = connection->written_bytes + connection_unsent_bytes(connection);
}

/* The peer has finished sending. Only its acknowledgements tell whether it has received the last answer. */
static void linger_until_taken(struct connection *connection)
{
    if (untaken_bytes(connection) == 0) {
        connection_close(connection);
    } else {
        connection_set_deadline(connection, CONNECTIONS_SWEEP_MS);
    }
}

static void begin_lingering(struct connection *connection)
{
    connection->state = CONNECTION_LINGERING;
    bool is_over = connection->peer_has_ended && untaken_bytes(connection) == 0;
    if (is_over || shutdown(connection->fd, SHUT_WR) != 0) {
        connection_close(connection);
        return;
    }
    if (connection->write_deadline_ms == 0) {
        set_write_deadline(connection, clock_monotonic_ms()); /* the end is to be taken, too */
    }
    if (connection->peer_has_ended) {
        linger_until_taken(connection);
    } else {
        connection_set_deadline(connection, CONNECTION_LINGER_MS);
        must(event_add(&connection->readable, NULL));
    }
}

static void send_output(struct connection *connection)
{
    size_t unsent = connection_unsent_bytes(connection);
    if (unsent > 0) {
        if (connection->write_deadline_ms == 0) {
            set_write_deadline(connection, clock_monotonic_ms());
        }
        int sent = evbuffer_write_atmost(connection->output, connection->fd, CONNECTION_WRITE_BYTES);
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            connection_close(connection);
            return;
        }
        if (sent > 0) {
            connection->written_bytes += (uint64_t)sent;
            connections_note_alive(connection);
        }
        unsent = connection_unsent_bytes(connection);
    }
    if (unsent > 0) {
        if (!connection->is_writing) {
            connection->is_writing = true;
            must(event_add(&connection->writable, NULL));
        }
        return;
    }
    if (connection->is_writing) {
        connection->is_writing = false;
        must(event_del(&connection->writable));
    }
    if (connection->state == CONNECTION_FINISHING) {
        begin_lingering(connection);
    } else if (connection->state == CONNECTION_OPEN && connection->calls->on_sent != NULL) {
        connection->calls->on_sent(connection->session);
    }
}

/* ---- reading ---- */

static bool is_listened_to(const struct connection *connection)
{
    return connection->state == CONNECTION_OPEN && !connection->is_paused && !connection->has_had_its_turn;
}

/* Offers `length` bytes to the session and keeps what it leaves. `bytes` may be the kept input itself. */
static void offer(struct connection *connection, const char *bytes, size_t length)
{
    size_t taken = 0;
    while (taken < length && is_listened_to(connection)) {
        size_t step = connection->calls->on_bytes(connection->session, bytes + taken, length - taken);
        assert(step <= length - taken);
        if (step == 0) {
            break;
        }
        taken += step;
    }
    struct buffer rest = {0};
    if (taken < length && connection->state == CONNECTION_OPEN) {
        if (bytes == connection->input.bytes && taken == 0) {
            return;
        }
        buffer_append(&rest, bytes + taken, length - taken);
    }
    if (rest.length == 0 && connection->input.capacity <= KEPT_INPUT_BYTES) {
        buffer_clear(&connection->input);
        return;
    }
    buffer_done(&connection->input);
    connection->input = rest;
}

static void offer_end(struct connection *connection)
{
    if (connection->peer_has_ended && !connection->end_was_told && is_listened_to(connection)) {
        connection->end_was_told = true;
        connection->calls->on_end(connection->session, connection->input.bytes, connection->input.length);
    }
}

static void drop_lingering(struct connection *connection, size_t length)
{
    connection->lingered_bytes += length;
    if (length == 0) {
        connection->peer_has_ended = true;
        must(event_del(&connection->readable));
        linger_until_taken(connection);
    } else if (connection->lingered_bytes > LINGER_BYTES_MAX) {
        connection_close(connection);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct connection *connection = context;
    struct connections *connections = connection->connections;
    if (connection->state == CONNECTION_OPEN && connection->has_had_its_turn) {
        return; /* it is due, and nothing more is taken in until then */
    }
    ssize_t length = read(fd, connections->scratch, sizeof connections->scratch);
    if (length < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            connection_close(connection);
        }
        return;
    }
    if (connection->state != CONNECTION_OPEN) {
        drop_lingering(connection, (size_t)length);
        return;
    }
    connections_note_alive(connection);
    if (length == 0) {
        connection->peer_has_ended = true;
        must(event_del(&connection->readable));
        put_due(connection); /* what was left unread while paused is offered before the end is told */
        return;
    }
    if (connection->input.length > 0) {
        buffer_append(&connection->input, connections->scratch, (size_t)length);
        offer(connection, connection->input.bytes, connection->input.length);
    } else {
        offer(connection, connections->scratch, (size_t)length);
    }
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    send_output(context);
}

void connection_settle(struct connection *connection)
{
    connection->has_had_its_turn = false;
    if (is_listened_to(connection) && connection->input.length > 0) {
        offer(connection, connection->input.bytes, connection->input.length);
    }
    offer_end(connection);
    connection->is_due = false; /* until here, so that what was written just now is sent by this: */
    if (connection->state == CONNECTION_OPEN || connection->state == CONNECTION_FINISHING) {
        send_output(connection);
    }
    if (connection->state == CONNECTION_CLOSED) {
        connection_destroy(connection);
    } else if (connection->has_had_its_turn) {
        put_due(connection);
    }
}

/* ---- deadlines ---- */

static bool has_passed(int64_t deadline_ms, int64_t now_ms)
{
    return deadline_ms != 0 && deadline_ms <= now_ms;
}

/* The time that the peer had to acknowledge what it was sent is over. */
static void check_taken(struct connection *connection, int64_t now_ms)
{
    uint64_t untaken = untaken_bytes(connection);
    if (connection->written_bytes < connection->owed_bytes + untaken) { /* the end is one of them */
        connection_close(connection);
    } else if (untaken > 0 || connection_unsent_bytes(connection) > 0) {
        set_write_deadline(connection, now_ms);
    } else {
        connection->write_deadline_ms = 0;
    }
}

static void check_deadline(struct connection *connection)
{
    connection->deadline_ms = 0;
    if (connection->state == CONNECTION_OPEN) {
        connection->calls->on_deadline(connection->session);
    } else if (connection->state == CONNECTION_LINGERING) {
        linger_until_taken(connection);
    } else {
        connection_close(connection);
    }
}

void connection_check_deadlines(struct connection *connection, int64_t now_ms)
{
    if (has_passed(connection->write_deadline_ms, now_ms)) {
        check_taken(connection, now_ms);
    }
    if (has_passed(connection->deadline_ms, now_ms) && connection->state != CONNECTION_CLOSED) {
        check_deadline(connection);
    }
}

/* ---- what sessions use ---- */

struct visit *connection_visit(const struct connection *connection)
{
    return connection->visit;
}

bool connection_is_at(const struct connection *connection, struct slice host)
{
    union {
        struct sockaddr any;
        struct sockaddr_in6 largest;
    } own;
    socklen_t own_bytes = sizeof own;
    return getsockname(connection->fd, &own.any, &own_bytes) == 0 && host_is_address(host, &own.any);
}

struct evbuffer *connection_output(struct connection *connection)
{
    if (connection->output == NULL) {
        connection->output = evbuffer_new();
        assert(connection->output != NULL);
    }
    return connection->output;
}

void connection_send(struct connection *connection)
{
    put_due(connection);
}

size_t connection_unsent_bytes(const struct connection *connection)
{
    return connection->output == NULL ? 0 : evbuffer_get_length(connection->output);
}

bool connection_reserve(struct connection *connection, size_t bytes)
{
    struct connections *connections = connection->connections;
    connections->reserved_bytes -= connection->reserved_bytes;
    bool fits = bytes <= CONNECTIONS_RESERVED_BYTES_MAX - connections->reserved_bytes;
    bool has_room = visit_reserve(connection->visit, fits ? bytes : 0) && fits;
    connection->reserved_bytes = has_room ? bytes : 0;
    connections->reserved_bytes += connection->reserved_bytes;
    return has_room;
}

void connection_pause(struct connection *connection)
{
    if (!connection->is_paused) {
        connection->is_paused = true;
        must(event_del(&connection->readable));
    }
}

void connection_resume(struct connection *connection)
{
    if (connection->is_paused) {
        connection->is_paused = false;
        if (!connection->peer_has_ended) {
            must(event_add(&connection->readable, NULL));
        }
        put_due(connection);
    }
}

void connection_end_turn(struct connection *connection)
{
    connection->has_had_its_turn = true;
    put_due(connection);
}

void connection_set_deadline(struct connection *connection, int64_t ms)
{
    connection->deadline_ms = ms == 0 ? 0 : clock_monotonic_ms() + ms;
}

void connection_finish(struct connection *connection)
{
    if (connection->state == CONNECTION_OPEN) {
        connection->state = CONNECTION_FINISHING;
        connection->deadline_ms = 0; /* from here on the write deadline and the lingering bound it */
        must(event_del(&connection->readable));
        put_due(connection);
    }
}

void connection_close(struct connection *connection)
{
    connection->state = CONNECTION_CLOSED;
    put_due(connection);
}

/* ---- beginning and end ---- */

struct connection *connection_new(struct connections *connections, int fd, struct visit *visit)
{
    /* Answers are written whole, so waiting to fill a segment gains nothing. If this fails, answers are only later. */
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* What the peer does not take stays in our output, which shares large documents. If this fails, the kernel only
     * copies more. */
    int unsent_bytes = CONNECTION_KERNEL_BYTES;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes, sizeof unsent_bytes);

    struct connection *connection = memory_new(sizeof *connection);
    connection->connections = connections;
    connection->visit = visit;
    connection->fd = fd;
    must(event_assign(&connection->readable, connections->base, fd, EV_READ | EV_PERSIST, on_readable,
                      connection));
    must(event_assign(&connection->writable, connections->base, fd, EV_WRITE | EV_PERSIST, on_writable,
                      connection));
    must(event_add(&connection->readable, NULL));
    connections_add(connection);
    return connection;
}

void connection_attach(struct connection *connection, const struct connection_session *calls, void *session)
{
    connection->calls = calls;
    connection->session = session;
    if (connection->connections->is_draining) {
        calls->on_drain(session);
    } else {
        /* Read what the peer has sent already. Many connections may come in one turn: this one might be closed to make
         * room for others before the loop looks at it. */
        on_readable(connection->fd, EV_READ, connection);
    }
}

/* Drops what the peer has not acknowledged by now. Otherwise the kernel would keep it for minutes. */
static void close_socket(const struct connection *connection)
{
    if (connection_unsent_bytes(connection) > 0 || untaken_bytes(connection) > 0) {
        struct linger reset = {.l_onoff = 1};
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    close(connection->fd);
}

void connection_destroy(struct connection *connection)
{
    struct connections *connections = connection->connections;
    if (connection->is_due) {
        TAILQ_REMOVE(&connections->due, connection, due);
    }
    connections_remove(connection);
    bool gave_back = connection_reserve(connection, 0);
    assert(gave_back);
    must(event_del(&connection->readable));
    must(event_del(&connection->writable));
    close_socket(connection);
    if (connection->output != NULL) {
        evbuffer_free(connection->output);
    }
    buffer_done(&connection->input);
    if (connection->calls != NULL) {
        connection->calls->on_closed(connection->session);
    }
    visit_release(connection->visit);
    free(connection);
}
