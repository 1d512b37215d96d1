/* What is measured while reports are sent: the time, and the processor time of the servers. */
#ifndef TURNOUT_BENCH_CLOCK_H
#define TURNOUT_BENCH_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench_options.h"

/* The processor time that a process has used, all its threads together. False, with a word on standard error, when
 * there is no such process. */
bool bench_cpu_us(pid_t pid, int64_t *ret_us);

struct bench_clock {
    const struct bench_options *options; /* borrowed */
    int64_t started_us;
    int64_t cpu_us[BENCH_WATCHED_MAX];
};

bool bench_clock_start(struct bench_clock *clock, const struct bench_options *options);

/* Stops the clock and prints, as one line of JSON, how many reports were accepted meanwhile, the duration, and the
 * processor time of each watched process: `cpu_us_1`, `cpu_us_2`, ... */
bool bench_clock_print(const struct bench_clock *clock, size_t accepted);

#endif
