/* The figures behind the demo's reports: how many are missing at every unit, and by how much its roll is longer than the
 * list, at each of the day's moments (demo_day.h). Private to demo_plan. */
#ifndef TURNOUT_COMMAND_DEMO_FIGURES_H
#define TURNOUT_COMMAND_DEMO_FIGURES_H

#include <stdint.h>

#include <turnout/election/register.h>

#include "demo/checkpoints.h"
#include "demo/demo_day.h"

/* By what the units have reported until then: [moment * units + unit]. */
struct demo_figures {
    int32_t *missing; /* listed, and not reported as having voted; never more than at the moment before */
    int32_t *surplus;
};

/* Comes as near to the checkpoints as the register allows; whether that is near enough is the caller's to check. */
void demo_figures_plan(const struct demo_day *day, const struct election_register *reg,
                       const struct checkpoints *checkpoints, struct demo_figures *ret_figures);
void demo_figures_done(struct demo_figures *figures);

#endif
