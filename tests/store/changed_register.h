/* A register with edits, and taking it up in a fixture's Redis: for what stands afterwards. */
#ifndef TURNOUT_TESTS_CHANGED_REGISTER_H
#define TURNOUT_TESTS_CHANGED_REGISTER_H

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/take_up.h>

#include "expect_redis.h"
#include "store_fixture.h"
#include "told_faults.h"

enum { ID_BEFORE = 1, ID_AFTER = 2 };

struct changed_register {
    struct store_fixture store;
    struct election_register *after;
    struct register_change *change;
};

static inline void changed_register_begin(struct changed_register *changed)
{
    store_fixture_begin(&changed->store);
}

static inline void changed_register_end(struct changed_register *changed)
{
    register_change_release(changed->change);
    register_release(changed->after);
    store_fixture_end(&changed->store);
}

/* What is to be another about a unit; one without a commune is withdrawn, one that is not there is added. */
struct edit {
    const char *unit;
    const char *commune;
    const char *registered; /* NULL: as it is */
};

static inline const struct edit *edit_of(const struct edit *edits, const char *unit)
{
    while (edits->unit != NULL && strcmp(edits->unit, unit) != 0) {
        edits++;
    }
    return edits->unit == NULL ? NULL : edits;
}

static inline void add_unit(struct register_builder *builder, const char *code, const char *commune,
                            const char *registered)
{
    register_builder_add_unit(builder, 1, slice_of(code), slice_of(commune), slice_of("unit"),
                              slice_of(registered));
}

static inline void add_units(struct register_builder *builder, const struct election_register *reg,
                             const struct edit *edits)
{
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        const struct unit *unit = &reg->units[i];
        const struct edit *edit = edit_of(edits, unit->code);
        char registered[16];
        (void)snprintf(registered, sizeof registered, "%u", unit->registered);
        if (edit == NULL) {
            add_unit(builder, unit->code, reg->areas[unit->commune].code, registered);
        } else if (edit->commune != NULL) {
            add_unit(builder, unit->code, edit->commune,
                     edit->registered == NULL ? registered : edit->registered);
        }
    }
    for (; edits->unit != NULL; edits++) {
        if (register_find_unit(reg, slice_of(edits->unit)) == REGISTER_NONE) {
            add_unit(builder, edits->unit, edits->commune, edits->registered);
        }
    }
}

/* The fixture's register with the edits, up to one without a unit, and with a commune more if one is named. */
static inline void make_change(struct changed_register *changed, const struct edit *edits,
                               const char *new_commune)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    for (uint32_t i = 0; i < changed->store.reg->area_count; i++) {
        const struct area *area = &changed->store.reg->areas[i];
        register_builder_add_area(
            builder, 1, slice_of(area->code), slice_of(area_level_name(area->level)),
            slice_of(area->parent == REGISTER_NONE ? "" : changed->store.reg->areas[area->parent].code),
            slice_of(area->name), slice_of(area->name_en));
    }
    if (new_commune != NULL) {
        register_builder_add_area(builder, 1, slice_of(new_commune), slice_of("commune"), slice_of("02"),
                                  slice_of("new"), slice_of(""));
    }
    add_units(builder, changed->store.reg, edits);
    changed->after = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(changed->after);
    memset(changed->after->digest, ID_AFTER, sizeof changed->after->digest);
    changed->change = register_change_new(changed->store.reg, &changed->store.election.rules, changed->after,
                                          &changed->store.election.rules);
}

struct answer {
    const struct register_change *change;
    bool is_there;
    enum turnout_error error;
    struct take_up take_up;
    char heard[256]; /* the codes */
};

static inline void on_taken_up(void *context, enum turnout_error error, const char *why,
                               const struct take_up *take_up)
{
    struct answer *answer = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    answer->is_there = true;
    answer->error = error;
    if (take_up != NULL) {
        answer->take_up = *take_up;
        for (size_t i = 0; i < answer->change->count; i++) {
            if (take_up->heard[i]) {
                strcat(answer->heard, answer->change->rows[i].code);
                strcat(answer->heard, " ");
            }
        }
    }
}

static inline struct answer take_up(struct changed_register *changed)
{
    struct answer answer = {.change = changed->change};
    store_take_up(changed->store.store, changed->change, "admin (7K4Q9M2D)", "a new station", 1773561600123,
                  on_taken_up, &answer);
    store_fixture_run_until(&changed->store, &answer.is_there);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer;
}

static inline struct answer look(struct changed_register *changed)
{
    struct answer answer = {.change = changed->change};
    store_look_at_change(changed->store.store, changed->change, on_taken_up, &answer);
    store_fixture_run_until(&changed->store, &answer.is_there);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer;
}

static inline int64_t registered_in(struct changed_register *changed, const char *province)
{
    redisReply *reply =
        redis_fixture_command(&changed->store.redis, "HGET turnout:{e-1:%s}:totals registered", province);
    int64_t registered = strtoll(reply->str, NULL, 10);
    freeReplyObject(reply);
    return registered;
}

/* From now on the store and the tally are of the register that was taken up. */
static inline void follow(struct changed_register *changed)
{
    struct election_register *before = changed->store.reg;
    store_set_register(changed->store.store, changed->after);
    tally_set_register(changed->store.tally, changed->after);
    register_acquire(changed->after);
    changed->store.reg = changed->after;
    changed->store.register_id = ID_AFTER;
    register_release(before);
    store_fixture_wait_up(&changed->store);
}

/* Every roll, of provinces and communes, is that of the register. */
static inline void check_sums(struct changed_register *changed)
{
    for (uint32_t i = 1; i < changed->store.reg->area_count; i++) {
        const struct area *area = &changed->store.reg->areas[i];
        char command[128];
        char wanted[16];
        (void)snprintf(wanted, sizeof wanted, "%lld", (long long)area->registered);
        if (area->level == AREA_PROVINCE) {
            ck_assert_int_eq(registered_in(changed, area->code), area->registered);
        } else {
            (void)snprintf(command, sizeof command, "HGET turnout:{e-1:%s}:communes %s",
                           changed->store.reg->areas[area->parent].code, area->code);
            expect_word(&changed->store, wanted, command, 3);
        }
    }
}

static inline void check_nothing_noted(struct changed_register *changed)
{
    expect_integer(&changed->store, 0, "EXISTS turnout:{e-1}:change");
}

static inline void report(struct changed_register *changed, const char *unit, int32_t seq, int32_t voted,
                          enum report_status wanted)
{
    struct report_outcome outcome;
    uint32_t index = register_find_unit(changed->store.reg, slice_of(unit));
    ck_assert_uint_ne(index, REGISTER_NONE);
    struct report sent = store_fixture_report(&changed->store, index, seq, voted);
    enum turnout_error failed = store_fixture_apply_one(&changed->store, index, &sent, &outcome);
    ck_assert_int_eq(failed, wanted == STATUS_UNAVAILABLE ? TURNOUT_UNAVAILABLE : TURNOUT_OK);
    ck_assert_int_eq(outcome.status, wanted);
}

/* Every kind of change. */
static const struct edit all_kinds[] = {{"u-new", "01.2", "70"},    {"u-far", "02.new", "30"},
                                        {"01.1-002", NULL, NULL},   {"01.2-001", "02.1", NULL},
                                        {"01.2-002", "01.1", "33"}, {"02.1-001", "02.1", "99"},
                                        {NULL, NULL, NULL}};

#endif
