/* A province wider than one command may have arguments: thousands of communes, with a report from each of a thousand of
 * them at once; and a commune of thousands of units, all of them in one commit. */
#include <stdio.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "hand_commit.h"
#include "store_fixture.h"
#include "suite.h"
#include "told_faults.h"

enum { COMMUNES = 4500, REPORTING = 1000, ROLL = 7, VOTED = 3, UNITS = 4500 };

/* So many communes of one province, each with so many units. */
static struct election_register *wide_register(int communes, int units)
{
    struct slice nothing = slice_of("");
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("VN"), slice_of("nation"), nothing, slice_of("n"),
                              nothing);
    register_builder_add_area(builder, 1, slice_of("01"), slice_of("province"), slice_of("VN"), slice_of("p"),
                              nothing);
    for (int i = 0; i < communes; i++) {
        char commune[16];
        ck_assert_int_gt(snprintf(commune, sizeof commune, "c%d", i), 0);
        register_builder_add_area(builder, 1, slice_of(commune), slice_of("commune"), slice_of("01"),
                                  slice_of("c"), nothing);
        for (int j = 0; j < units; j++) {
            char unit[32];
            ck_assert_int_gt(snprintf(unit, sizeof unit, "u%d-%d", i, j), 0);
            register_builder_add_unit(builder, 1, slice_of(unit), slice_of(commune), slice_of("u"),
                                      slice_of("7"));
        }
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

static void begin_wide(struct store_fixture *store, int communes, int units)
{
    struct error error;
    bool durable;
    store_fixture_start(store, NULL);
    register_release(store->reg);
    store->reg = wide_register(communes, units);
    store->options.reg = store->reg;
    ck_assert_msg(store_fixture_prepare(store, 1, false, &durable, &error) == TURNOUT_OK, "%s", error.text);
    store_fixture_connect(store);
}

struct seen {
    bool done;
    uint32_t reported; /* communes with exactly their two reports */
    uint32_t silent;
};

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct seen *seen = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    ck_assert_int_eq(province->totals.registered, (int64_t)COMMUNES * ROLL);
    ck_assert_int_eq(province->totals.voted, (int64_t)REPORTING * VOTED);
    ck_assert_int_eq(province->totals.units_reported, REPORTING);
    for (uint32_t i = 0; i < province->commune_count; i++) {
        const struct totals *commune = &province->communes[i].totals;
        ck_assert_int_eq(commune->registered, ROLL);
        seen->reported += commune->voted == VOTED && commune->units_reported == 1 &&
                                  commune->registered_reported == ROLL && commune->revision == 2 &&
                                  commune->rounds[0] == 1
                              ? 1
                              : 0;
        seen->silent += commune->revision == 0 ? 1 : 0;
    }
    seen->done = true;
}

/* One report from each of the first thousand units. The rounds differ, so that the fields of an area do not
 * divide the bound of a command's arguments evenly. */
static void apply_from_each(struct store_fixture *store, int32_t seq, uint32_t rounds)
{
    static struct report_outcome outcomes[REPORTING];
    for (uint32_t i = 0; i < REPORTING; i++) {
        struct report report = store_fixture_report(store, i, seq, VOTED);
        store_fixture_add(store, i, &report, 1 + i % rounds);
    }
    ck_assert_msg(store_fixture_apply(store, outcomes) == TURNOUT_OK, "%s", store->why);
    for (uint32_t i = 0; i < REPORTING; i++) {
        ck_assert_int_eq(outcomes[i].status, STATUS_ACCEPTED);
    }
}

TIMEOUT(60);

TEST(test_every_commune_is_there)
{
    static struct store_fixture store;
    begin_wide(&store, COMMUNES, 1);
    expect_integer(&store, COMMUNES, "HLEN turnout:{e-1:01}:communes");
    apply_from_each(&store, 1, 1);
    apply_from_each(&store, 2, 2);
    struct seen seen = {0};
    store_read_province(store.store, 1, NULL, on_province, &seen);
    store_fixture_run_until(&store, &seen.done);
    ck_assert_uint_eq(seen.reported, REPORTING);
    ck_assert_uint_eq(seen.silent, COMMUNES - REPORTING);
    store_fixture_end(&store);
}

/* ---- one wide commune ---- */

struct loading {
    bool done;
    uint32_t reported;
    uint32_t held;
};

