/* What everybody may know about figures that were changed: corrections, rolls that moved, decisions about held reports,
 * units that were voided, changes of the election's phase, publication and register, and losses that were accepted. Plain
 * values. */
#ifndef TURNOUT_ELECTION_LEDGER_H
#define TURNOUT_ELECTION_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>

enum ledger_kind {
    LEDGER_CORRECTION,
    LEDGER_ROLL_CHANGE,
    LEDGER_RELEASED, /* from here to LEDGER_SUPERSEDED: decisions */
    LEDGER_REJECTED,
    LEDGER_SUPERSEDED,
    LEDGER_VOIDED, /* all that a unit had sent was taken out of the count */
    LEDGER_PHASE,  /* from here: the election's; those before are of a unit's report */
    LEDGER_PUBLICATION,
    LEDGER_LOSS,          /* reports that Redis had lost were given up; values are revisions */
    LEDGER_COMMUNE_ADDED, /* from here: of the register; named as in register_change.h */
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
    char id[LEDGER_ID_BYTES]; /* of its line in Redis; empty where it was not read there */
    int64_t when_ms;          /* Unix milliseconds */
    enum ledger_kind kind;
    uint32_t unit; /* index in the register it was read by; REGISTER_NONE: of no unit there */
    char unit_code[AREA_CODE_BYTES]; /* good in every register; empty: of no unit */
    char area_code[AREA_CODE_BYTES]; /* the unit's commune, or what it is about; empty: the nation */
    int32_t seq;                     /* of the report; 0 where it is about none */
    char before
        [LEDGER_VALUE_BYTES]; /* a count; of the election's a word, a revision, a commune; may be empty */
    char after[LEDGER_VALUE_BYTES];
    char reason[NOTE_BYTES_MAX + 1]; /* may be empty */
};

/* Whether the line of this id (`<milliseconds>-<number>`) stands behind the other in its ledger. An empty one stands before all. */
bool ledger_id_is_behind(const char *id, const char *other);

const char *
ledger_kind_name(enum ledger_kind kind); /* "correction", "roll-change", ... as in proto/redis.md */
bool ledger_kind_parse(struct slice name, enum ledger_kind *ret_kind);
bool ledger_kind_is_of_report(enum ledger_kind kind);
bool ledger_kind_is_of_counts(enum ledger_kind kind); /* before and after are such */

#endif
