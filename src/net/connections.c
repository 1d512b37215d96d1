/* All connections of a loop: who is let in, who makes room, what is done at the end of a turn, and when deadlines are
 * looked at. */
#include "connection_private.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

enum {
    ROOM_LOOKS_MAX = 64, /* at so many connections, for one that may be ended */
    SETTLED_TO_GO = 3,   /* so often a connection is, at most, from its peer's last word to its end */
};

static void must(int failed)
{
    assert(failed == 0);
}

/* ---- turns and deadlines ---- */

/* Those that are due now, each once. What becomes due meanwhile (a peer that reads as fast as it is answered, and
 * asks for more) waits until the loop has looked at everybody else. */
static void settle_all(struct connections *connections)
{
    struct connection_list now = TAILQ_HEAD_INITIALIZER(now);
    TAILQ_CONCAT(&now, &connections->due, due);
    connections->is_settling = true;
    struct connection *connection;
    while ((connection = TAILQ_FIRST(&now)) != NULL) {
        TAILQ_REMOVE(&now, connection, due);
        connection_settle(connection);
    }
    connections->is_settling = false;
}

static void on_turn_ends(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct connections *connections = context;
    settle_all(connections);
    if (!TAILQ_EMPTY(&connections->due)) {
        must(event_add(connections->turn_event, &(struct timeval){0}));
    }
}

