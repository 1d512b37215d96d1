/* A histogram of durations, with buckets that grow with the value: microseconds and minutes fit into a few kilobytes,
 * and every percentile is accurate to 1.6 %. */
#ifndef TURNOUT_LATENCY_H
#define TURNOUT_LATENCY_H

#include <stdint.h>

/* Each power of two is cut into LATENCY_STEPS equal buckets; values below LATENCY_STEPS have one each. Values of
 * 2^LATENCY_BITS microseconds (a day and a half) and more share the last one. */
enum {
    LATENCY_STEP_BITS = 6,
    LATENCY_STEPS = 1 << LATENCY_STEP_BITS,
    LATENCY_BITS = 37,
    LATENCY_BUCKETS = (LATENCY_BITS - LATENCY_STEP_BITS + 1) * LATENCY_STEPS,
};

/* A zeroed struct is an empty histogram. */
struct latency {
    uint64_t counts[LATENCY_BUCKETS];
    uint64_t count;
    int64_t max_us;
};

/* A negative duration counts as 0. */
void latency_add(struct latency *latency, int64_t duration_us);

/* The duration that `share` of all did not exceed (hundredths of a percent: 5000 the median, 9900 p99, 10000 the
 * longest): the upper edge of its bucket, at most the longest. 0 when empty. */
int64_t latency_percentile_us(const struct latency *latency, uint32_t share);

#endif
