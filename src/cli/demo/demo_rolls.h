/* How long the roll of every unit is in every wave of the demo. Private to demo_figures. */
#ifndef TURNOUT_COMMAND_DEMO_ROLLS_H
#define TURNOUT_COMMAND_DEMO_ROLLS_H

#include <stdint.h>

#include <turnout/election/register.h>

#include "demo/checkpoints.h"
#include "demo/demo_day.h"
#include "demo/demo_figures.h"

/* Fills `registered` of every wave, and adds it up in ret_rolls[wave * areas + area], which must be zeroed. A
 * province of which a checkpoint publishes the roll, or counts the complete communes, keeps its roll as listed. */
void demo_rolls_plan(const struct demo_day *day, const struct election_register *reg,
                     const struct checkpoints *checkpoints, struct demo_wave *waves, int64_t *ret_rolls);

/* The most children of any area: how many can share something. At least 1. */
uint32_t demo_children_most(const struct election_register *reg);

#endif
