/* The publisher: reads the totals of the provinces whose revision moved, checks that everything adds up, and
 * makes a new publication of it. Lives on one event_base, with a store link of its own. */
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
    /* Even when nothing moves, everything is read and checked anew this often, and a publication says that its
     * figures still stand. */
    PUBLISHER_RENEW_MS = 10000,
    /* The phase and the publication mode are looked at this often even when figures are read more seldom, so that all
     * servers agree on them within a second. */
    PUBLISHER_META_MS = 500,
};

struct publisher_options {
    const struct election *election; /* borrowed, as all here */
    const struct previous *previous; /* of the election before; NULL: nothing is known of it */
    struct election_register *reg;   /* a reference of its own is taken, as by publisher_set_register() */
    struct store *store;             /* the publisher's own link, on the same loop */
    int64_t period_ms;
    struct losses *losses;             /* NULL: nothing is remembered */
    const char *data;                  /* of the number of the newest bulletin; NULL: nowhere */
    const atomic_bool *is_durable;     /* whether acknowledged means durable; others may change it */
    const struct clock_watch *clock;   /* NULL: it is not doubted */
    struct health *health;             /* how old the figures are, and the phase; may be NULL */
    const char *signing_key;           /* of the election's bulletins, as base64url; NULL: there is none */
    const unsigned char *signing_pair; /* its halves; NULL: another server has it */
    /* Told of each reading of meta which register Redis holds; NULL: nobody asks. `context` is the publisher's. */
    void (*on_digest)(void *context, const unsigned char digest[REGISTER_DIGEST_BYTES]);
};

struct publisher_counters {
    _Atomic uint64_t readings; /* of the whole election that Redis answered */
    _Atomic uint64_t readings_failed;
    _Atomic uint64_t publications;
    _Atomic uint64_t verification_failures; /* provinces found not to add up */
    _Atomic uint64_t unverified;            /* provinces that did not when they were last read */
    _Atomic uint64_t render_us;             /* spent on making publications */
    _Atomic uint64_t revision;              /* published, of the nation */
    _Atomic uint64_t voted;                 /* published, of the nation */
    _Atomic int64_t confirmed_ms;           /* clock_monotonic_ms of the last reading that went well */
};

struct publisher;

/* `publication` is borrowed for the call: acquire it to keep it. */
typedef void publisher_published_fn(void *context, struct publication *publication);

struct publisher *publisher_new(struct event_base *base, const struct publisher_options *options,
                                publisher_published_fn *on_published, void *context);

/* Reads every period_ms from now on. What it then shows, and when, is for the election's publication mode to say: the
 * figures as they are (live), or those of the newest bulletin or, until there is one, what was shown when the mode was changed
 * (rounds, hold). Where there are none that may be shown, an area is verified and withheld (documents.h). */
void publisher_start(struct publisher *publisher);

/* From now on the figures are of another register, also those of the store and the losses, and all are read anew. What is
 * shown stands until then. Never from inside a callback of the store's. */
void publisher_set_register(struct publisher *publisher, struct election_register *reg);

/* Reads at once, unless a reading is under way. */
void publisher_read_now(struct publisher *publisher);
bool publisher_is_reading(const struct publisher *publisher);

/* The link has come up: reads all at once, and remembers nothing of it before a write of its own was answered. */
void publisher_relink(struct publisher *publisher);

/* Free the store before: its last answers still come here. NULL-safe. */
void publisher_free(struct publisher *publisher);

const struct publisher_counters *publisher_counters(const struct publisher *publisher);

#endif
