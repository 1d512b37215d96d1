/* The public ledger: corrections, changed rolls, decisions about held reports, voided units, changes of the
 * election's phase, publication and register, and accepted losses. Plain values. */
#ifndef TURNOUT_ELECTION_LEDGER_H
#define TURNOUT_ELECTION_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>

enum ledger_kind {
    LEDGER_CORRECTION,
    LEDGER_ROLL_CHANGE,
    LEDGER_RELEASED, /* from here to LEDGER_SUPERSEDED: decisions about held reports */
    LEDGER_REJECTED,
    LEDGER_SUPERSEDED,
    LEDGER_VOIDED, /* all of a unit's reports were taken out of the count */
    LEDGER_PHASE,  /* from here: about the election; those above are about a unit's report */
    LEDGER_PUBLICATION,
    LEDGER_LOSS,          /* reports that Redis had lost were given up; the values are revisions */
    LEDGER_COMMUNE_ADDED, /* from here: about the register; names as in register_change.h */
    LEDGER_AREA_RENAMED,
    LEDGER_UNIT_ADDED,
    LEDGER_UNIT_WITHDRAWN,
    LEDGER_UNIT_MOVED,
    LEDGER_ROLL_MENDED,
    LEDGER_UNIT_RENAMED,
    LEDGER_CONTACT_CHANGED,
    LEDGER_KIND_COUNT,
};

enum { LEDGER_VALUE_BYTES = AREA_CODE_BYTES, LEDGER_ID_BYTES = 48 /* the id of a line in Redis */ };

struct ledger_entry {
    char id[LEDGER_ID_BYTES]; /* of its line in Redis; empty when it was not read from there */
    int64_t when_ms;          /* Unix milliseconds */
    enum ledger_kind kind;
    uint32_t unit; /* index in the register it was read with; REGISTER_NONE: no unit of it */
    char unit_code[AREA_CODE_BYTES]; /* valid in every register; empty: no unit */
    char area_code[AREA_CODE_BYTES]; /* the unit's commune, or the area it is about; empty: the nation */
    int32_t seq;                     /* of the report; 0: about no report */
    char before[LEDGER_VALUE_BYTES]; /* a count; or a word, revision or commune; may be empty */
    char after[LEDGER_VALUE_BYTES];
    char reason[NOTE_BYTES_MAX + 1]; /* may be empty */
};

/* Whether a line with this id (`<milliseconds>-<number>`) comes after the other in its ledger. The empty id comes
 * before all. */
bool ledger_id_is_behind(const char *id, const char *other);

const char *
ledger_kind_name(enum ledger_kind kind); /* "correction", "roll-change", ... as in proto/redis.md */
bool ledger_kind_parse(struct slice name, enum ledger_kind *ret_kind);
bool ledger_kind_is_of_report(enum ledger_kind kind);
bool ledger_kind_is_of_counts(enum ledger_kind kind); /* before and after are counts */

#endif
