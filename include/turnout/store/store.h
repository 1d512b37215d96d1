/* The store: where the election's truth is kept. One `struct store` is one link to Redis, living on one
 * thread's event_base; all calls come from that thread and all callbacks go to it.
 *
 * A write whose link broke is *uncertain*: it may or may not have been applied. The store says
 * TURNOUT_UNAVAILABLE then, never "rejected"; sending the same reports again is always safe, because the store
 * counts each exactly once. Results arrive only after Redis has answered, which with `appendfsync always` is
 * after its fdatasync. Keys and fields: proto/redis.md. The function library: proto/turnout.lua.
 *
 * The process must ignore SIGPIPE: hiredis writes with plain write(2). */
#ifndef TURNOUT_STORE_STORE_H
#define TURNOUT_STORE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/election/rules.h>
#include <turnout/election/totals.h>

struct event_base;

/* Where Redis listens. */
struct store_address {
    char path[108]; /* of a unix socket; empty for TCP */
    char host[256];
    uint16_t port;
};

/* Reads `unix:/path` or `tcp://host:port`. */
enum turnout_error store_address_parse(const char *text, struct store_address *ret_address,
                                       struct error *error);

enum {
    STORE_COMMAND_DEADLINE_MS = 5000,
    STORE_RECONNECT_MS_MIN = 50,
    STORE_RECONNECT_MS_MAX = 2000,
    STORE_IN_FLIGHT_BYTES_MAX = 32 * 1024 * 1024, /* a link; beyond it store_has_room is false */
    STORE_BATCH_REPORTS_MAX = 1000,               /* bounds the time of one atomic call */
};

struct store_options {
    struct store_address address;
    const struct election *election; /* borrowed, must outlive the store, as must the register */
    const struct election_register *reg;
    int64_t command_deadline_ms; /* STORE_COMMAND_DEADLINE_MS, less in tests */
    size_t in_flight_bytes_max;  /* STORE_IN_FLIGHT_BYTES_MAX, less in tests */
};

/* Read by other threads for /metrics. */
struct store_counters {
    _Atomic uint64_t commands; /* sent, of any kind */
    _Atomic uint64_t
        batches; /* FCALLs that applied reports and were answered: at most this many fdatasyncs */
    _Atomic uint64_t reports;  /* reports in those batches */
    _Atomic uint64_t failures; /* commands that failed or whose outcome is unknown */
    _Atomic uint64_t links_lost;
};

struct store;

/* Called when the link comes up and when it is lost (after all commands in flight have been answered
 * UNAVAILABLE). `why` is empty when up. */
typedef void store_link_fn(void *context, bool up, const char *why);

struct store *store_new(struct event_base *base, const struct store_options *options, store_link_fn *on_link,
                        void *context);

/* Connects, and goes on reconnecting with back-off until the store is freed. */
void store_start(struct store *store);

/* Drops the link: everything in flight is answered UNAVAILABLE first. NULL-safe. Never from inside a callback of
 * the store's. */
void store_free(struct store *store);

bool store_is_up(const struct store *store);
bool store_has_room(const struct store *store); /* up, and below its bound of bytes in flight */
const struct store_counters *store_counters(const struct store *store);

/* ---- writing ---- */

/* Reports of one province on their way to Redis, already in the form that is sent. */
struct store_batch;

struct store_batch *store_batch_new(uint32_t province);
void store_batch_free(struct store_batch *batch); /* NULL-safe */

/* `unit` is an index in the register and lies in the batch's province. Copies what it needs; at most
 * STORE_BATCH_REPORTS_MAX a batch. */
void store_batch_add(struct store_batch *batch, const struct store *store, uint32_t unit,
                     const struct report_received *received);
size_t store_batch_count(const struct store_batch *batch);

/* What became of one report. */
struct store_result {
    enum report_status
        status; /* accepted, duplicate, superseded, rejected; unavailable when its answer did not
                                  match what was sent */
    enum report_code code;
    struct unit_state standing; /* what stood recorded before; for duplicate, superseded and rejected */
};

/* `results` has one entry a report, in the order added, borrowed for the call; NULL unless TURNOUT_OK. On
 * TURNOUT_UNAVAILABLE the outcome of the whole batch is unknown; `why` is Redis's or the link's word. */
typedef void store_applied_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_result *results, size_t count);

/* Takes the batch. `on_applied` is called exactly once, never before this returns. */
void store_apply(struct store *store, struct store_batch *batch, store_applied_fn *on_applied, void *context);

/* ---- reading ---- */

/* The totals of a province and of its communes at one instant. */
struct store_province {
    uint32_t province;
    struct totals totals;
    const struct totals *communes; /* in the register's order: areas[province].first_child + i */
    uint32_t commune_count;
};

/* `province` is NULL when its revision is still `known_revision` (error OK), or on an error. Borrowed for the
 * call. TURNOUT_BAD_INPUT: the keys hold what they must not; `why` says what. */
typedef void store_province_fn(void *context, enum turnout_error error, const char *why,
                               const struct store_province *province);

/* Reads a province atomically if its revision is no longer `known_revision` (-1: in any case). */
void store_read_province(struct store *store, uint32_t province, int64_t known_revision,
                         store_province_fn *on_province, void *context);

/* What stands recorded of the whole election. */
enum store_phase { PHASE_REHEARSAL, PHASE_OPEN, PHASE_CLOSED };

struct store_meta {
    enum store_phase phase;
};

typedef void store_meta_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_meta *meta);
void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context);

const char *store_phase_name(enum store_phase phase); /* "rehearsal", "open", "closed" */

/* ---- preparing, once at start, blocking ---- */

struct store_preparation {
    unsigned char register_digest[REGISTER_DIGEST_BYTES];
    bool relaxed;        /* start even though Redis may lose acknowledged reports */
    int64_t patience_ms; /* how long to wait for Redis to listen and to finish loading */
};

/* Waits for Redis, reads its durability settings back (TURNOUT_CONFLICT when they would break promise 1 and
 * `relaxed` is not set), loads the function library, and seeds the election where it is not there yet
 * (TURNOUT_CONFLICT when Redis holds another register). *ret_durable is whether acknowledged means durable.
 * Several servers may do this at the same time. */
enum turnout_error store_prepare(const struct store_options *options,
                                 const struct store_preparation *preparation, bool *ret_durable,
                                 struct error *error);

#endif
