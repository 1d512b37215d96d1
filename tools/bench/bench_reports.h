/* The reports that are sent: those of `turnout simulate` with the same register and seed, in the same order, in the
 * form in which turnoutd hands them to Redis. All of it is made before a clock runs. */
#ifndef TURNOUT_BENCH_REPORTS_H
#define TURNOUT_BENCH_REPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/store.h>

#include "bench_options.h"
#include "simulate/simulate_plan.h"

struct bench_reports {
    struct election_folder folder;
    struct simulate_plan plan;
};

/* False, with the reasons on standard error, when the election's folder cannot be read. bench_reports_done()
 * frees what it holds. */
bool bench_reports_open(const struct bench_options *options, struct bench_reports *ret_reports);
void bench_reports_done(struct bench_reports *reports);

/* One report as the server would take it. */
struct bench_report {
    struct report report;
    unsigned char digest[REPORT_DIGEST_BYTES];
    struct report_received received; /* points into the two above */
    uint32_t unit;                   /* index in the register */
};

/* The next report; false when all have been taken. *ret_report must stay where it is while `received` is used. */
bool bench_reports_next(struct bench_reports *reports, struct bench_report *ret_report);

struct bench_batches {
    struct store_batch **batches; /* owned, as are they */
    size_t count;
    size_t capacity;
    size_t reports; /* in all of them */
};

/* Takes all reports and gathers each province's into batches of `reports_a_batch`; what is left over comes last.
 * A unit's reports stay in their order. */
void bench_batches_make(struct bench_reports *reports, const struct bench_options *options,
                        struct bench_batches *ret_batches);
void bench_batches_done(struct bench_batches *batches);

/* Whether Redis's answer to report `index` of the batch is `accepted` and names that report; if not, says so on
 * standard error. */
bool bench_batch_is_accepted(const struct store_batch *batch, size_t index, struct slice answer);

/* The summary, one line of JSON, in the words of `turnout simulate --json`. */
void bench_print_summary(size_t reports, int64_t duration_us);

#endif
