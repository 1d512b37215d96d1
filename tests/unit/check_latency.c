/* The latency histogram against percentiles taken from the sorted durations themselves. */
#include <check.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

#include "simulate/latency.h"
#include "suite.h"

TEST(an_empty_histogram_says_zero)
{
    struct latency latency = {0};
    ck_assert_int_eq(latency_percentile_us(&latency, 5000), 0);
    ck_assert_int_eq(latency_percentile_us(&latency, 10000), 0);
}

static const int64_t alone[] = {0,   1,       63,         64,           65,           127,      128,
                                999, 1000000, 4294967296, 137438953471, 137438953472, INT64_MAX};

LOOP_TEST(one_duration_is_every_percentile, COUNT(alone))
{
    struct latency latency = {0};
    latency_add(&latency, alone[_i]);
    const uint32_t percentiles[] = {0, 1, 5000, 9900, 10000};
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++) {
        ck_assert_int_eq(latency_percentile_us(&latency, percentiles[i]), alone[_i]);
    }
}

TEST(a_negative_duration_counts_as_none)
{
    struct latency latency = {0};
    latency_add(&latency, -5);
    ck_assert_uint_eq(latency.count, 1);
    ck_assert_int_eq(latency_percentile_us(&latency, 10000), 0);
}

/* p99 of ten durations is the longest, not the ninth. */
TEST(ranks_are_rounded_up)
{
    struct latency latency = {0};
    for (int64_t i = 1; i <= 10; i++) {
        latency_add(&latency, i);
    }
    ck_assert_int_eq(latency_percentile_us(&latency, 5000), 5);
    ck_assert_int_eq(latency_percentile_us(&latency, 5001), 6);
    ck_assert_int_eq(latency_percentile_us(&latency, 9000), 9);
    ck_assert_int_eq(latency_percentile_us(&latency, 9900), 10);
    ck_assert_int_eq(latency_percentile_us(&latency, 10000), 10);
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Durations over eleven powers of ten: what the histogram says is never below the true percentile and at most
 * one part in LATENCY_STEPS above it. */
TEST(percentiles_are_close_to_the_true_ones)
{
    enum { COUNT = 20000, SEED = 20260315 };
    (void)printf("seed %d\n", SEED);
    uint64_t random = SEED;
    struct latency latency = {0};
    int64_t *durations = memory_new_array(COUNT, sizeof *durations);
    for (size_t i = 0; i < COUNT; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        durations[i] = (int64_t)((random >> 20) >> (random >> 58 & 31U));
        durations[i] &= INT64_C(0x1fffffffff);
        latency_add(&latency, durations[i]);
    }
    qsort(durations, COUNT, sizeof *durations, compare);
    for (uint32_t share = 1; share <= 10000; share++) {
        int64_t truth = durations[(size_t)COUNT * share / 10000 - 1];
        int64_t said = latency_percentile_us(&latency, share);
        ck_assert_msg(said >= truth && said - truth <= truth / LATENCY_STEPS + 1,
                      "share %" PRIu32 ": %" PRId64 " instead of %" PRId64, share, said, truth);
    }
    free(durations);
}

SUITE("latency");
