/* The timetable of the demo's day. */
#include "demo/demo_day.h"

#include <check.h>
#include <string.h>

#include "register_rows.h"
#include "suite.h"

enum { OPENS = 7 * 3600, NOON = 12 * 3600, EVENING = 20 * 3600, WAVES = 3, UNITS = 5 };

static struct election_register *reg;
static struct election election;
static struct demo_day day;

static const struct register_rows places = {
    .areas = {{"N", "nation", ""}, {"P", "province", "N"}, {"A", "commune", "P"}, {"B", "commune", "P"}},
    .units = {{"a1", "A", "10"}, {"a2", "A", "10"}, {"a3", "A", "0"}, {"b1", "B", "10"}, {"b2", "B", "10"}},
};

static void set_up(void)
{
    reg = register_of_rows(&places);
    election = (struct election){.opens = OPENS, .round_count = WAVES, .rounds = {9 * 3600, NOON, EVENING}};
}

static void tear_down(void)
{
    demo_day_done(&day);
    register_release(reg);
}

static enum turnout_error init(const int64_t *as_of, size_t count, struct error *error)
{
    struct checkpoint rows[4] = {0};
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct checkpoint){.line = (uint32_t)i + 2, .as_of = as_of[i], .area = REGISTER_NATION};
    }
    return demo_day_init(&election, reg, &(struct checkpoints){rows, count}, &day, error);
}

FIXTURE(set_up, tear_down);

TEST(reports_belong_to_their_rounds)
{
    struct error error;
    ck_assert_int_eq(init(NULL, 0, &error), TURNOUT_OK);
    for (uint32_t place = 0; place < UNITS; place++) {
        uint32_t unit = day.order[place];
        int64_t before = OPENS;
        ck_assert_uint_eq(day.lateness[unit], place);
        for (uint32_t wave = 0; wave < WAVES; wave++) {
            int64_t at = demo_day_report_at(&day, wave, unit);
            ck_assert_int_gt(at, before);
            ck_assert_uint_eq(election_round_at(&election, at), wave + 1);
            ck_assert_uint_eq(demo_day_reports_by(&day, unit, at - 1), wave);
            ck_assert_uint_eq(demo_day_reports_by(&day, unit, at), wave + 1);
            ck_assert(place == 0 || at > demo_day_report_at(&day, wave, day.order[place - 1]));
            before = at;
        }
    }
    ck_assert_int_eq(demo_day_report_at(&day, WAVES - 1, day.order[UNITS - 1]), EVENING);
}

TEST(lateness_is_spread_over_a_wave)
{
    struct error error;
    ck_assert_int_eq(init(NULL, 0, &error), TURNOUT_OK);
    int64_t step_s = (day.starts[2] - day.starts[1]) / UNITS;
    for (uint32_t place = 1; place < UNITS; place++) {
        int64_t apart_s =
            demo_day_report_at(&day, 1, day.order[place]) - demo_day_report_at(&day, 1, day.order[place - 1]);
        ck_assert_int_ge(apart_s, step_s - 1);
        ck_assert_int_le(apart_s, step_s + 1);
    }
}

/* Ended by a 0. */
static const struct {
    int64_t as_of[4];
    int64_t moments[4];
} timetables[] = {
    {{0}, {EVENING}},
    {{NOON}, {NOON, EVENING}},
    {{NOON, NOON, NOON + 60}, {NOON, NOON + 60, EVENING}},
    {{OPENS + 2, EVENING}, {OPENS + 2, EVENING}},
    {{EVENING + 60}, {EVENING + 60}},
};

LOOP_TEST(figures_are_published_at_these_moments, COUNT(timetables))
{
    size_t count = 0;
    size_t moments = 0;
    struct error error;
    while (timetables[_i].as_of[count] != 0) {
        count++;
    }
    while (timetables[_i].moments[moments] != 0) {
        moments++;
    }
    ck_assert_int_eq(init(timetables[_i].as_of, count, &error), TURNOUT_OK);
    ck_assert_uint_eq(day.moment_count, moments);
    ck_assert_mem_eq(day.moments, timetables[_i].moments, moments * sizeof day.moments[0]);
    ck_assert_int_eq(demo_day_end(&day), timetables[_i].moments[moments - 1]);
}

TEST(before_the_first_report_nothing_was_published)
{
    struct error error = {0};
    ck_assert_int_eq(init((const int64_t[]){OPENS + 1}, 1, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "as_of");
    ck_assert_ptr_nonnull(strstr(error.text, "line 2"));
}

TEST(a_round_at_the_opening_is_refused)
{
    struct error error = {0};
    election.rounds[0] = OPENS + 1;
    ck_assert_int_eq(init(NULL, 0, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "rounds");
}

TEST(curves)
{
    struct error error;
    ck_assert_int_eq(init(NULL, 0, &error), TURNOUT_OK);
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
}

SUITE("demo_day");