static void on_loaded(void *context, enum turnout_error error, const char *why,
                      const struct store_loaded *loaded)
{
    struct loading *loading = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    for (uint32_t i = 0; i < UNITS; i++) {
        loading->reported +=
            loaded->units[i].seq == (int32_t)i + 1 && loaded->units[i].voted == VOTED ? 1 : 0;
    }
    for (uint32_t i = 0; i < loaded->held_count; i++) {
        loading->held +=
            loaded->held[i].unit == i && loaded->held[i].report.received.seq == (int32_t)i + 1 ? 1 : 0;
    }
    loading->done = true;
}

static struct loading load_all(struct store_fixture *store)
{
    struct loading loading = {.done = false};
    store_load(store->store, 2, on_loaded, &loading);
    store_fixture_run_until(store, &loading.done);
    return loading;
}

/* Something of every kind for every unit: more of each than one command may have arguments. */
struct wide_commit {
    struct unit_state states[UNITS];
    uint32_t units[UNITS];
    struct held_report reports[UNITS];
    struct commit_unit_held unit_held[UNITS];
    struct commit_held held[UNITS];
    char decided[UNITS][HELD_ID_BYTES];
    struct slice ledger[UNITS];
};

static void fill(struct wide_commit *wide, const struct store_fixture *store, struct slice line)
{
    for (uint32_t i = 0; i < UNITS; i++) {
        const char *unit = store->reg->units[i].code;
        int32_t seq = (int32_t)i + 1;
        wide->units[i] = i;
        wide->states[i] = (struct unit_state){.seq = seq, .voted = VOTED, .registered = ROLL, .as_of = 1};
        wide->reports[i] = (struct held_report){.received = {.seq = seq, .as_of = 1, .received_ms = seq}};
        wide->reports[i].code = CODE_TOO_FAST;
        wide->unit_held[i] = (struct commit_unit_held){i, &wide->reports[i], 1};
        wide->held[i] = (struct commit_held){.order = seq, .line = line};
        held_id_write(unit, seq, wide->held[i].id);
        held_id_write(unit, seq, wide->decided[i]);
        wide->ledger[i] = line;
    }
}

static void commit(struct store_fixture *store, const struct store_ground *ground,
                   const struct commit_commune *commune)
{
    struct committed committed = {.done = false};
    store_commit(store->store, 1, ground, commune, 1, hand_committed, &committed);
    store_fixture_run_until(store, &committed.done);
    ck_assert_msg(committed.error == TURNOUT_OK, "%s", committed.why);
    ck_assert(committed.written[0]);
}

TEST(test_every_unit_of_a_commit_is_there)
{
    static struct store_fixture store;
    static struct wide_commit wide;
    begin_wide(&store, 1, UNITS);
    struct store_ground ground = hand_ground(&store, 1);
    struct store_commune before = hand_seeded(&store, 2);
    struct report report = store_fixture_report(&store, 0, 1, VOTED);
    struct hand_commit first;
    hand_commit_init(&first, &store, 0, &report, &before);
    fill(&wide, &store, first.commune.lines);
    first.commune.units = wide.units;
    first.commune.unit_states = wide.states;
    first.commune.unit_count = UNITS;
    first.commune.unit_held = wide.unit_held;
    first.commune.unit_held_count = UNITS;
    first.commune.held = wide.held;
    first.commune.held_count = UNITS;
    first.commune.ledger = wide.ledger;
    first.commune.ledger_count = UNITS;
    commit(&store, &ground, &first.commune);
    struct loading loading = load_all(&store);
    ck_assert_uint_eq(loading.reported, UNITS);
    ck_assert_uint_eq(loading.held, UNITS);
    expect_integer(&store, UNITS, "HLEN turnout:{e-1:01}:held");
    expect_integer(&store, UNITS, "ZCARD turnout:{e-1:01}:waiting");
    expect_integer(&store, UNITS, "XLEN turnout:{e-1:01}:ledger");

    /* And all of them are decided at once. */
    struct hand_commit second;
    hand_commit_init(&second, &store, 1, &report, &first.after);
    second.commune.decided = (const char(*)[HELD_ID_BYTES])wide.decided;
    second.commune.decided_count = UNITS;
    commit(&store, &ground, &second.commune);
    expect_integer(&store, 0, "EXISTS turnout:{e-1:01}:held turnout:{e-1:01}:waiting");
    hand_commit_done(&first);
    hand_commit_done(&second);
    store_fixture_end(&store);
}

SUITE("wide");
