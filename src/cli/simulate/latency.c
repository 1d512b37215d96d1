/* The log-linear latency histogram. */
#include "simulate/latency.h"

#include <assert.h>

enum { SHARE_ALL = 10000 };

static uint32_t bucket_of(uint64_t value)
{
    if (value < LATENCY_STEPS) {
        return (uint32_t)value;
    }
    if (value >> LATENCY_BITS != 0) {
        return LATENCY_BUCKETS - 1;
    }
    uint32_t highest_bit = 63U - (uint32_t)__builtin_clzll(value);
    uint32_t shift = highest_bit - LATENCY_STEP_BITS;
    uint32_t step = (uint32_t)(value >> shift) - LATENCY_STEPS;
    return (shift + 1) * LATENCY_STEPS + step;
}

/* The greatest value in the bucket. */
static int64_t bucket_upper_edge(uint32_t bucket)
{
    if (bucket < LATENCY_STEPS) {
        return bucket;
    }
    uint32_t shift = bucket / LATENCY_STEPS - 1;
    uint64_t step = bucket % LATENCY_STEPS + LATENCY_STEPS;
    return (int64_t)(((step + 1) << shift) - 1);
}

void latency_add(struct latency *latency, int64_t duration_us)
{
    int64_t value = duration_us < 0 ? 0 : duration_us;
    latency->counts[bucket_of((uint64_t)value)]++;
    latency->count++;
    latency->max_us = value > latency->max_us ? value : latency->max_us;
}

int64_t latency_percentile_us(const struct latency *latency, uint32_t share)
{
    assert(share <= SHARE_ALL);
    /* The rank is rounded up: p99 of 10 durations is the longest, not the ninth. */
    uint64_t wholes = latency->count / SHARE_ALL * share;
    uint64_t rest = latency->count % SHARE_ALL * share;
    uint64_t rank = wholes + (rest + SHARE_ALL - 1) / SHARE_ALL;
    uint64_t seen = 0;
    for (uint32_t bucket = 0; bucket < LATENCY_BUCKETS && latency->count > 0; bucket++) {
        seen += latency->counts[bucket];
        if (seen >= rank && seen > 0) {
            int64_t edge = bucket_upper_edge(bucket);
            return bucket == LATENCY_BUCKETS - 1 || edge > latency->max_us ? latency->max_us : edge;
        }
    }
    return 0;
}
