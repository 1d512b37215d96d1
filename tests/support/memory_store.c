/* The oracle: states, totals and held reports in arrays. */
#include "memory_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/service/tally.h>

enum { UNIT_HELD_MAX = 1000 };

struct memory_store {
    const struct election *election;
    const struct election_register *reg;
    struct unit_state *units;
    struct totals *areas;
    struct memory_held *held;
    size_t held_count;
    size_t held_capacity;
};

struct memory_store *memory_store_new(const struct election *election, const struct election_register *reg)
{
    struct memory_store *store = memory_new(sizeof *store);
    store->election = election;
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
    if (store != NULL) {
        free(store->units);
        free(store->areas);
        free(store->held);
        free(store);
    }
}

/* ---- reports ---- */

static int32_t count_alike(const struct memory_store *store, uint32_t unit, int32_t voted)
{
    int32_t alike = 0;
    for (uint32_t i = 0; i < store->reg->unit_count; i++) {
        bool is_neighbour = i != unit && store->reg->units[i].commune == store->reg->units[unit].commune;
        alike += is_neighbour && store->units[i].seq > 0 && store->units[i].voted == voted ? 1 : 0;
    }
    return alike;
}

static size_t held_of(const struct memory_store *store, uint32_t unit, struct held_report *ret_held)
{
    size_t count = 0;
    for (size_t i = 0; i < store->held_count; i++) {
        if (store->held[i].unit == unit) {
            assert(count < UNIT_HELD_MAX);
            ret_held[count++] = store->held[i].held;
        }
    }
    return count;
}

static bool is_full(const struct held_report *held, size_t count)
{
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
        waiting += held[i].state == HELD_WAITING ? 1 : 0;
    }
    return waiting >= TALLY_HELD_WAITING_MAX;
}

static void hold(struct memory_store *store, uint32_t unit, const struct report_received *received,
                 const struct decision *decision)
{
    if (store->held_count == store->held_capacity) {
        store->held_capacity = store->held_capacity == 0 ? 16 : 2 * store->held_capacity;
        store->held = memory_resize(store->held, store->held_capacity, sizeof *store->held);
    }
    struct memory_held *held = &store->held[store->held_count++];
    *held = (struct memory_held){.unit = unit, .held = {*received, HELD_WAITING, decision->code}};
    rules_write_flags(decision->violations, held->flags);
}

static struct unit_state state_of(const struct report_received *received, const struct unit_state *unit)
{
    struct unit_state state = {
        .seq = received->seq,
        .voted = received->voted,
        .registered = received->registered == REGISTERED_ABSENT ? unit->registered : received->registered,
        .round = received->round,
        .as_of = received->as_of,
        .received_ms = received->received_ms,
        .kind = received->kind,
    };
    memcpy(state.digest, received->digest, sizeof state.digest);
    return state;
}

static void change_totals(struct memory_store *store, uint32_t unit, const struct totals *change)
{
    uint32_t commune = store->reg->units[unit].commune;
    totals_add(&store->areas[commune], change);
    totals_add(&store->areas[store->reg->areas[commune].parent], change);
}

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct report_outcome *ret_outcome)
{
    assert(unit < store->reg->unit_count);
    static struct held_report held[UNIT_HELD_MAX];
    struct unit_state *state = &store->units[unit];
    struct rules_context context = {.phase = PHASE_REHEARSAL,
                                    .unit = state,
                                    .listed = (int32_t)store->reg->units[unit].registered,
                                    .held = held,
                                    .held_count = held_of(store, unit, held),
                                    .alike = count_alike(store, unit, received->voted)};
    struct decision decision;
    rules_decide(store->election, &context, received, &decision);
    bool is_held = decision.status == STATUS_HELD && !decision.held_before;
    if (is_held && is_full(held, context.held_count)) {
        decision = (struct decision){.status = STATUS_REJECTED, .code = CODE_TOO_MANY};
        is_held = false;
    }
    *ret_outcome = (struct report_outcome){
        .status = decision.status,
        .code = decision.code,
        .by_committee = decision.by_committee,
        .is_new = decision.status == STATUS_ACCEPTED || is_held,
        .standing = decision.taken_by == NULL ? *state : state_of(&decision.taken_by->received, state),
        .listed = context.listed,
        .next_seq = rules_next_seq(state, held, context.held_count),
    };
    change_totals(store, unit, &decision.change);
    if (decision.status == STATUS_ACCEPTED) {
        *state = decision.after;
    } else if (is_held) {
        hold(store, unit, received, &decision);
    }
}

/* ---- decisions ---- */

static enum decided release(struct memory_store *store, struct memory_held *held)
{
    struct decision decision;
    rules_release(store->election, &store->units[held->unit], &held->held.received, &decision);
    if (decision.status == STATUS_REJECTED) {
        return DECIDED_OVER_ROLL;
    }
    change_totals(store, held->unit, &decision.change);
    if (decision.status == STATUS_SUPERSEDED) {
        held->held.state = HELD_SUPERSEDED;
        return DECIDED_SUPERSEDED;
    }
    store->units[held->unit] = decision.after;
    held->held.state = HELD_RELEASED;
    return DECIDED_RELEASED;
}

enum decided memory_store_decide(struct memory_store *store, uint32_t unit, int32_t seq, bool is_release,
                                 enum held_state *ret_state)
{
    struct memory_held *held = NULL;
    for (size_t i = 0; i < store->held_count && held == NULL; i++) {
        if (store->held[i].unit == unit && store->held[i].held.received.seq == seq) {
            held = &store->held[i];
        }
    }
    if (held == NULL) {
        return DECIDED_NOT_FOUND;
    }
    enum decided decided = DECIDED_BEFORE;
    if (held->held.state == HELD_WAITING && is_release) {
        decided = release(store, held);
    } else if (held->held.state == HELD_WAITING) {
        struct totals change = rules_turned_down();
        change_totals(store, unit, &change);
        held->held.state = HELD_REJECTED;
        decided = DECIDED_REJECTED;
    }
    *ret_state = held->held.state;
    return decided;
}

/* ---- looking ---- */

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

const struct memory_held *memory_store_held(const struct memory_store *store, size_t *ret_count)
{
    *ret_count = store->held_count;
    return store->held;
}