static void sweep(const struct connection_list *open, int64_t now_ms)
{
    struct connection *connection;
    TAILQ_FOREACH(connection, open, open)
    {
        connection_check_deadlines(connection, now_ms);
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    const struct connections *connections = context;
    int64_t now_ms = clock_monotonic_ms();
    sweep(&connections->open[NEWCOMER], now_ms);
    sweep(&connections->open[TRUSTED], now_ms);
}

/* ---- room ---- */

/* A connection that is due is not ended. One that is due only because it has sent many requests at once does not count
 * as due: it always would be. */
static bool may_be_ended(const struct connection *connection)
{
    bool asks_for_more = connection->has_had_its_turn && connection->input.length > 0;
    bool is_due = connection->is_due && !asks_for_more;
    return connection->state == CONNECTION_CLOSED ||
           !(is_due || connection->calls->is_awaited(connection->session));
}

static void end_for_another(struct connection *connection)
{
    counter_add(&connection->connections->counters->connections_made_room, 1);
    connection_destroy(connection);
}

/* Ends a connection to which no answer is owed: the quietest newcomer, or else the quietest of the others. */
static bool make_room(struct connections *connections)
{
    for (int standing = NEWCOMER; standing < STANDINGS; standing++) {
        int looks = 0;
        struct connection *connection;
        TAILQ_FOREACH(connection, &connections->open[standing], open)
        {
            if (may_be_ended(connection)) {
                end_for_another(connection);
                return true;
            }
            if (++looks == ROOM_LOOKS_MAX) {
                break;
            }
        }
    }
    return false;
}

static struct neighbours *find_neighbours(const struct connections *connections, const void *peer)
{
    struct neighbours *neighbours = NULL;
    HASH_FIND_PTR(connections->neighbours, &peer, neighbours);
    return neighbours;
}

/* The same among the newcomers from the visit's address. */
static bool make_room_beside(struct connections *connections, const struct visit *visit)
{
    const struct neighbours *neighbours = find_neighbours(connections, visit_peer(visit));
    if (neighbours == NULL) {
        return false;
    }
    int looks = 0;
    struct connection *connection;
    TAILQ_FOREACH(connection, &neighbours->newcomers, address)
    {
        if (may_be_ended(connection)) {
            end_for_another(connection);
            return true;
        }
        if (++looks == ROOM_LOOKS_MAX) {
            break;
        }
    }
    return false;
}

/* Some of those with something to do are on their way out: they are seen off before anybody is refused. */
static bool has_room(struct connections *connections)
{
    for (int settled = 0; settled < SETTLED_TO_GO; settled++) {
        if (connections->count < connections->count_max || make_room(connections)) {
            return true;
        }
        settle_all(connections);
    }
    return connections->count < connections->count_max;
}

struct connection *connection_accept(struct connections *connections, int fd, const struct sockaddr *peer)
{
    struct visit *visit = peers_admit(connections->peers, peer, connections->use);
    bool has_place = !visit_is_one_too_many(visit) || make_room_beside(connections, visit);
    if (!has_place || !has_room(connections)) {
        counter_add(&connections->counters->connections_refused, 1);
        visit_release(visit);
        close(fd);
        return NULL;
    }
    struct connection *connection = connection_new(connections, fd, visit);
    counter_add(&connections->counters->connections_accepted, 1); /* behind what it says: it is there */
    return connection;
}

/* ---- the set ---- */

static void join_neighbours(struct connection *connection)
{
    struct connections *connections = connection->connections;
    const void *peer = visit_peer(connection->visit);
    if (peer == NULL) {
        return;
    }
    struct neighbours *neighbours = find_neighbours(connections, peer);
    if (neighbours == NULL) {
        neighbours = memory_new(sizeof *neighbours);
        neighbours->peer = peer;
        TAILQ_INIT(&neighbours->newcomers);
        HASH_ADD_PTR(connections->neighbours, peer, neighbours);
    }
    neighbours->count++;
    connection->neighbours = neighbours;
}

static void leave_neighbours(struct connection *connection)
{
    struct neighbours *neighbours = connection->neighbours;
    if (neighbours != NULL && --neighbours->count == 0) {
        HASH_DELETE(hh, connection->connections->neighbours, neighbours);
        free(neighbours);
    }
}

static void list(struct connection *connection)
{
    struct connection_list *open = connection->connections->open;
    TAILQ_INSERT_TAIL(&open[connection->standing], connection, open);
    if (connection->standing == NEWCOMER && connection->neighbours != NULL) {
        TAILQ_INSERT_TAIL(&connection->neighbours->newcomers, connection, address);
    }
}

static void unlist(struct connection *connection)
{
    struct connection_list *open = connection->connections->open;
    TAILQ_REMOVE(&open[connection->standing], connection, open);
    if (connection->standing == NEWCOMER && connection->neighbours != NULL) {
        TAILQ_REMOVE(&connection->neighbours->newcomers, connection, address);
    }
}

void connections_add(struct connection *connection)
{
    join_neighbours(connection);
    list(connection);
    connection->connections->count++;
    counter_add(&connection->connections->counters->connections_open, 1);
}

void connections_note_alive(struct connection *connection)
{
    unlist(connection);
    connection->standing = visit_is_trusted(connection->visit) ? TRUSTED : NEWCOMER;
    list(connection);
}

void connections_remove(struct connection *connection)
{
    unlist(connection);
    leave_neighbours(connection);
    connection->connections->count--;
    counter_subtract(&connection->connections->counters->connections_open, 1);
}

struct connections *connections_new(struct event_base *base, uint32_t connections_max, struct peers *peers,
                                    enum peer_use use, struct counters *counters)
{
    struct connections *connections = memory_new(sizeof *connections);
    connections->base = base;
    connections->peers = peers;
    connections->use = use;
    connections->counters = counters;
    connections->count_max = connections_max;
    TAILQ_INIT(&connections->open[NEWCOMER]);
    TAILQ_INIT(&connections->open[TRUSTED]);
    TAILQ_INIT(&connections->due);
    connections->turn_event = event_new(base, -1, 0, on_turn_ends, connections);
    connections->sweep_event = event_new(base, -1, EV_PERSIST, on_sweep, connections);
    assert(connections->turn_event != NULL && connections->sweep_event != NULL);
    struct timeval period = {.tv_usec = CONNECTIONS_SWEEP_MS * 1000};
    must(event_add(connections->sweep_event, &period));
    return connections;
}

static void close_all(const struct connection_list *open)
{
    struct connection *connection;
    TAILQ_FOREACH(connection, open, open)
    {
        connection_close(connection);
    }
}

void connections_free(struct connections *connections)
{
    if (connections == NULL) {
        return;
    }
    close_all(&connections->open[NEWCOMER]);
    close_all(&connections->open[TRUSTED]);
    while (!TAILQ_EMPTY(&connections->due)) {
        settle_all(connections);
    }
    assert(connections->count == 0);
    event_free(connections->turn_event);
    event_free(connections->sweep_event);
    free(connections);
}

static void drain_all(const struct connection_list *open)
{
    struct connection *connection;
    TAILQ_FOREACH(connection, open, open)
    {
        if (connection->state == CONNECTION_OPEN) {
            connection->calls->on_drain(connection->session);
        }
    }
}

void connections_drain(struct connections *connections)
{
    connections->is_draining = true;
    drain_all(&connections->open[NEWCOMER]);
    drain_all(&connections->open[TRUSTED]);
}

uint32_t connections_count(const struct connections *connections)
{
    return connections->count;
}
