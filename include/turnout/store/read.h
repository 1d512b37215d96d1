/* Reading from the store: provinces for the public; units, their log and held reports for committees; ledgers. Every
 * callback is called exactly once, never before the call returns; its arguments are borrowed. TURNOUT_UNAVAILABLE:
 * Redis did not answer. TURNOUT_BAD_INPUT: the keys hold invalid data; `why` says which. */
#ifndef TURNOUT_STORE_READ_H
#define TURNOUT_STORE_READ_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/election/rules.h>
#include <turnout/election/totals.h>
#include <turnout/store/store.h>
#include <turnout/wire/excuse.h>
#include <turnout/wire/log_line.h>

enum { STORE_STREAM_ID_BYTES = LEDGER_ID_BYTES };

/* ---- a province ---- */

/* Changes whenever a reading would change. */
struct store_version {
    int64_t revision;
    int64_t excuses; /* recorded since the election was seeded */
};

/* The totals of a province and of its communes at one instant. */
struct store_province {
    uint32_t province;
    struct store_version version;
    struct totals totals;
    const struct store_commune *communes; /* in the register's order: areas[province].first_child + i */
    const struct excused *excused;        /* by commune, in the same order */
    uint32_t commune_count;
    char generation[GENERATION_BYTES];
    enum election_phase phase; /* of the province */
    /* In the register's order, from the province's first unit on, silent ones included. NULL, as is the next, when
     * units were not requested. */
    const struct unit_state *units;
    const char *ledger_id; /* of the last entry of its ledger; empty: none */
};

/* `province` is NULL on an error, or when its version is still `known` (TURNOUT_OK). */
typedef void store_province_fn(void *context, enum turnout_error error, const char *why,
                               const struct store_province *province);

/* Reads a province if its version differs from `known` (NULL: always). */
void store_read_province(struct store *store, uint32_t province, const struct store_version *known,
                         store_province_fn *on_province, void *context);

/* Reads a province with its units, always. */
void store_read_province_units(struct store *store, uint32_t province, store_province_fn *on_province,
                               void *context);

/* ---- units ---- */

enum { STORE_UNITS_READ_MAX = 1000 }; /* at a time: bounds how long Redis and the loop are blocked */

/* `states` has one entry a unit; NULL unless TURNOUT_OK. A silent unit has seq 0 and its listed roll. */
typedef void store_units_fn(void *context, enum turnout_error error, const char *why,
                            const struct unit_state *states);

/* The units first .. first + count - 1 of the register, all of one province. */
void store_read_units(struct store *store, uint32_t first, uint32_t count, store_units_fn *on_units,
                      void *context);

/* ---- the log ---- */

enum {
    STORE_LOG_ENTRIES_MAX = 64, /* at a time; an entry has the lines of one commit */
    STORE_LOG_READ_MAX = 256,   /* in one reading */
};

/* A place in a commune's log: after the last `lines` lines of an entry. */
struct store_log_place {
    char entry[STORE_STREAM_ID_BYTES];
    uint32_t lines;
};

/* `<entry>.<lines>`; false when it is no place. */
enum { STORE_LOG_PLACE_BYTES = STORE_STREAM_ID_BYTES + 12 };
void store_log_place_write(const struct store_log_place *place, char ret_text[STORE_LOG_PLACE_BYTES]);
bool store_log_place_parse(struct slice text, struct store_log_place *ret_place);

/* A line of the commune's log, and the place after it; the newest come first. Return false to end the reading. */
typedef bool store_line_fn(void *context, const struct log_line *line, const struct store_log_place *place);

/* `next` is where the reading stopped after STORE_LOG_READ_MAX entries; NULL when it reached the beginning, or
 * `on_line` ended it. TURNOUT_NOT_FOUND: there is no place `after`. */
typedef void store_log_read_fn(void *context, enum turnout_error error, const char *why,
                               const struct store_log_place *next);

/* Reads a commune's log backwards, in pieces, from the place `after` (borrowed for the call; NULL: its end), until
 * `on_line` returns false. */
void store_read_log(struct store *store, uint32_t commune, const struct store_log_place *after,
                    store_line_fn *on_line, store_log_read_fn *on_read, void *context);

/* ---- held reports ---- */

enum { STORE_HELD_LISTED_MAX = 1000 }; /* at a time */

/* A page of the waiting reports. */
struct store_held_page {
    struct log_line *lines; /* of the held reports */
    size_t count;
    int64_t total;                 /* of all that wait, listed or not */
    const struct held_place *next; /* where the page ends; NULL: it is the last */
};

/* `page` is NULL unless TURNOUT_OK. */
typedef void store_held_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_held_page *page);

/* Lists an area's waiting reports in the order of their places: at most `limit` after `after` (borrowed for the call;
 * NULL: from the beginning). */
void store_list_held(struct store *store, uint32_t area, const struct held_place *after, size_t limit,
                     store_held_fn *on_held, void *context);

/* ---- flagged reports ---- */

/* A counted report that broke rules. */
struct store_flagged {
    uint32_t unit; /* index */
    int32_t seq;
    int32_t voted;
    int64_t as_of;
    int64_t received_ms;
    char flags[RULE_FLAGS_BYTES]; /* codes of the rules, separated by commas */
};

/* `flagged` is NULL unless TURNOUT_OK. */
typedef void store_flagged_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_flagged *flagged, size_t count);

/* Reads a province's flagged reports; Redis keeps the newest thousand. */
void store_read_flagged(struct store *store, uint32_t province, store_flagged_fn *on_flagged, void *context);

/* ---- ledgers ---- */

enum { STORE_LEDGER_READ_MAX = 1000 };

struct store_ledger {
    const struct ledger_entry *entries; /* oldest first */
    size_t count;
    bool has_more;                       /* after it */
    char last_id[STORE_STREAM_ID_BYTES]; /* of the newest line; empty: none */
};

/* `ledger` is NULL unless TURNOUT_OK. */
typedef void store_ledger_fn(void *context, enum turnout_error error, const char *why,
                             const struct store_ledger *ledger);

/* Reads the ledger of a province, or the election's own (REGISTER_NATION): the oldest STORE_LEDGER_READ_MAX lines
 * after `after_id` (empty: from the beginning) up to `until_id` (empty: all). */
void store_read_ledger(struct store *store, uint32_t province, const char *after_id, const char *until_id,
                       store_ledger_fn *on_ledger, void *context);

/* A whole line of a ledger, including who made the change. */
struct store_ledger_line {
    char id[STORE_STREAM_ID_BYTES];
    struct log_line line;
};

/* `lines` is NULL unless TURNOUT_OK; the newest comes first. */
typedef void store_ledger_lines_fn(void *context, enum turnout_error error, const char *why,
                                   const struct store_ledger_line *lines, size_t count);

/* Reads a ledger backwards: at most `limit` lines before `before_id`, including that one when `with_it`; an empty id:
 * from the newest. */
void store_read_ledger_back(struct store *store, uint32_t province, const char *before_id, bool with_it,
                            size_t limit, store_ledger_lines_fn *on_lines, void *context);

#endif
