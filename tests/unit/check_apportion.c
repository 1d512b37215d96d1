/* Sharing out: sums, bounds, proportion. */
#include "register/apportion.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite.h"

enum { PARTS = 4 };

static const struct {
    const char *what;
    int64_t total;
    uint32_t count;
    struct apportion_part parts[PARTS];
    int64_t given[PARTS];
} shares[] = {
    {"nothing", 0, 2, {{.weight = 1, .most = 9}, {.weight = 1, .most = 9}}, {0, 0}},
    {"exact proportion",
     60,
     3,
     {{.weight = 1, .most = 99}, {.weight = 2, .most = 99}, {.weight = 3, .most = 99}},
     {10, 20, 30}},
    {"the largest remainder",
     10,
     3,
     {{.weight = 5, .most = 99}, {.weight = 3, .most = 99}, {.weight = 1, .most = 99}},
     {6, 3, 1}},
    {"a tie goes to the earlier", 1, 2, {{.weight = 7, .most = 9}, {.weight = 7, .most = 9}}, {1, 0}},
    {"a ceiling", 30, 2, {{.weight = 1, .most = 5}, {.weight = 1, .most = 99}}, {5, 25}},
    {"a floor", 30, 2, {{.weight = 1, .least = 20, .most = 99}, {.weight = 1, .most = 99}}, {20, 10}},
    {"all full", 14, 2, {{.weight = 1, .most = 5}, {.weight = 1000, .most = 9}}, {5, 9}},
    {"more than there is room", 15, 2, {{.weight = 1, .most = 5}, {.weight = 1000, .most = 9}}, {5, 9}},
    {"less than the floors", 1, 2, {{.weight = 1, .least = 2, .most = 5}, {.weight = 9, .most = 9}}, {2, 0}},
    {"fixed parts",
     12,
     3,
     {{.weight = 9, .least = 3, .most = 3}, {.weight = 1, .most = 99}, {.weight = 2, .most = 99}},
     {3, 3, 6}},
    {"weights at their widest",
     INT32_MAX,
     2,
     {{.weight = UINT32_MAX, .most = INT32_MAX}, {.weight = 1, .most = INT32_MAX}},
     {INT32_MAX, 0}},
    {"a narrow weight alone", INT32_MAX, 1, {{.weight = 1, .most = INT32_MAX}}, {INT32_MAX}},
};

LOOP_TEST(shares_out, COUNT(shares))
{
    struct apportion_part parts[PARTS];
    int64_t sum = 0;
    for (uint32_t i = 0; i < shares[_i].count; i++) {
        parts[i] = shares[_i].parts[i];
        sum += shares[_i].given[i];
    }
    ck_assert_int_eq(apportion(shares[_i].total, parts, shares[_i].count), sum);
    for (uint32_t i = 0; i < shares[_i].count; i++) {
        ck_assert_msg(parts[i].given == shares[_i].given[i], "%s: part %u got %lld, not %lld",
                      shares[_i].what, i, (long long)parts[i].given, (long long)shares[_i].given[i]);
    }
}

/* Whatever the weights and bounds: the sum is right, the bounds are kept, and no part that could have been given
 * more stands a whole voter below one that weighs less and could have been given less. */
TEST(keeps_sum_bounds_and_order)
{
    enum { PARTS_MAX = 50, ROUNDS = 500 };
    unsigned seed = 20260315;
    (void)printf("seed %u\n", seed);
    srandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
        struct apportion_part parts[PARTS_MAX];
        uint32_t count = 1 + (uint32_t)random() % PARTS_MAX;
        int64_t least = 0;
        int64_t most = 0;
        for (uint32_t i = 0; i < count; i++) {
            parts[i] =
                (struct apportion_part){.weight = 1 + (uint32_t)random() % 100000, .least = random() % 50};
            parts[i].most = parts[i].least + random() % 5000;
            least += parts[i].least;
            most += parts[i].most;
        }
        int64_t total = least + (most > least ? random() % (most - least + 1) : 0);
        ck_assert_int_eq(apportion(total, parts, count), total);
        int64_t sum = 0;
        for (uint32_t i = 0; i < count; i++) {
            ck_assert_int_ge(parts[i].given, parts[i].least);
            ck_assert_int_le(parts[i].given, parts[i].most);
            sum += parts[i].given;
        }
        ck_assert_int_eq(sum, total);
        for (uint32_t i = 0; i < count * count; i++) {
            const struct apportion_part *poorer = &parts[i / count];
            const struct apportion_part *richer = &parts[i % count];
            bool could_shift = poorer->given < poorer->most && richer->given > richer->least;
            if (could_shift && poorer->weight >= richer->weight && poorer->given < richer->given - 1) {
                ck_abort_msg("round %d: weight %u got %lld, weight %u got %lld", round, poorer->weight,
                             (long long)poorer->given, richer->weight, (long long)richer->given);
            }
        }
    }
}

TEST(weights_are_cut)
{
    ck_assert_uint_eq(apportion_weight(-5), 1);
    ck_assert_uint_eq(apportion_weight(0), 1);
    ck_assert_uint_eq(apportion_weight(7), 7);
    ck_assert_uint_eq(apportion_weight(UINT32_MAX), UINT32_MAX);
    ck_assert_uint_eq(apportion_weight((int64_t)UINT32_MAX + 1), UINT32_MAX);
}

SUITE("apportion");
