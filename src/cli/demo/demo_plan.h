/* All reports of the demo's day, planned so that each published figure is reached at its time.
 *
 * Pure: an election, its register and the checkpoints in, reports out; the same on every machine. In each wave, one
 * for each round (demo_day.h), every unit reports once. Takes 8 bytes for each unit and moment. */
#ifndef TURNOUT_COMMAND_DEMO_PLAN_H
#define TURNOUT_COMMAND_DEMO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>

#include "demo/checkpoints.h"

struct demo_plan;

/* Borrows election and register until the plan is freed, the checkpoints for the call. A checkpoint that cannot be
 * met, alone or together with the others, is an error that names its line. */
enum turnout_error demo_plan_new(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_plan **ret_plan,
                                 struct error *error);
void demo_plan_free(struct demo_plan *plan);

/* Reports are numbered from 0 in order of as_of. */
uint64_t demo_plan_report_count(const struct demo_plan *plan);

/* Fills *ret_report, which need not be initialised. A unit's report of wave k has seq k + 1. */
void demo_plan_report(const struct demo_plan *plan, uint64_t number, struct report *ret_report);

/* The unit (its index) that makes this report. */
uint32_t demo_plan_unit(const struct demo_plan *plan, uint64_t number);

int64_t demo_plan_as_of(const struct demo_plan *plan, uint64_t number);

/* The number of reports due by `moment`: with as_of <= moment. */
uint64_t demo_plan_due(const struct demo_plan *plan, int64_t moment);

/* The number of the first report of this report's wave. A unit reports once a wave, so its reports in earlier waves
 * must be answered first. */
uint64_t demo_plan_wave_begins(const struct demo_plan *plan, uint64_t number);

/* The figures of an area when all reports due by `moment` are counted. Sums its units: too slow for loops. */
void demo_plan_figures(const struct demo_plan *plan, uint32_t area, int64_t moment,
                       struct checkpoint_figures *ret_figures);

#endif
