/* The figures behind the demo's reports: how many have not voted at every unit, and its roll's surplus over the list,
 * at each of the day's moments (demo_day.h). Private to demo_plan. */
#ifndef TURNOUT_COMMAND_DEMO_FIGURES_H
#define TURNOUT_COMMAND_DEMO_FIGURES_H

#include <stdint.h>

#include <turnout/election/register.h>

#include "demo/checkpoints.h"
#include "demo/demo_day.h"

/* As reported by then: [moment * units + unit]. */
struct demo_figures {
    int32_t *missing; /* on the list, not reported as having voted; never rises */
    int32_t *surplus;
};

/* Plans figures as close to the checkpoints as the register allows; the caller checks whether they match. */
void demo_figures_plan(const struct demo_day *day, const struct election_register *reg,
                       const struct checkpoints *checkpoints, struct demo_figures *ret_figures);
void demo_figures_done(struct demo_figures *figures);

#endif
