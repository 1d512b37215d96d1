/* The differences between the register in force and one that is to replace it, row by row: which can be applied,
 * which only while the unit is silent, and which not at all. Immutable and shared by reference. */
#ifndef TURNOUT_ELECTION_REGISTER_CHANGE_H
#define TURNOUT_ELECTION_REGISTER_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/register.h>
#include <turnout/election/rule_set.h>

enum register_row_kind {
    ROW_COMMUNE_ADDED,
    ROW_AREA_RENAMED,
    ROW_UNIT_ADDED, /* from here to ROW_UNIT_ROLL: only while the unit is silent */
    ROW_UNIT_WITHDRAWN,
    ROW_UNIT_MOVED, /* to another commune */
    ROW_UNIT_ROLL,
    ROW_UNIT_RENAMED,
    ROW_UNIT_CONTACT,
    ROW_PROVINCE_ADDED, /* from here: impossible */
    ROW_AREA_WITHDRAWN,
    ROW_AREA_MOVED,
    ROW_LEVEL, /* a code is now of another level: a unit's is an area's, ... */
    ROW_RULE,
    ROW_KIND_COUNT,
};

struct register_row {
    enum register_row_kind kind;
    const char *code; /* of the unit or area; the name of the rule */
    uint32_t before,
        after; /* indices in the two registers; REGISTER_NONE where it is absent. Unused for ROW_LEVEL and ROW_RULE */
};

struct register_change {
    _Atomic uint32_t references; /* private */
    struct election_register *before;
    struct election_register *after;
    struct register_row *rows; /* areas first; rows of the same unit are adjacent */
    size_t count;
    size_t impossible; /* how many of them cannot be applied */
};

/* Takes its own references to the registers. Without rows, they differ at most in the order of their files. The
 * caller holds the first reference. Linear in the number of units. */
struct register_change *register_change_new(struct election_register *before,
                                            const struct rules *rules_before, struct election_register *after,
                                            const struct rules *rules_after);

/* Thread-safe. */
void register_change_acquire(struct register_change *change);
void register_change_release(struct register_change *change); /* NULL-safe */

const char *register_row_name(enum register_row_kind kind); /* "unit-added", ... */
bool register_row_needs_silence(enum register_row_kind kind);
bool register_row_is_impossible(enum register_row_kind kind);

/* What to do first, where a row is impossible or its unit has reported. */
const char *register_row_remedy(enum register_row_kind kind);

/* Appends the change as a sentence without its full stop. */
void register_row_describe(struct buffer *out, const struct register_change *change,
                           const struct register_row *row);

#endif
