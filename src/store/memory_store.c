/* The oracle: states, totals and held reports in arrays, one report at a time. */
#include <turnout/store/memory_store.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { FIGURES_MAX = 32 }; /* as in proto/lua/figures.lua */

/* The last counts of a commune's units, the latest last. */
struct figures {
    uint32_t units[FIGURES_MAX];
    int32_t voted[FIGURES_MAX];
    size_t count;
};

struct memory_store {
    const struct election *election;
    const struct election_register *reg;
    struct unit_state *units;
    struct totals *areas;
    struct figures *figures; /* of each area; only communes have any */
    struct held_report *held;
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
    store->figures = memory_new_array(reg->area_count, sizeof *store->figures);
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
    free(store->figures);
    free(store->held);
    free(store);
}

/* ---- the same figures ---- */

static int32_t count_alike(const struct figures *figures, uint32_t unit, int32_t voted)
{
    int32_t alike = 0;
    for (size_t i = 0; i < figures->count; i++) {
        alike += figures->units[i] != unit && figures->voted[i] == voted ? 1 : 0;
    }
    return alike;
}

static void drop_figure(struct figures *figures, size_t at)
{
    size_t behind = figures->count - at - 1;
    memmove(&figures->units[at], &figures->units[at + 1], behind * sizeof figures->units[0]);
    memmove(&figures->voted[at], &figures->voted[at + 1], behind * sizeof figures->voted[0]);
    figures->count--;
}

static void keep_figure(struct figures *figures, uint32_t unit, int32_t voted)
{
    for (size_t i = 0; i < figures->count; i++) {
        if (figures->units[i] == unit) {
            drop_figure(figures, i);
            break;
        }
    }
    if (figures->count == FIGURES_MAX) {
        drop_figure(figures, 0);
    }
    figures->units[figures->count] = unit;
    figures->voted[figures->count] = voted;
    figures->count++;
}

/* ---- held reports ---- */

static struct held_report *find_held(struct memory_store *store, uint32_t unit, int32_t seq)
{
    for (size_t i = 0; i < store->held_count; i++) {
        if (store->held[i].unit == unit && store->held[i].report.seq == seq) {
            return &store->held[i];
        }
    }
    return NULL;
}

static void hold(struct memory_store *store, uint32_t unit, const struct report_received *received,
                 const struct decision *decision)
{
    if (store->held_count == store->held_capacity) {
        store->held_capacity = store->held_capacity == 0 ? 16 : 2 * store->held_capacity;
        store->held = memory_resize(store->held, store->held_capacity, sizeof *store->held);
    }
    struct held_report *held = &store->held[store->held_count++];
    *held = (struct held_report){.unit = unit,
                                 .state = HELD_WAITING,
                                 .code = decision->code,
                                 .report = *received->report,
                                 .round = received->round,
                                 .received_ms = received->received_ms};
    memcpy(held->digest, received->digest, sizeof held->digest);
    rules_write_flags(decision->struck, held->flags);
}

/* What stands in the way of another report of the same seq. */
static struct unit_state held_as_state(const struct held_report *held, const struct unit_state *state)
{
    const struct report *report = &held->report;
    struct unit_state as_state = {
        .seq = report->seq,
        .voted = report->voted,
        .registered = report->registered == REGISTERED_ABSENT ? state->registered : report->registered,
        .as_of = report->as_of,
        .received_ms = held->received_ms,
        .kind = report->kind,
        .round = held->round,
    };
    memcpy(as_state.digest, held->digest, sizeof as_state.digest);
    return as_state;
}

/* ---- applying and deciding ---- */

static void change_totals(struct memory_store *store, uint32_t unit, const struct totals *change)
{
    uint32_t commune = store->reg->units[unit].commune;
    totals_add(&store->areas[commune], change);
    totals_add(&store->areas[store->reg->areas[commune].parent], change);
}

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct store_result *ret_result)
{
    assert(unit < store->reg->unit_count);
    struct unit_state *state = &store->units[unit];
    struct figures *figures = &store->figures[store->reg->units[unit].commune];
    const struct held_report *held = find_held(store, unit, received->report->seq);
    bool compares_figures = store->election->rules.modes[RULE_SAME_FIGURES] != MODE_OFF;
    struct standing standing = {.unit = state, .held = held};
    if (compares_figures) {
        standing.alike = count_alike(figures, unit, received->report->voted);
    }
    struct decision decision;
    rules_decide(store->election, &standing, received, &decision);

    *ret_result = (struct store_result){.status = decision.status,
                                        .code = decision.code,
                                        .by_committee = decision.by_committee,
                                        .held_before = decision.status == STATUS_HELD && held != NULL};
    bool is_in_the_way = held != NULL && (held->state == HELD_WAITING || held->state == HELD_REJECTED);
    if (is_in_the_way && decision.code == CODE_SEQ_CONFLICT) {
        ret_result->standing = held_as_state(held, state);
    } else if (decision.status != STATUS_ACCEPTED) {
        ret_result->standing = *state;
    }
    change_totals(store, unit, &decision.change);
    if (decision.status == STATUS_ACCEPTED) {
        *state = decision.after;
        if (compares_figures) {
            keep_figure(figures, unit, state->voted);
        }
    } else if (decision.status == STATUS_HELD && held == NULL) {
        hold(store, unit, received, &decision);
    }
}

static enum store_decided release(struct memory_store *store, struct held_report *held)
{
    struct report_received received = {.report = &held->report,
                                       .digest = held->digest,
                                       .round = held->round,
                                       .received_ms = held->received_ms};
    struct decision decision;
    rules_release(&store->units[held->unit], &received, &decision);
    if (decision.status == STATUS_REJECTED) {
        return DECIDED_OVER_ROLL;
    }
    change_totals(store, held->unit, &decision.change);
    if (decision.status == STATUS_SUPERSEDED) {
        held->state = HELD_SUPERSEDED;
        return DECIDED_SUPERSEDED;
    }
    store->units[held->unit] = decision.after;
    held->state = HELD_RELEASED;
    return DECIDED_RELEASED;
}

enum store_decided memory_store_decide(struct memory_store *store, const struct store_decision *decision,
                                       enum held_state *ret_state)
{
    struct held_report *held = find_held(store, decision->unit, decision->seq);
    if (held == NULL) {
        return DECIDED_NOT_FOUND;
    }
    enum store_decided decided = DECIDED_BEFORE;
    if (held->state == HELD_WAITING && decision->release) {
        decided = release(store, held);
    } else if (held->state == HELD_WAITING) {
        struct totals change = rules_turned_down();
        change_totals(store, held->unit, &change);
        held->state = HELD_REJECTED;
        decided = DECIDED_REJECTED;
    }
    *ret_state = held->state;
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

const struct held_report *memory_store_held(const struct memory_store *store, size_t *ret_count)
{
    *ret_count = store->held_count;
    return store->held;
}
