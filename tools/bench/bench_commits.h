/* The commits that a turnoutd would send of these reports, made without sending them: intake, tally and store are
 * turnoutd's own, over a link that keeps commits (bench_link.h). */
#ifndef TURNOUT_BENCH_COMMITS_H
#define TURNOUT_BENCH_COMMITS_H

#include <stdbool.h>

#include "bench_pipeline.h"
#include "bench_reports.h"

/* Of BENCH_BATCH_MAX reports of a province each, and of what is left over. They are good for the Redis at
 * `options->redis` as it stands: its communes are loaded. False, with the reason on standard error, when a report was
 * not accepted. */
bool bench_commits_make(struct bench_reports *reports, const struct bench_options *options,
                        struct pipeline *ret_pipeline);

#endif
