/* A budget: so many things a minute, and at most a minute's worth of them at once. It is one number, the moment at
 * which it will be whole again, so that a budget that was never used is a zero (this is the generic cell rate
 * algorithm of ITU-T I.371, with a minute of tolerance). */
#ifndef TURNOUT_BASE_BUDGET_H
#define TURNOUT_BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/* What one thing costs in a budget of `a_minute` things, at least 1: its share of a minute, rounded
 * down; nothing above 60 million a minute. */
int64_t budget_cost_us(uint64_t a_minute);

/* Whether the budget that is whole again at `whole_at_us` has not got `cost_us` left. Times are monotonic. */
bool budget_is_spent(int64_t whole_at_us, int64_t now_us, int64_t cost_us);

/* When the budget is whole again after spending. What is noted after the fact may be more than there was: that is owed,
 * but never more than a minute's worth. */
int64_t budget_spend(int64_t whole_at_us, int64_t now_us, int64_t cost_us);

#endif
