/* The tally: the one thread of a server that decides what becomes of a report, and the one link to Redis on which
 * anything that counts is written. It knows the state of every commune that it has touched, decides each message on
 * that state, gathers what is to be written of a province while its last commit is in flight, and answers a message
 * when everything that the answer rests on is durable.
 *
 * A commune that was never loaded, that another server has changed, or whose commit was lost with the link takes one
 * path: it is forgotten, loaded, and its unanswered messages are decided again in the order in which they came.
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
    TALLY_TRIES_MAX = 50, /* times that a message is decided; by then its deadline has usually passed */
    TALLY_COMMIT_LINES_MAX =
        1000, /* of a commit, or as many as one commune has: bounds the time of one atomic call */
    TALLY_COMMITS_MAX = 4,  /* in flight, of a province */
    TALLY_MEMORY_MS = 1000, /* what Redis said of a commune is believed for so long without asking again */
    TALLY_TICK_MS = 100,    /* how often tally_tick() is to be called */
    TALLY_PROBE_MS = 500,   /* when Redis has answered no write for so long, the tally makes one of its own */
};

struct tally;

struct tally_options {
    struct store_options store;
    uint32_t reports_per_minute; /* that a unit may store */
    uint32_t commit_lines_max;   /* 0: TALLY_COMMIT_LINES_MAX; less in tests */
    struct gate *gate;           /* borrowed: while it is shut, nothing is acknowledged; NULL: always open */
    struct clock_watch
        *clock; /* borrowed: told when units count, and asked before a report is rejected for its
                                  time; NULL: the clock is right */
    struct health
        *health; /* borrowed: what becomes of the link and of writes; NULL: nobody asks, and no probes */

    /* Takes back a message that is answered. */
    void (*on_answered)(void *context, struct message *message);
    /* Wants tally_end_turn() to be called soon. */
    void (*on_turn_wanted)(void *context);
    /* The link is up and settled, or lost. */
    void (*on_link)(void *context, bool up, const char *why);
    void *context;
};

/* `base` is for the store. */
struct tally *tally_new(struct event_base *base, const struct tally_options *options);

/* Connects. */
void tally_start(struct tally *tally);

/* Answers everything first. NULL-safe. */
void tally_free(struct tally *tally);

/* Takes a message. It is answered exactly once, possibly before this returns. */
void tally_take(struct tally *tally, struct message *message);

/* Sends what was gathered, of each province that has a commit to spare. */
void tally_end_turn(struct tally *tally);

/* Takes back the link that a write was lent. `why` is borrowed for the call. */
void tally_written(struct write_message *write, enum turnout_error error, const char *why);

/* Whether a write has the link. */
bool tally_is_writing(const struct tally *tally);

/* From now on it decides by another register, borrowed like the first. Every message is answered before this returns; the
 * link is made anew, and nothing is known any more. No write may have the link. */
void tally_set_register(struct tally *tally, const struct election_register *reg);

/* Answers messages that have waited too long. */
void tally_tick(struct tally *tally);

/* Read by other threads. */
const struct store_counters *tally_store_counters(const struct tally *tally);

#endif
