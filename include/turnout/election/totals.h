/* The running totals of an area. Redis keeps them for each province and commune; the nation is their sum. */
#ifndef TURNOUT_ELECTION_TOTALS_H
#define TURNOUT_ELECTION_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>

enum { TOTALS_FIGURE_BYTES = 24 };

/* All counts; `as_of` alone is a moment. In a change (rules.h) counts may be negative. */
struct totals {
    int64_t voted;
    int64_t registered; /* the roll of all units, silent ones included */
    int64_t units_reported;
    int64_t registered_reported; /* the roll of the units that have reported */
    int64_t units_final;
    int64_t units_complete;     /* units where every registered voter, and at least one, has voted */
    int64_t held;               /* reports waiting for a decision; never counted above */
    int64_t revision;           /* reports applied, held or decided on */
    int64_t as_of;              /* latest of the counted reports, Unix seconds; 0 when none */
    int64_t rounds[ROUNDS_MAX]; /* [k - 1]: units that have reported in round k */
    int64_t late[ROUNDS_MAX];   /* those of them whose first count of the round was late */
};

/* Adds every count; as_of becomes the later one. */
void totals_add(struct totals *sum, const struct totals *part);

/* Whether adding the change leaves every count at 0 or more. */
bool totals_can_add(const struct totals *sum, const struct totals *change);

/* Whether two totals are equal in all but as_of. */
bool totals_equal(const struct totals *a, const struct totals *b);

/* A figure with a wrong value. */
struct totals_fault {
    char figure[TOTALS_FIGURE_BYTES]; /* its field in Redis: `voted`, `round:3` */
    int64_t is;
    int64_t should_be;
};

/* The same; on a difference *ret_fault is the first one. */
bool totals_compare(const struct totals *is, const struct totals *should_be, struct totals_fault *ret_fault);

/* Whether the figures are possible for an area of `units` units: nothing negative, voted <= registered_reported <=
 * registered, units_complete and units_final <= units_reported <= units, no round above units_reported, no more late
 * than reported in a round. */
bool totals_plausible(const struct totals *totals, int64_t units);

#endif
