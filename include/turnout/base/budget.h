/* A rate limit: a number of things a minute, and at most a minute's worth at once. It is stored as one number, the
 * moment at which the budget is full again, so a budget that was never used is zero. This is the generic cell rate
 * algorithm of ITU-T I.371, with a tolerance of one minute. */
#ifndef TURNOUT_BASE_BUDGET_H
#define TURNOUT_BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/* The cost of one thing when `a_minute` are allowed: its share of a minute, rounded down, at least 1. 60 million a
 * minute at most. */
int64_t budget_cost_us(uint64_t a_minute);

/* Whether fewer than `cost_us` are left of the budget that is full again at `full_at_us`. Times are monotonic. */
bool budget_is_spent(int64_t full_at_us, int64_t now_us, int64_t cost_us);

/* When the budget is full again after spending. A cost that is charged after the fact may exceed what is left: the
 * debt is at most a minute's worth. */
int64_t budget_spend(int64_t full_at_us, int64_t now_us, int64_t cost_us);

#endif
