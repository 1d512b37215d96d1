/* The reports of a simulation and their order: in every round each unit once, in random order, with a count that
 * grows from round to round. The same seed gives the same reports. Pure. */
#ifndef TURNOUT_SIMULATE_PLAN_H
#define TURNOUT_SIMULATE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>

enum { SIMULATE_ROUNDS_MAX = 1000 };

struct simulate_plan {
    const struct election *election;     /* borrowed */
    const struct election_register *reg; /* borrowed */
    uint64_t seed;
    uint64_t random; /* state of the generator that shuffles */
    uint32_t rounds;
    uint32_t round;    /* the current one, from 1 */
    uint32_t position; /* index in `order` of the next unit */
    uint32_t unit_count;
    uint32_t *order; /* unit indexes; owned */
    int64_t from;    /* counts are spread over from .. until, Unix seconds */
    int64_t until;
};

/* `units` of the register's units, chosen by the seed; all when 0. Counts are spread over the opening hours, at most
 * up to `now`, which must not be before the opening. */
void simulate_plan_init(struct simulate_plan *plan, const struct election *election,
                        const struct election_register *reg, uint32_t units, uint32_t rounds, uint64_t seed,
                        int64_t now);

/* Restarts: the same reports in the same order. */
void simulate_plan_restart(struct simulate_plan *plan);
void simulate_plan_done(struct simulate_plan *plan);

uint64_t simulate_plan_total(const struct simulate_plan *plan); /* reports in all */

/* The unit (its index) of the next report; REGISTER_NONE when there are no more. */
uint32_t simulate_plan_peek(const struct simulate_plan *plan);

/* Fills *report, which must be fresh (`registered` absent), with that unit's report and advances to the next. */
void simulate_plan_take(struct simulate_plan *plan, struct report *report);

#endif
