/* The store: where the election's truth is kept. One `struct store` is one link to Redis, living on one
 * thread's event_base; all calls come from that thread and all callbacks go to it.
 *
 * A write whose link broke is *uncertain*: it may or may not have been applied. The store says
 * TURNOUT_UNAVAILABLE then, never "rejected"; sending the same reports again is always safe, because the store
 * counts each exactly once. Results arrive only after Redis has answered, which with `appendfsync always` is
 * after its fdatasync. Keys and fields: proto/redis.md. The function library: proto/lua.
 *
 * The process must ignore SIGPIPE: hiredis writes with plain write(2). */
#ifndef TURNOUT_STORE_STORE_H
#define TURNOUT_STORE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/election/election.h>
#include <turnout/election/ledger.h>
#include <turnout/election/register.h>
#include <turnout/election/rules.h>
#include <turnout/election/totals.h>

struct event_base;

enum { STORE_USER_BYTES = 65, STORE_PASSWORD_BYTES = 257 };

/* Where Redis listens, and as whom to log in there. */
struct store_address {
    /* Of a unix socket; empty for TCP. One byte shorter than the system's, because hiredis 0.14 does not end a path
     * that fills its own. */
    char path[107];
    char host[256];
    uint16_t port;
    char user[STORE_USER_BYTES]; /* Redis's default user when empty */
    char password[STORE_PASSWORD_BYTES];
};

/* Reads `unix:/path` or `tcp://host:port`. Nobody logs in there yet: user and password are empty. */
enum turnout_error store_address_parse(const char *text, struct store_address *ret_address,
                                       struct error *error);

/* A name of 1 to 64 bytes, ASCII without blanks. */
enum turnout_error store_address_set_user(struct store_address *address, const char *user,
                                          struct error *error);

/* Reads the password from the first line of a file that only its owner can get at; 1 to 256 bytes. Its bytes stand in
 * no error. */
enum turnout_error store_address_read_password(struct store_address *address, const char *path,
                                               struct error *error);

enum {
    STORE_COMMAND_DEADLINE_MS = 5000,
    STORE_RECONNECT_MS_MIN = 50,
    STORE_RECONNECT_MS_MAX = 2000,
    STORE_IN_FLIGHT_BYTES_MAX = 32 * 1024 * 1024, /* a link; beyond it store_has_room is false */
    STORE_BATCH_REPORTS_MAX = 1000,               /* bounds the time of one atomic call */
};

/* An election begins in rehearsal; from open on its reports are no rehearsal's. */
enum store_phase { PHASE_REHEARSAL, PHASE_OPEN, PHASE_CLOSED };

/* What the public sees of the figures: all, those of the last round, or nothing new. */
enum publication_mode { PUBLICATION_LIVE, PUBLICATION_ROUNDS, PUBLICATION_HOLD };

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
 * UNAVAILABLE), and once more, as lost, when Redis refuses to let us in again. `why` is empty when up. */
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

/* The phase in which the reports were examined, PHASE_REHEARSAL unless set. A batch of the rehearsal is TURNOUT_UNAVAILABLE
 * once its province counts for real: a server that is late to hear of the opening cannot slip anything in. Of a batch
 * in PHASE_CLOSED the reports that stand are told so, and all others are rejected. */
void store_batch_set_phase(struct store_batch *batch, enum store_phase phase);

/* What became of one report. */
struct store_result {
    /* accepted, duplicate, superseded, held or rejected; unavailable when its answer did not match what was sent */
    enum report_status status;
    enum report_code code;
    bool by_committee;          /* a committee has rejected it before */
    bool held_before;           /* held, but not by this: the same report waits already */
    struct unit_state standing; /* what stood recorded before; not for accepted */
};

/* `results` has one entry a report, in the order added, borrowed for the call; NULL unless TURNOUT_OK. On
 * TURNOUT_UNAVAILABLE the outcome of the whole batch is unknown; `why` is Redis's or the link's word. */
