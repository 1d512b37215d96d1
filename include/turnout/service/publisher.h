/* The publisher: reads the totals of the provinces whose revision has moved, checks that everything adds up, and
 * makes a publication. Lives on one event_base, with its own store link. */
#ifndef TURNOUT_SERVICE_PUBLISHER_H
#define TURNOUT_SERVICE_PUBLISHER_H

#include <stdatomic.h>
#include <stdint.h>

#include <turnout/service/clock_watch.h>
#include <turnout/service/health.h>
#include <turnout/service/losses.h>
#include <turnout/service/publication.h>

struct event_base;

enum {
    /* Even when nothing moves, everything is read and checked this often, and a publication confirms the figures. */
    PUBLISHER_RENEW_MS = 10000,
    /* Phase and publication mode are read this often even when figures are read less often, so that all servers agree
     * on them within a second. */
    PUBLISHER_META_MS = 500,
};

struct publisher_options {
    const struct election *election; /* borrowed, as all here */
    const struct previous *previous; /* of the previous election; NULL: none */
    struct election_register *reg;   /* takes its own reference, as does publisher_set_register() */
    struct store *store;             /* the publisher's own link, on the same loop */
    int64_t period_ms;
    struct losses *losses;             /* NULL: losses are not detected */
    const char *data;                  /* folder for the number of the newest bulletin; NULL: not kept */
    const atomic_bool *is_durable;     /* acknowledged means durable; set by another thread */
    const struct clock_watch *clock;   /* NULL: the clock is trusted */
    struct health *health;             /* for the age of the figures, and the phase; may be NULL */
    const char *signing_key;           /* public key of the bulletins, base64url; NULL: none */
    const unsigned char *signing_pair; /* the key pair; NULL: another server has it */
    /* Called with the register's digest at each reading of meta; NULL: not called. `context` is the publisher's. */
    void (*on_digest)(void *context, const unsigned char digest[REGISTER_DIGEST_BYTES]);
};

struct publisher_counters {
    _Atomic uint64_t readings; /* readings of the whole election that Redis answered */
    _Atomic uint64_t readings_failed;
    _Atomic uint64_t publications;
    _Atomic uint64_t verification_failures; /* provinces found not to add up */
    _Atomic uint64_t unverified;            /* provinces that did not add up when last read */
    _Atomic uint64_t render_us;             /* time spent making publications */
    _Atomic uint64_t revision;              /* published, of the nation */
    _Atomic uint64_t voted;                 /* published, of the nation */
    _Atomic int64_t confirmed_ms;           /* clock_monotonic_ms of the last successful reading */
};

struct publisher;

/* `publication` is borrowed for the call: acquire it to keep it. */
typedef void publisher_published_fn(void *context, struct publication *publication);

struct publisher *publisher_new(struct event_base *base, const struct publisher_options *options,
                                publisher_published_fn *on_published, void *context);

/* Reads every period_ms from now on. The publication mode decides what is shown: the current figures (live); or those
 * of the newest bulletin, until there is one what was shown when the mode was set (rounds, hold). An area without
 * figures that may be shown is verified and withheld (wire/figures.h). */
void publisher_start(struct publisher *publisher);

/* Switches to another register, also in the store and the losses, and reads everything anew. What is shown stays
 * until then. Never from inside a callback of the store. */
void publisher_set_register(struct publisher *publisher, struct election_register *reg);

/* Reads at once, unless a reading is in progress. */
void publisher_read_now(struct publisher *publisher);
bool publisher_is_reading(const struct publisher *publisher);

/* The link has come up: reads everything at once, and remembers none of it before one of its own writes was
 * answered. */
void publisher_relink(struct publisher *publisher);

/* Free the store before: its last answers still come here. NULL-safe. */
void publisher_free(struct publisher *publisher);

const struct publisher_counters *publisher_counters(const struct publisher *publisher);

#endif
