/* The store: the election's data in Redis. A `struct store` is one link to Redis on one thread's event_base; all
 * calls come from that thread, and all callbacks run on it. The operations are in load.h, commit.h, read.h and
 * meta.h. Keys and fields: proto/redis.md. The function library: proto/turnout.lua.
 *
 * A write whose link broke is *uncertain*: it may or may not have been applied. The store answers TURNOUT_UNAVAILABLE
 * then. Answers to a write come after Redis has completed an fdatasync (`appendfsync always`).
 *
 * The process must ignore SIGPIPE: hiredis writes with plain write(2). */
#ifndef TURNOUT_STORE_STORE_H
#define TURNOUT_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/election/phase.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>
#include <turnout/election/totals.h>
#include <turnout/store/address.h>
#include <turnout/store/store_counters.h>
#include <turnout/wire/log_line.h>

struct event_base;

enum {
    STORE_COMMAND_DEADLINE_MS = 5000,
    STORE_IN_FLIGHT_BYTES_MAX = 32 * 1024 * 1024, /* of a link; above it store_has_room is false */
};

enum { GROUND_DIGEST_BYTES = 32 };

/* The conditions of every commit. When Redis has others, it writes nothing. */
struct store_ground {
    char generation[GENERATION_BYTES];         /* a random id, made when the election was seeded */
    unsigned char digest[GROUND_DIGEST_BYTES]; /* of the register */
    enum election_phase phase;                 /* of the province */
    bool
        is_opening; /* from this phase, the rehearsal: until that is done or taken back, no commit is written */
};

/* A commune at one revision. Its revision is the number of its log lines; `head` is the head of their hash chain. */
struct store_commune {
    struct totals totals;
    unsigned char head[LOG_HEAD_BYTES];
};

struct store_options {
    struct store_address address;
    const struct election *election; /* borrowed, must outlive the store, as must the register */
    const struct election_register *reg;
    int64_t command_deadline_ms; /* STORE_COMMAND_DEADLINE_MS, less in tests */
    size_t in_flight_bytes_max;  /* STORE_IN_FLIGHT_BYTES_MAX, less in tests */
};

struct store;

/* Called when the link comes up and when it is lost (after all commands in flight have been answered UNAVAILABLE),
 * and again, as lost, when Redis refuses the login after that. `why` is empty when up. */
typedef void store_link_fn(void *context, bool up, const char *why);

struct store *store_new(struct event_base *base, const struct store_options *options, store_link_fn *on_link,
                        void *context);

/* Connects, and reconnects with back-off until the store is freed. */
void store_start(struct store *store);

/* Drops the link: everything in flight is answered UNAVAILABLE first. NULL-safe. Never from inside a callback of the
 * store. */
void store_free(struct store *store);

/* Switches to another register, borrowed like the first. All commands in flight are answered UNAVAILABLE before this
 * returns. The link is replaced; `on_link` is only called when the new one comes up. Never from inside a callback of
 * the store. */
void store_set_register(struct store *store, const struct election_register *reg);

bool store_is_up(const struct store *store);
const char *store_why(const struct store *store); /* why it is down; borrowed until the loop runs */
bool store_has_room(const struct store *store);   /* up, and below its limit of bytes in flight */
const struct store_counters *store_counters(const struct store *store);

#endif