typedef void store_applied_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_result *results, size_t count);

/* Takes the batch. `on_applied` is called exactly once, never before this returns. */
void store_apply(struct store *store, struct store_batch *batch, store_applied_fn *on_applied, void *context);

/* ---- held reports ---- */

enum { STORE_HELD_LISTED_MAX = 1001 };

/* `reports` is borrowed for the call; NULL unless TURNOUT_OK. */
typedef void store_held_fn(void *context, enum turnout_error error, const char *why,
                           const struct held_report *reports, size_t count);

/* The reports of an area, a province or a commune, that wait for a decision, the longest waiting first, at most
 * STORE_HELD_LISTED_MAX; totals.held says how many there are. */
void store_list_held(struct store *store, uint32_t area, store_held_fn *on_held, void *context);

enum store_decided {
    DECIDED_RELEASED,   /* counted */
    DECIDED_REJECTED,   /* will not be counted */
    DECIDED_SUPERSEDED, /* was to be counted, but the unit has reported again since: will not be */
    DECIDED_BEFORE,     /* by somebody else: nothing has changed */
    DECIDED_OVER_ROLL,  /* cannot be counted while more have voted than are registered: still held */
    DECIDED_NOT_FOUND,
};

struct store_decision {
    uint32_t unit; /* index in the register */
    int32_t seq;
    bool release;       /* or reject */
    const char *reason; /* in the committee's words; may be empty */
    const char *who;    /* the id of a token */
    int64_t now_ms;
};

/* `state` is what the report is now; not for DECIDED_NOT_FOUND, nor on an error. On TURNOUT_UNAVAILABLE nobody knows
 * whether it was decided; deciding again is safe, because a report is decided once. */
typedef void store_decided_fn(void *context, enum turnout_error error, const char *why,
                              enum store_decided decided, enum held_state state);

/* Borrows the decision for the call. */
void store_decide(struct store *store, const struct store_decision *decision, store_decided_fn *on_decided,
                  void *context);

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
struct store_meta {
    enum store_phase phase;
    enum publication_mode publication;
};

typedef void store_meta_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_meta *meta);
void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context);

const char *store_phase_name(enum store_phase phase); /* "rehearsal", "open", "closed" */
bool store_phase_parse(struct slice name, enum store_phase *ret_phase);
const char *publication_mode_name(enum publication_mode mode); /* "live", "rounds", "hold" */
bool publication_mode_parse(struct slice name, enum publication_mode *ret_mode);

/* ---- reading units ---- */

enum {
    STORE_UNITS_READ_MAX = 1000, /* at a time: bounds how long Redis and the loop are kept */
    STORE_LINES_MAX = 10,        /* of the log that are kept at hand for a unit */
};

/* `states` has one entry a unit asked for, borrowed for the call; NULL unless TURNOUT_OK. A silent unit has seq 0 and
 * its listed roll. TURNOUT_BAD_INPUT: the keys hold what they must not. */
typedef void store_units_fn(void *context, enum turnout_error error, const char *why,
                            const struct unit_state *states);

/* What stands recorded of the units first .. first + count - 1 of the register, all of one province. */
void store_read_units(struct store *store, uint32_t first, uint32_t count, store_units_fn *on_units,
                      void *context);

/* What is shown of a line of the log (proto/redis.md), each as text. */
enum line_field {
    LINE_SEQ,
    LINE_AS_OF,
    LINE_VOTED,
    LINE_REGISTERED,
    LINE_KIND,
    LINE_REASON,
    LINE_NOTE,
    LINE_KEY,
    LINE_VIA,
    LINE_ROUND,
    LINE_RECEIVED,
    LINE_OUTCOME,
    LINE_VOTED_BEFORE,
    LINE_REGISTERED_BEFORE,
    LINE_FLAGS,
    LINE_WHO,
    LINE_WHY,
    LINE_FIELD_COUNT,
};

const char *store_line_field_name(enum line_field field);

