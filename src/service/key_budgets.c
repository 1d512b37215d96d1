/* The budgets of signing keys: a number for each, in the order of the keys. */
#include <turnout/service/key_budgets.h>

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/budget.h>
#include <turnout/base/memory.h>

struct key_budgets {
    const struct election_register *reg;
    uint32_t reports_per_minute;
    uint32_t generation; /* from 1: the ticket that is zero is of none */
    size_t count;
    int64_t *whole_at_us; /* of each key */
};

static uint64_t units_of(const struct election_register *reg, const struct signing_key *key)
{
    return key->area == REGISTER_NONE ? 1 : reg->areas[key->area].units;
}

bool key_budgets_admit(const struct key_budgets *budgets, const struct signing_keys *keys,
                       const struct signing_key *key, int64_t now_us, struct key_ticket *ret_ticket)
{
    size_t place = (size_t)(key - signing_keys_at(keys, 0));
    assert(place < budgets->count);
    int64_t cost_us = budget_cost_us(budgets->reports_per_minute * units_of(budgets->reg, key));
    if (budget_is_spent(budgets->whole_at_us[place], now_us, cost_us)) {
        return false;
    }
    *ret_ticket = (struct key_ticket){(uint32_t)place, budgets->generation, cost_us};
    return true;
}

void key_budgets_spend(struct key_budgets *budgets, const struct key_ticket *ticket, int64_t now_us)
{
    if (ticket->generation == budgets->generation) {
        int64_t *whole_at_us = &budgets->whole_at_us[ticket->place];
        *whole_at_us = budget_spend(*whole_at_us, now_us, ticket->cost_us);
    }
}

void key_budgets_set_keys(struct key_budgets *budgets, const struct signing_keys *keys)
{
    free(budgets->whole_at_us);
    budgets->count = signing_keys_count(keys);
    budgets->whole_at_us = memory_new_array(budgets->count, sizeof *budgets->whole_at_us);
    budgets->generation++;
}

struct key_budgets *key_budgets_new(const struct election_register *reg, const struct signing_keys *keys,
                                    uint32_t reports_per_minute)
{
    struct key_budgets *budgets = memory_new(sizeof *budgets);
    budgets->reg = reg;
    budgets->reports_per_minute = reports_per_minute;
    key_budgets_set_keys(budgets, keys);
    return budgets;
}

void key_budgets_free(struct key_budgets *budgets)
{
    if (budgets != NULL) {
        free(budgets->whole_at_us);
        free(budgets);
    }
}
