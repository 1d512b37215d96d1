/* Sums of totals, and what figures cannot be. */
#include <turnout/election/totals.h>

#include <stddef.h>

#include <check.h>

#include "suite.h"

/* Every count a different number, so that one left out or mixed up shows. */
static struct totals numbered(int64_t from)
{
    struct totals totals = {
        .voted = from + 1,
        .registered = from + 2,
        .units_reported = from + 3,
        .registered_reported = from + 4,
        .units_final = from + 5,
        .units_complete = from + 6,
        .held = from + 7,
        .revision = from + 8,
        .dup_seen = from + 9,
        .as_of = from + 10,
    };
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        totals.rounds[i] = from + 11 + i;
    }
    return totals;
}

TEST(test_add_adds_every_count_and_keeps_the_later_as_of)
{
    struct totals sum = numbered(0);
    struct totals part = numbered(1000);
    totals_add(&sum, &part);
    ck_assert_int_eq(sum.voted, 1002);
    ck_assert_int_eq(sum.registered, 1004);
    ck_assert_int_eq(sum.units_reported, 1006);
    ck_assert_int_eq(sum.registered_reported, 1008);
    ck_assert_int_eq(sum.units_final, 1010);
    ck_assert_int_eq(sum.units_complete, 1012);
    ck_assert_int_eq(sum.held, 1014);
    ck_assert_int_eq(sum.revision, 1016);
    ck_assert_int_eq(sum.dup_seen, 1018);
    ck_assert_int_eq(sum.as_of, 1010);
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        ck_assert_int_eq(sum.rounds[i], 1022 + 2 * (int64_t)i);
    }
    struct totals earlier = {.as_of = 1009};
    totals_add(&sum, &earlier);
    ck_assert_int_eq(sum.as_of, 1010);
}

TEST(test_add_takes_away_what_is_negative)
{
    struct totals sum = numbered(0);
    struct totals change = {.voted = -1, .registered = -2, .units_final = -5, .units_complete = -6};
    totals_add(&sum, &change);
    ck_assert_int_eq(sum.voted, 0);
    ck_assert_int_eq(sum.registered, 0);
    ck_assert_int_eq(sum.units_final, 0);
    ck_assert_int_eq(sum.units_complete, 0);
}

/* Counts by their place, so that one loop can disturb each in turn. */
static const size_t counts[] = {
    offsetof(struct totals, voted),
    offsetof(struct totals, registered),
    offsetof(struct totals, units_reported),
    offsetof(struct totals, registered_reported),
    offsetof(struct totals, units_final),
    offsetof(struct totals, units_complete),
    offsetof(struct totals, held),
    offsetof(struct totals, revision),
    offsetof(struct totals, dup_seen),
    offsetof(struct totals, rounds[0]),
    offsetof(struct totals, rounds[ROUNDS_MAX - 1]),
};

enum { COUNTS = sizeof counts / sizeof counts[0] };

static int64_t *count_at(struct totals *totals, size_t offset)
{
    return (int64_t *)(void *)((char *)totals + offset);
}

LOOP_TEST(test_equal_sees_every_count, COUNTS)
{
    struct totals a = numbered(0);
    struct totals b = numbered(0);
    ck_assert(totals_equal(&a, &b));
    *count_at(&b, counts[_i]) += 1;
    ck_assert(!totals_equal(&a, &b));
}

TEST(test_equal_passes_over_as_of)
{
    struct totals a = numbered(0);
    struct totals b = numbered(0);
    b.as_of++;
    ck_assert(totals_equal(&a, &b));
}

static struct totals full(void)
{
    struct totals totals = {
        .voted = 90,
        .registered = 100,
        .units_reported = 4,
        .registered_reported = 90,
        .units_final = 4,
        .units_complete = 4,
        .revision = 9,
        .as_of = 1773529200,
    };
    totals.rounds[0] = 4;
    totals.rounds[ROUNDS_MAX - 1] = 4;
    return totals;
}

TEST(test_plausible_at_its_bounds)
{
    struct totals none = {0};
    struct totals most = full();
    ck_assert(totals_plausible(&none, 0));
    ck_assert(totals_plausible(&most, 4));
    ck_assert(totals_plausible(&most, 5));
    ck_assert(!totals_plausible(&most, 3));
}

LOOP_TEST(test_nothing_negative_is_plausible, COUNTS)
{
    struct totals totals = full();
    *count_at(&totals, counts[_i]) = -1;
    ck_assert(!totals_plausible(&totals, 4));
}

TEST(test_one_too_many_is_not_plausible)
{
    static const struct {
        size_t offset;
        int64_t least; /* what is one above its bound in full() */
    } cases[] = {
        {offsetof(struct totals, voted), 91},
        {offsetof(struct totals, registered_reported), 101},
        {offsetof(struct totals, units_reported), 5},
        {offsetof(struct totals, units_final), 5},
        {offsetof(struct totals, units_complete), 5},
        {offsetof(struct totals, rounds[0]), 5},
        {offsetof(struct totals, rounds[ROUNDS_MAX - 1]), 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct totals totals = full();
        *count_at(&totals, cases[i].offset) = cases[i].least;
        ck_assert_msg(!totals_plausible(&totals, 4), "case %zu", i);
        *count_at(&totals, cases[i].offset) = cases[i].least - 1;
        ck_assert_msg(totals_plausible(&totals, 4), "case %zu", i);
    }
    struct totals totals = full();
    totals.as_of = -1;
    ck_assert(!totals_plausible(&totals, 4));
}

SUITE("totals");
