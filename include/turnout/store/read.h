/* What readers ask of the store: provinces for the public; units, their log and held reports for committees; ledgers.
 * Every callback is called exactly once, never before the call returns, and what it is given is borrowed for it.
 * TURNOUT_UNAVAILABLE: Redis did not answer. TURNOUT_BAD_INPUT: the keys hold what they must not; `why` says what. */
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

/* What moves with everything that a reading shows. */
struct store_version {
    int64_t revision;
    int64_t excuses; /* noted since the election was seeded */
};

/* The totals of a province and of its communes at one instant. */
struct store_province {
    uint32_t province;
    struct store_version version;
    struct totals totals;
    const struct store_commune *communes; /* in the register's order: areas[province].first_child + i */
    const struct excused *excused;        /* units of the communes, in the same order */
    uint32_t commune_count;
    char generation[GENERATION_BYTES];
    enum election_phase phase; /* of the province */
    /* In the register's order, from that of the province's first unit on; silent ones too. NULL where units were not asked
     * for, as is the next. */
    const struct unit_state *units;
    const char *ledger_id; /* of the last entry of its ledger; empty: there is none */
};

/* `province` is NULL when its version is still the known one (error OK), or on an error. */
typedef void store_province_fn(void *context, enum turnout_error error, const char *why,
                               const struct store_province *province);

/* Reads a province if its version is no longer `known` (NULL: in any case). */
void store_read_province(struct store *store, uint32_t province, const struct store_version *known,
                         store_province_fn *on_province, void *context);

/* The same in any case, with its units. */
void store_read_province_units(struct store *store, uint32_t province, store_province_fn *on_province,
                               void *context);

/* ---- units ---- */

enum { STORE_UNITS_READ_MAX = 1000 }; /* at a time: bounds how long Redis and the loop are kept */

/* `states` has one entry a unit asked for; NULL unless TURNOUT_OK. A silent unit has seq 0 and its listed roll. */
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

/* A place in a commune's log, behind so many lines of an entry, its last ones. */
struct store_log_place {
    char entry[STORE_STREAM_ID_BYTES];
    uint32_t lines;
};

/* `<entry>.<lines>`; false when it is no place. */
enum { STORE_LOG_PLACE_BYTES = STORE_STREAM_ID_BYTES + 12 };
void store_log_place_write(const struct store_log_place *place, char ret_text[STORE_LOG_PLACE_BYTES]);
bool store_log_place_parse(struct slice text, struct store_log_place *ret_place);

/* `line` is one of the commune's log, and `place` is behind it. The newest come first. False ends the reading. */
typedef bool store_line_fn(void *context, const struct log_line *line, const struct store_log_place *place);

/* `next` is where a reading ended that went through STORE_LOG_READ_MAX entries; NULL for one that came to the beginning, or
 * was ended. TURNOUT_NOT_FOUND: the place to begin with is none. */
typedef void store_log_read_fn(void *context, enum turnout_error error, const char *why,
                               const struct store_log_place *next);

/* Reads the log of a commune back, from behind `after` (borrowed for the call; NULL: from its end), piece by piece, until
 * `on_line` has had enough. */
void store_read_log(struct store *store, uint32_t commune, const struct store_log_place *after,
                    store_line_fn *on_line, store_log_read_fn *on_read, void *context);

/* ---- held reports ---- */

enum { STORE_HELD_LISTED_MAX = 1000 }; /* at a time */

/* A part of those that wait. */
struct store_held_page {
    struct log_line *lines; /* of the held reports */
    size_t count;
    int64_t total;                 /* how many wait, listed or not */
    const struct held_place *next; /* where the page ends, if there are more behind; else NULL */
};

/* `page` is NULL unless TURNOUT_OK. */
typedef void store_held_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_held_page *page);

/* The reports of an area that wait for a decision, in the order of their places, at most `limit` of those behind `after`
 * (borrowed for the call; NULL: from the beginning). */
void store_list_held(struct store *store, uint32_t area, const struct held_place *after, size_t limit,
                     store_held_fn *on_held, void *context);

/* ---- flagged reports ---- */

/* A report that counts though it broke rules. */
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

/* Those that Redis keeps of a province, which are the newest thousand. */
void store_read_flagged(struct store *store, uint32_t province, store_flagged_fn *on_flagged, void *context);

/* ---- ledgers ---- */

enum { STORE_LEDGER_READ_MAX = 1000 };

struct store_ledger {
    const struct ledger_entry *entries; /* oldest first */
    size_t count;
    bool has_more;                       /* behind it */
    char last_id[STORE_STREAM_ID_BYTES]; /* of the newest line; empty when there is none */
};

/* `ledger` is NULL unless TURNOUT_OK. */
typedef void store_ledger_fn(void *context, enum turnout_error error, const char *why,
                             const struct store_ledger *ledger);

/* The ledger of a province, or with REGISTER_NATION the election's own: the lines behind `after_id` up to
 * `until_id` (empty: all), the oldest STORE_LEDGER_READ_MAX of
 * them; with an empty `after_id` from the beginning. */
void store_read_ledger(struct store *store, uint32_t province, const char *after_id, const char *until_id,
                       store_ledger_fn *on_ledger, void *context);

/* A line of a ledger, whole, for those who may know who has changed what. */
struct store_ledger_line {
    char id[STORE_STREAM_ID_BYTES];
    struct log_line line;
};

/* `lines` is NULL unless TURNOUT_OK; the newest comes first. */
typedef void store_ledger_lines_fn(void *context, enum turnout_error error, const char *why,
                                   const struct store_ledger_line *lines, size_t count);

/* The newest lines of a ledger, as above, at most `limit`: of those before `before_id`, with that one or without it; an empty
 * id stands for all. */
void store_read_ledger_back(struct store *store, uint32_t province, const char *before_id, bool with_it,
                            size_t limit, store_ledger_lines_fn *on_lines, void *context);

#endif
