/* The timetable of the demo's day. */
#include "demo/demo_day.h"

#include <check.h>
#include <string.h>

#include "register_rows.h"
#include "suite.h"

enum { OPENS = 7 * 3600, NOON = 12 * 3600, EVENING = 20 * 3600, P = 1, Q = 2 };

static struct election_register *reg;
static struct election election;

static const struct register_rows places = {
    .areas = {{"N", "nation", ""}, {"P", "province", "N"}, {"Q", "province", "N"}, {"A", "commune", "P"}},
};

static void set_up(void)
{
    reg = register_of_rows(&places);
    election = (struct election){.opens = OPENS, .round_count = 3, .rounds = {9 * 3600, NOON, EVENING}};
}

static void tear_down(void)
{
    register_release(reg);
}

FIXTURE(set_up, tear_down);

TEST(waves_belong_to_their_rounds)
{
    struct checkpoints none = {0};
    struct demo_day day;
    struct error error;
    ck_assert_int_eq(demo_day_init(&election, reg, &none, &day, &error), TURNOUT_OK);
    ck_assert_int_eq(day.last, EVENING);
    for (uint32_t wave = 0; wave < 3; wave++) {
        ck_assert_int_eq(demo_day_end(&day, P, wave), election.rounds[wave]);
        ck_assert_uint_eq(election_round_at(&election, day.starts[wave]), wave + 1);
        ck_assert_uint_eq(demo_day_wave_at(&day, day.starts[wave]), wave);
        ck_assert(wave == 0 || demo_day_wave_at(&day, day.starts[wave] - 1) == wave - 1);
        ck_assert(wave == 0 || election_round_at(&election, day.starts[wave] - 1) == wave);
    }
    ck_assert_int_gt(day.starts[0], OPENS);
    demo_day_done(&day);
}

TEST(a_checkpoint_ends_its_wave)
{
    uint32_t commune = register_find_area(reg, slice_of("A"));
    struct checkpoint rows[] = {{.line = 2, .as_of = NOON + 1800, .area = commune},
                                {.line = 3, .as_of = EVENING - 60, .area = REGISTER_NATION}};
    struct checkpoints checkpoints = {rows, COUNT(rows)};
    struct demo_day day;
    struct error error;
    ck_assert_int_eq(demo_day_init(&election, reg, &checkpoints, &day, &error), TURNOUT_OK);
    ck_assert_int_eq(demo_day_end(&day, P, 1), NOON + 1800);
    ck_assert_int_eq(demo_day_end(&day, Q, 1), NOON);
    ck_assert_int_eq(demo_day_end(&day, P, 2), EVENING - 60);
    ck_assert_int_eq(demo_day_end(&day, Q, 2), EVENING - 60);
    ck_assert_int_eq(day.last, EVENING - 60);
    demo_day_done(&day);
}

static const struct {
    int64_t as_of[2];
    uint32_t areas[2];
    enum turnout_error code;
} pairs[] = {
    {{NOON + 60, NOON + 60}, {P, REGISTER_NATION}, TURNOUT_OK},
    {{NOON + 60, NOON + 120}, {P, Q}, TURNOUT_OK},
    {{NOON + 60, NOON + 120}, {P, P}, TURNOUT_CONFLICT},
    {{NOON, NOON + 60}, {P, REGISTER_NATION}, TURNOUT_CONFLICT},
    {{NOON, OPENS + 1}, {P, P}, TURNOUT_BAD_INPUT},
    {{NOON, OPENS + 2}, {P, P}, TURNOUT_OK},
    /* halfway between two rounds: the first moment of the later one's wave, when no report has come */
    {{NOON, NOON + (EVENING - NOON) / 2}, {P, P}, TURNOUT_BAD_INPUT},
};

LOOP_TEST(a_wave_has_one_end, COUNT(pairs))
{
    struct checkpoint rows[] = {{.line = 2, .as_of = pairs[_i].as_of[0], .area = pairs[_i].areas[0]},
                                {.line = 3, .as_of = pairs[_i].as_of[1], .area = pairs[_i].areas[1]}};
    struct checkpoints checkpoints = {rows, COUNT(rows)};
    struct demo_day day;
    struct error error = {0};
    ck_assert_int_eq(demo_day_init(&election, reg, &checkpoints, &day, &error), pairs[_i].code);
    if (pairs[_i].code == TURNOUT_OK) {
        demo_day_done(&day);
    } else {
        ck_assert_ptr_nonnull(strstr(error.text, "line 3"));
    }
}

TEST(a_round_at_the_opening_is_refused)
{
    struct checkpoints none = {0};
    struct demo_day day;
    struct error error = {0};
    election.rounds[0] = OPENS + 1;
    ck_assert_int_eq(demo_day_init(&election, reg, &none, &day, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "rounds");
}

TEST(curves)
{
    struct checkpoints none = {0};
    struct demo_day day;
    struct error error;
    ck_assert_int_eq(demo_day_init(&election, reg, &none, &day, &error), TURNOUT_OK);
    ck_assert_int_eq(demo_day_turnout_at(&day, 0), 0);
    ck_assert_int_eq(demo_day_turnout_at(&day, OPENS), 0);
    ck_assert_int_eq(demo_day_turnout_at(&day, EVENING), DAY_WHOLE);
    ck_assert_int_eq(demo_day_turnout_at(&day, EVENING + 3600), DAY_WHOLE);
    for (int64_t moment = OPENS + 1; moment <= EVENING; moment++) {
        ck_assert_int_gt(demo_day_turnout_at(&day, moment), demo_day_turnout_at(&day, moment - 1));
    }
    ck_assert_int_eq(demo_day_surplus_at(&day, OPENS), 0);
    ck_assert_int_eq(demo_day_surplus_at(&day, 16 * 3600), DAY_WHOLE);
    ck_assert_int_eq(demo_day_surplus_at(&day, EVENING), 0);
    demo_day_done(&day);
}

SUITE("demo_day");
