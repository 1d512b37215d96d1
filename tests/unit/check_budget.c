/* Budgets: so many a minute and not one more, whole again with time, and never spent for long. */
#include <turnout/base/budget.h>

#include <check.h>

#include "suite.h"

enum { MINUTE_US = 60 * 1000 * 1000, LATER_US = 5 * MINUTE_US };

static const uint64_t rates[] = {1, 2, 7, 60, 6000, 1000000};

/* Spends as long as there is something left. */
static uint64_t spend_all(int64_t *full_at_us, int64_t now_us, int64_t cost_us)
{
    uint64_t spent = 0;
    while (!budget_is_spent(*full_at_us, now_us, cost_us)) {
        *full_at_us = budget_spend(*full_at_us, now_us, cost_us);
        spent++;
    }
    return spent;
}

LOOP_TEST(a_minutes_worth_can_be_spent_at_once, COUNT(rates))
{
    int64_t cost_us = budget_cost_us(rates[_i]);
    int64_t full_at_us = 0;
    uint64_t spent = spend_all(&full_at_us, LATER_US, cost_us);
    ck_assert_uint_ge(spent, rates[_i]);
    ck_assert_uint_le(spent, rates[_i] + rates[_i] / 50);     /* what rounding gives */
    int64_t change_us = MINUTE_US - (int64_t)spent * cost_us; /* left over by the last one */
    ck_assert_uint_eq(spend_all(&full_at_us, LATER_US + cost_us - change_us - 1, cost_us), 0);
    ck_assert_uint_eq(spend_all(&full_at_us, LATER_US + cost_us, cost_us), 1);
    ck_assert_uint_eq(spend_all(&full_at_us, LATER_US + cost_us + MINUTE_US, cost_us), spent);
}

/* What costs nothing is never too much. */
TEST(above_sixty_million_a_minute_there_is_no_bound)
{
    ck_assert_int_eq(budget_cost_us(60000001), 0);
    ck_assert_int_eq(budget_cost_us(UINT64_MAX), 0);
    ck_assert(!budget_is_spent(budget_spend(0, LATER_US, 0), LATER_US, 0));
}

static const struct {
    int spent;
    int64_t waits_us;
} overspent[] = {
    {60, 1000000}, {61, 2000000}, {90, 31000000}, {120, 61000000}, {121, 61000000}, {10000, 61000000},
};

/* Overspending, which is noted after the fact, is owed, but not for ever. */
LOOP_TEST(overspending_is_owed, COUNT(overspent))
{
    int64_t cost_us = budget_cost_us(60);
    int64_t full_at_us = 0;
    for (int i = 0; i < overspent[_i].spent; i++) {
        full_at_us = budget_spend(full_at_us, LATER_US, cost_us);
    }
    ck_assert(budget_is_spent(full_at_us, LATER_US + overspent[_i].waits_us - 1, cost_us));
    ck_assert(!budget_is_spent(full_at_us, LATER_US + overspent[_i].waits_us, cost_us));
}

SUITE("budget");
