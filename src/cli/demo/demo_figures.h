/* The figures behind the demo's reports: how many have voted at every unit, and how long its roll is, at the end
 * of every wave. Private to demo_plan. */
#ifndef TURNOUT_COMMAND_DEMO_FIGURES_H
#define TURNOUT_COMMAND_DEMO_FIGURES_H

#include <stdint.h>

#include <turnout/election/register.h>

#include "demo/checkpoints.h"
#include "demo/demo_day.h"

/* One wave. */
struct demo_wave {
    int32_t *voted;      /* [unit] */
    int32_t *registered; /* [unit]; never below the roll as listed */
    uint32_t *as_of_s;   /* [unit]; since the opening; filled before the figures are planned */
};

/* Fills voted and registered of every wave. Counts never fall from wave to wave and never exceed the roll as listed.
 * Comes as near to the checkpoints as the register allows; whether that is near enough is the caller's to check. */
void demo_figures_plan(const struct demo_day *day, const struct election_register *reg,
                       const struct checkpoints *checkpoints, struct demo_wave *waves);

#endif
