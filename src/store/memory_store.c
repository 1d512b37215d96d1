/* The oracle: states and totals in arrays, one report at a time. */
#include <turnout/store/memory_store.h>

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

struct memory_store {
    const struct election_register *reg;
    struct unit_state *units;
    struct totals *areas;
};

struct memory_store *memory_store_new(const struct election_register *reg)
{
    struct memory_store *store = memory_new(sizeof *store);
    store->reg = reg;
    store->units = memory_new_array(reg->unit_count, sizeof *store->units);
    store->areas = memory_new_array(reg->area_count, sizeof *store->areas);
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        store->units[i].registered = (int32_t)reg->units[i].registered;
    }
    for (uint32_t i = 0; i < reg->area_count; i++) {
        store->areas[i].registered = reg->areas[i].registered;
    }
    return store;
}

void memory_store_free(struct memory_store *store)
{
    if (store == NULL) {
        return;
    }
    free(store->units);
    free(store->areas);
    free(store);
}

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct store_result *ret_result)
{
    assert(unit < store->reg->unit_count);
    struct unit_state *state = &store->units[unit];
    struct decision decision;
    rules_decide(state, received, &decision);

    *ret_result = (struct store_result){.status = decision.status, .code = decision.code};
    if (decision.status != STATUS_ACCEPTED) {
        ret_result->standing = *state;
    }
    uint32_t commune = store->reg->units[unit].commune;
    totals_add(&store->areas[commune], &decision.change);
    totals_add(&store->areas[store->reg->areas[commune].parent], &decision.change);
    if (decision.status == STATUS_ACCEPTED) {
        *state = decision.after;
    }
}

const struct totals *memory_store_totals(const struct memory_store *store, uint32_t area)
{
    assert(area != REGISTER_NATION && area < store->reg->area_count);
    return &store->areas[area];
}

const struct unit_state *memory_store_unit(const struct memory_store *store, uint32_t unit)
{
    assert(unit < store->reg->unit_count);
    return &store->units[unit];
}