struct store_log_line {
    const char *values[LINE_FIELD_COUNT]; /* never NULL; empty where absent */
};

/* What stands recorded of a unit, and its last lines in the log, newest first. */
struct store_unit {
    struct unit_state state;
    struct store_log_line lines[STORE_LINES_MAX];
    size_t line_count;
};

/* `unit` is NULL unless TURNOUT_OK; borrowed for the call. */
typedef void store_unit_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_unit *unit);
void store_read_unit(struct store *store, uint32_t unit, store_unit_fn *on_unit, void *context);

/* ---- reading ledgers ---- */

enum { STORE_LEDGER_READ_MAX = 1000, STORE_LEDGER_ID_BYTES = 48 };

struct store_ledger {
    const struct ledger_entry *entries; /* oldest first */
    size_t count;
    char last_id[STORE_LEDGER_ID_BYTES]; /* of the newest; empty when there is none */
};

/* `ledger` is NULL unless TURNOUT_OK; borrowed for the call. TURNOUT_BAD_INPUT: the ledger holds what it must not. */
typedef void store_ledger_fn(void *context, enum turnout_error error, const char *why,
                             const struct store_ledger *ledger);

/* The ledger of a province, or with REGISTER_NATION the election's own: the entries behind `after_id`, the oldest
 * STORE_LEDGER_READ_MAX of them; or with an empty one the newest STORE_LEDGER_READ_MAX. */
void store_read_ledger(struct store *store, uint32_t province, const char *after_id,
                       store_ledger_fn *on_ledger, void *context);

/* ---- changing the election ---- */

enum change_outcome {
    CHANGE_DONE,
    CHANGE_NONE,             /* it was so already */
    CHANGE_NOT_ALLOWED,      /* not from what stands */
    CHANGE_REHEARSAL_STANDS, /* the election cannot be opened while a province holds reports of the rehearsal */
};

struct store_change {
    enum change_outcome outcome;
    const char *before; /* what stood; empty for CHANGE_REHEARSAL_STANDS */
    uint32_t province;  /* for CHANGE_REHEARSAL_STANDS: the first that holds some */
};

/* `change` is NULL unless TURNOUT_OK, and borrowed for the call. On TURNOUT_UNAVAILABLE nobody knows whether it was
 * changed; asking for the same again is safe. */
typedef void store_changed_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_change *change);

/* rehearsal -> open -> closed -> open. `who`, the id of a token, goes into the ledger. Opening first makes every
 * province count for real, which each refuses while anything of the rehearsal stands in it. */
void store_change_phase(struct store *store, enum store_phase phase, const char *who, int64_t now_ms,
                        store_changed_fn *on_changed, void *context);
void store_change_publication(struct store *store, enum publication_mode mode, const char *who,
                              int64_t now_ms, store_changed_fn *on_changed, void *context);

/* ---- preparing, once at start, blocking ---- */

struct store_preparation {
    unsigned char register_digest[REGISTER_DIGEST_BYTES];
    bool relaxed;        /* start even though Redis may lose acknowledged reports */
    int64_t patience_ms; /* how long to wait for Redis to listen and to finish loading */
    /* Asked now and then while waiting: false gives up, with TURNOUT_UNAVAILABLE. May be NULL. */
    bool (*goes_on_waiting)(void *context);
    void *context;
};

/* Waits for Redis and logs in (TURNOUT_CONFLICT when Redis does not know the user, or does not let it do what is
 * needed), reads its durability settings back (TURNOUT_CONFLICT when they would break promise 1 and
 * `relaxed` is not set), loads the function library, and seeds the election where it is not there yet
 * (TURNOUT_CONFLICT when Redis holds another register). *ret_durable is whether acknowledged means durable.
 * Several servers may do this at the same time. */
enum turnout_error store_prepare(const struct store_options *options,
                                 const struct store_preparation *preparation, bool *ret_durable,
                                 struct error *error);

#endif
