/* Walking over the units of an area: every unit once, in order, in pieces that Redis is asked for one at a time. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/service/committee.h>

#include "store_fixture.h"
#include "strangers_committee.h"
#include "suite.h"
#include "told_faults.h"

/* Communes with more units than a piece holds, exactly as many, and none, first and last of their province. */
static const struct {
    const char *province;
    const char *commune;
    uint32_t units;
} communes[] = {
    {"1", "1.1", 0},
    {"1", "1.2", STORE_UNITS_READ_MAX + 500},
    {"1", "1.3", 700},
    {"2", "2.1", 1},
    {"3", "3.1", 0},
    {"4", "4.1", 0},
    {"4", "4.2", STORE_UNITS_READ_MAX},
    {"4", "4.3", 0},
};
enum { COMMUNES = sizeof communes / sizeof communes[0] };

static struct store_fixture store;
static struct committee *committee;

static void add_units(struct register_builder *builder, const char *commune, uint32_t units)
{
    for (uint32_t i = 0; i < units; i++) {
        char code[32];
        (void)snprintf(code, sizeof code, "%s-%u", commune, i);
        register_builder_add_unit(builder, 1, slice_of(code), slice_of(commune), slice_of("unit"),
                                  slice_of("10"));
    }
}

static struct election_register *wide_register(void)
{
    static const char *const provinces[] = {"1", "2", "3", "4"};
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("N"), slice_of("nation"), slice_of(""), slice_of("N"),
                              slice_of(""));
    for (size_t i = 0; i < sizeof provinces / sizeof provinces[0]; i++) {
        register_builder_add_area(builder, 1, slice_of(provinces[i]), slice_of("province"), slice_of("N"),
                                  slice_of(provinces[i]), slice_of(""));
    }
    for (size_t i = 0; i < COMMUNES; i++) {
        register_builder_add_area(builder, 1, slice_of(communes[i].commune), slice_of("commune"),
                                  slice_of(communes[i].province), slice_of(communes[i].commune),
                                  slice_of(""));
        add_units(builder, communes[i].commune, communes[i].units);
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

static void setup(void)
{
    store_fixture_start(&store, NULL);
    register_release(store.reg);
    store.reg = wide_register();
    store.options.reg = store.reg;
    store_fixture_open(&store);
    committee = strangers_committee_new(&store);
}

static void teardown(void)
{
    committee_free(committee);
    store_fixture_end(&store);
}

/* ---- walking ---- */

static struct {
    bool done;
    enum turnout_error error;
    uint32_t first;
    uint32_t next;
    uint32_t pieces;
    uint32_t pieces_wanted; /* 0: all */
    uint32_t reported;
} walked;

static bool on_units(void *context, uint32_t first, uint32_t count, const struct unit_state *states,
                     const struct excuse *excuses)
{
    (void)context;
    ck_assert(!walked.done);
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_le(count, STORE_UNITS_READ_MAX);
    if (walked.pieces == 0) {
        walked.first = first;
    } else {
        ck_assert_uint_eq(first, walked.next);
    }
    walked.next = first + count;
    walked.pieces++;
    for (uint32_t i = 0; i < count; i++) {
        walked.reported += states[i].seq > 0;
        ck_assert_int_eq(excuses[i].status, EXCUSE_NONE);
    }
    return walked.pieces != walked.pieces_wanted;
}

static void on_walked(void *context, enum turnout_error error, const char *why)
{
    (void)context;
    (void)why;
    ck_assert(!walked.done);
    walked.done = true;
    walked.error = error;
}

static void walk(const char *area, uint32_t pieces_wanted)
{
    memset(&walked, 0, sizeof walked);
    walked.pieces_wanted = pieces_wanted;
    committee_walk_units(committee, register_find_area(store.reg, slice_of(area)), on_units, on_walked, NULL);
    store_fixture_run_until(&store, &walked.done);
}

FIXTURE(setup, teardown);

TEST(every_unit_is_met_once)
{
    static const struct {
        const char *area;
        const char *first; /* NULL: none */
        uint32_t units;
        uint32_t pieces;
    } cases[] = {
        {"N", "1.2-0", 2 * STORE_UNITS_READ_MAX + 1201, 5},
        {"1", "1.2-0", STORE_UNITS_READ_MAX + 1200, 3},
        {"1.1", NULL, 0, 0},
        {"1.3", "1.3-0", 700, 1},
        {"2", "2.1-0", 1, 1},
        {"3", NULL, 0, 0},
        {"4", "4.2-0", STORE_UNITS_READ_MAX, 1},
        {"4.3", NULL, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        walk(cases[i].area, 0);
        ck_assert_int_eq(walked.error, TURNOUT_OK);
        ck_assert_msg(walked.next - walked.first == cases[i].units, "%s: %u units", cases[i].area,
                      walked.next - walked.first);
        ck_assert_msg(walked.pieces == cases[i].pieces, "%s: %u pieces", cases[i].area, walked.pieces);
        if (cases[i].first != NULL) {
            ck_assert_str_eq(store.reg->units[walked.first].code, cases[i].first);
        }
    }
}

TEST(what_was_reported_is_met)
{
    static const char *const units[] = {"1.2-0", "1.2-1499", "1.3-699", "4.2-0"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        uint32_t unit = register_find_unit(store.reg, slice_of(units[i]));
        struct report report = store_fixture_report(&store, unit, 1, 1);
        struct report_outcome result;
        ck_assert_int_eq(store_fixture_apply_one(&store, unit, &report, &result), TURNOUT_OK);
        ck_assert_int_eq(result.status, STATUS_ACCEPTED);
    }
    walk("N", 0);
    ck_assert_uint_eq(walked.reported, 4);
    walk("1", 0);
    ck_assert_uint_eq(walked.reported, 3);
}

TEST(a_walk_can_be_ended)
{
    walk("N", 2);
    ck_assert_int_eq(walked.error, TURNOUT_OK);
    ck_assert_uint_eq(walked.pieces, 2);
}

TEST(a_walk_without_redis_fails)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    walk("N", 0);
    ck_assert_int_eq(walked.error, TURNOUT_UNAVAILABLE);
    ck_assert_uint_eq(walked.pieces, 0);
}

SUITE("walk");
