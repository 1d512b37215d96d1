/* The reports that are sent: those of `turnout simulate` with the same register and seed, in the same order. All of
 * them are made before a clock runs. */
#ifndef TURNOUT_BENCH_REPORTS_H
#define TURNOUT_BENCH_REPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/report.h>
#include <turnout/store/election_folder.h>

#include "bench_keys.h"
#include "bench_options.h"
#include "simulate/simulate_plan.h"

struct bench_reports {
    struct election_folder folder;
    struct simulate_plan plan;
    struct bench_keys *keys; /* NULL: they are not signed */
    uint32_t commune;        /* index: only its units report; REGISTER_NONE: all do */
    uint32_t left;
};

/* False, with the reasons on standard error, when the election's folder cannot be read. bench_reports_done()
 * frees what it holds. */
bool bench_reports_open(const struct bench_options *options, struct bench_reports *ret_reports);
void bench_reports_done(struct bench_reports *reports);

/* What a load program begins with: its command line, and the reports. False, with the reasons on standard error. */
bool bench_begin(int argc, char **argv, struct bench_options *ret_options, struct bench_reports *ret_reports);

/* The next report and its unit (index in the register); false when all have been taken. */
bool bench_reports_next(struct bench_reports *reports, struct report *ret_report, uint32_t *ret_unit);

/* The province (index in the register) of a unit. */
uint32_t bench_reports_province(const struct bench_reports *reports, uint32_t unit);

#endif
