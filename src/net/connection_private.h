/* What a connection is, and the set that it belongs to: for connection.c, which knows one of them, and connections.c,
 * which knows them all. */
#ifndef TURNOUT_NET_CONNECTION_PRIVATE_H
#define TURNOUT_NET_CONNECTION_PRIVATE_H

#include <sys/queue.h>

#include <event2/event_struct.h>
#include <uthash.h>

#include <turnout/base/buffer.h>
#include <turnout/net/connection.h>

enum connection_state {
    CONNECTION_OPEN,
    CONNECTION_FINISHING, /* sends what is left, then lingers */
    CONNECTION_LINGERING, /* waits for the peer to hang up */
    CONNECTION_CLOSED,    /* freed at the end of the turn */
};

/* What is known of the peer; newcomers are the first to make room. */
enum connection_standing { NEWCOMER, TRUSTED, STANDINGS };

struct connection {
    TAILQ_ENTRY(connection) open;    /* in `open[standing]` */
    TAILQ_ENTRY(connection) due;     /* in `due` while is_due */
    TAILQ_ENTRY(connection) address; /* in its neighbours' newcomers while it is one and has any */
    struct neighbours *neighbours;   /* NULL: no bounds for its address */
    struct connections *connections;
    struct visit *visit;
    enum connection_standing standing;
    const struct connection_session *calls;
    void *session;
    int fd;
    enum connection_state state;
    bool is_due;
    bool is_paused;
    bool has_had_its_turn;     /* what it says besides waits until the loop has looked at everybody else */
    bool peer_has_ended;       /* it has finished sending */
    bool end_was_told;         /* and the session knows */
    bool is_writing;           /* the write event is on */
    int64_t deadline_ms;       /* the session's; monotonic; 0: none */
    int64_t write_deadline_ms; /* for the peer to have taken `owed_bytes`; 0: it has taken all */
    uint64_t written_bytes;    /* handed to the kernel since the beginning */
    uint64_t owed_bytes;       /* written or still to be, when the deadline was set */
    size_t lingered_bytes;
    size_t reserved_bytes;
    struct buffer input;     /* what the session left unread */
    struct evbuffer *output; /* NULL until something is written */
    struct event readable;
    struct event writable;
};

TAILQ_HEAD(connection_list, connection);

/* Those from one address. */
struct neighbours {
    UT_hash_handle hh;
    const void *peer; /* see visit_peer() */
    uint32_t count;
    struct connection_list newcomers; /* beginning with the one that has been quiet longest */
};

struct connections {
    struct event_base *base;
    enum peer_use use;
    struct peers *peers;
    struct counters *counters;
    uint32_t count;
    uint32_t count_max;
    bool is_draining;
    struct connection_list open[STANDINGS]; /* each beginning with the one that has been quiet longest */
    struct neighbours *neighbours;          /* by peer */
    struct connection_list due;             /* have something to do at the end of the turn */
    bool is_settling;
    size_t reserved_bytes;
    struct event *turn_event;
    struct event *sweep_event;
    char scratch[CONNECTION_READ_BYTES];
};

/* It is there, with the visit that it has; it has been heard from, or has taken what it was sent; it is gone. */
void connections_add(struct connection *connection);
void connections_note_alive(struct connection *connection);
void connections_remove(struct connection *connection);

/* Makes a connection of `fd` and adds it. Takes `fd` and the visit. A session is attached next. */
struct connection *connection_new(struct connections *connections, int fd, struct visit *visit);

/* Ends it here and now. Not for a connection whose session is being called. */
void connection_destroy(struct connection *connection);

/* Does what is left to do for the connection at the end of a turn. The connection may be gone afterwards. */
void connection_settle(struct connection *connection);

/* Looks at its deadlines. */
void connection_check_deadlines(struct connection *connection, int64_t now_ms);

#endif
