/* Which marks figures have reached: at each boundary, by the percentage as it is published. */
#include <turnout/election/milestone.h>

#include <check.h>

#include "suite.h"

static const struct {
    int64_t voted, registered, units_reported;
    unsigned marks; /* a bit each */
} cases[] = {
    {0, 1000, 0, 0},
    {0, 1000, 1, 1 << MARK_FIRST_REPORT},
    {0, 0, 1, 1 << MARK_FIRST_REPORT}, /* nobody is registered: no percentage */
    {499, 1000, 1, 1 << MARK_FIRST_REPORT},
    {4999499, 10000000, 1, 1 << MARK_FIRST_REPORT},                /* 49.99499 as 49.99 */
    {4999500, 10000000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50}, /* 49.995 as 50 */
    {500, 1000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50},
    {899, 1000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50},
    {900, 1000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50 | 1 << MARK_90},
    {9999999, 10000000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50 | 1 << MARK_90}, /* never 100 before all */
    {1000, 1000, 1, 1 << MARK_FIRST_REPORT | 1 << MARK_50 | 1 << MARK_90 | 1 << MARK_100},
};

LOOP_TEST(figures_reach_marks, COUNT(cases))
{
    const struct totals totals = {.voted = cases[_i].voted,
                                  .registered = cases[_i].registered,
                                  .units_reported = cases[_i].units_reported};
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        ck_assert_int_eq(mark_is_reached((enum mark)mark, &totals), (cases[_i].marks >> mark & 1) != 0);
    }
}

TEST(every_mark_has_a_name)
{
    enum mark mark;
    for (int i = 0; i < MARK_COUNT; i++) {
        ck_assert(mark_parse(slice_of(mark_name((enum mark)i)), &mark));
        ck_assert_int_eq(mark, i);
    }
    ck_assert(!mark_parse(slice_of("75"), &mark));
    ck_assert(!mark_parse(slice_of(""), &mark));
}

SUITE("milestone");
