/* The tally: the only thread of a server that decides about reports, with the only link to Redis on which counts are
 * written. It knows the state of every commune that it has touched, decides each message on that state, batches a
 * province's writes while its last commit is in flight, and answers a message when everything that the answer rests
 * on is durable.
 *
 * A commune that was never loaded, that another server has changed, or whose commit was lost with the link takes one
 * path: it is dropped, loaded, and its unanswered messages are decided again in the order of arrival.
 *
 * Knows nothing of threads, sockets or queues: tally_port.h has those. */
#ifndef TURNOUT_SERVICE_TALLY_H
#define TURNOUT_SERVICE_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <turnout/service/clock_watch.h>
#include <turnout/service/gate.h>
#include <turnout/service/health.h>
#include <turnout/service/message.h>
#include <turnout/store/store.h>

enum {
    TALLY_HELD_WAITING_MAX = 20, /* reports of one unit that may wait for a committee */
    TALLY_TRIES_MAX = 50,        /* times that a message is decided; its deadline usually comes first */
    TALLY_COMMIT_LINES_MAX =
        1000,               /* of a commit, or all of one commune: bounds the time of one atomic call */
    TALLY_COMMITS_MAX = 4,  /* in flight, for each province */
    TALLY_MEMORY_MS = 1000, /* how long a commune's state is trusted without asking Redis again */
    TALLY_TICK_MS = 100,    /* how often tally_tick() is to be called */
    TALLY_PROBE_MS = 500,   /* after this long without an answered write, the tally writes a probe */
};

struct tally;

struct tally_options {
    struct store_options store;
    uint32_t reports_per_minute; /* the most that a unit may store */
    uint32_t commit_lines_max;   /* 0: TALLY_COMMIT_LINES_MAX; less in tests */
    struct gate *gate;           /* borrowed: nothing is acknowledged while it is shut; NULL: always open */
    /* Borrowed: told when units count, and asked before a report is rejected for its time. NULL: trusted. */
    struct clock_watch *clock;
    /* Borrowed: told about the link and the writes. NULL: no probes either. */
    struct health *health;

    /* Takes back an answered message. */
    void (*on_answered)(void *context, struct message *message);
    /* Asks for tally_end_turn() soon. */
    void (*on_turn_wanted)(void *context);
    /* The link is up and settled, or lost. */
    void (*on_link)(void *context, bool up, const char *why);
    void *context;
};

/* `base` is for the store. */
struct tally *tally_new(struct event_base *base, const struct tally_options *options);

/* Connects. */
void tally_start(struct tally *tally);

/* Answers every message first. NULL-safe. */
void tally_free(struct tally *tally);

/* Takes a message. Answers it exactly once, possibly before this returns. */
void tally_take(struct tally *tally, struct message *message);

/* Sends the batches of all provinces that may have another commit in flight. */
void tally_end_turn(struct tally *tally);

/* Takes back the link from a write. `why` is borrowed for the call. */
void tally_written(struct write_message *write, enum turnout_error error, const char *why);

/* Whether a write has the link. */
bool tally_is_writing(const struct tally *tally);

/* Switches to another register, borrowed like the first. Every message is answered before this returns; the link is
 * made anew, and all known state is dropped. No write may have the link. */
void tally_set_register(struct tally *tally, const struct election_register *reg);

/* Answers messages that have waited too long. */
void tally_tick(struct tally *tally);

/* Read by other threads. */
const struct store_counters *tally_store_counters(const struct tally *tally);

#endif
