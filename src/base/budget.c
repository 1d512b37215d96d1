/* Budgets, as arithmetic on moments. */
#include <turnout/base/budget.h>

#include <assert.h>

static const int64_t minute_us = 60 * 1000 * 1000;

int64_t budget_cost_us(uint64_t a_minute)
{
    assert(a_minute > 0);
    return a_minute > (uint64_t)minute_us ? 0 : minute_us / (int64_t)a_minute;
}

bool budget_is_spent(int64_t full_at_us, int64_t now_us, int64_t cost_us)
{
    return full_at_us - now_us > minute_us - cost_us;
}

int64_t budget_spend(int64_t full_at_us, int64_t now_us, int64_t cost_us)
{
    int64_t from_us = full_at_us > now_us ? full_at_us : now_us;
    int64_t latest_us = now_us + 2 * minute_us;
    return from_us + cost_us < latest_us ? from_us + cost_us : latest_us;
}
