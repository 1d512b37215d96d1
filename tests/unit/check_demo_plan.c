/* The plan of the demo's day, on the whole register of vn-2026: every report is sent through the server's own rules,
 * in order, and what the units add up to is held against the figures of the day, which are written out here again. */
#include "demo/demo_plan.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/memory.h>
#include <turnout/election/percent.h>
#include <turnout/election/rules.h>
#include <turnout/store/election_folder.h>

#include "register/register_make.h"
#include "register_rows.h"
#include "suite.h"
#include "told_faults.h"

/* A moment of the day, at +07:00. */
#define DAY(hour, minute) (INT64_C(1773532800) + (((hour)-7) * 60 + (minute)) * 60)

enum { UNITS = 72195, WAVES = 8, ROLL = 76516637, NONE = FIGURE_UNPUBLISHED };

static char folder_path[] = "/tmp/check_demo_plan.XXXXXX";
static struct election_folder folder;
static struct checkpoints checkpoints;
static struct demo_plan *plan;

static void remove_file(const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder_path, name);
    (void)unlink(path);
}

/* Once for all tests, before they part into processes of their own. */
static void make_plan(void)
{
    struct error error = {0};
    char path[128];
    ck_assert_ptr_nonnull(mkdtemp(folder_path));
    ck_assert_msg(register_make(TURNOUT_SOURCE_DIR "/config/elections/vn-2026", folder_path, &error) ==
                      TURNOUT_OK,
                  "%s", error.text);
    ck_assert_int_eq(election_folder_read(folder_path, refuse_fault, NULL, &folder, &error), TURNOUT_OK);
    (void)snprintf(path, sizeof path, "%s/checkpoints.csv", folder_path);
    ck_assert_msg(checkpoints_read(path, folder.reg, &checkpoints, &error) == TURNOUT_OK, "%s", error.text);
    ck_assert_msg(demo_plan_new(&folder.election, folder.reg, &checkpoints, &plan, &error) == TURNOUT_OK,
                  "%s", error.text);
}

static void drop_plan(void)
{
    demo_plan_free(plan);
    checkpoints_done(&checkpoints);
    election_folder_done(&folder);
    remove_file("areas.csv");
    remove_file("units.csv");
    remove_file("election.ini");
    remove_file("checkpoints.csv");
    (void)rmdir(folder_path);
}

/* ---- a day as the server sees it ---- */

/* What stands of every unit. */
struct day {
    struct unit_state *units;
    uint64_t next; /* the number of the first report not yet sent */
};

static void day_begin(struct day *day)
{
    day->next = 0;
    day->units = memory_new_array(folder.reg->unit_count, sizeof day->units[0]);
    for (uint32_t unit = 0; unit < folder.reg->unit_count; unit++) {
        day->units[unit].registered = (int32_t)folder.reg->units[unit].registered;
    }
}

/* Sends a report through the rules, which must accept it. */
static void day_send(struct day *day, const struct report *report)
{
    struct decision decision;
    uint32_t unit = register_find_unit(folder.reg, slice_of(report->unit));
    ck_assert_uint_ne(unit, REGISTER_NONE);
    struct rules_context context = {.phase = PHASE_OPEN,
                                    .unit = &day->units[unit],
                                    .listed = (int32_t)folder.reg->units[unit].registered};
    struct report_received received = {.seq = report->seq,
                                       .voted = report->voted,
                                       .registered = report->registered,
                                       .kind = report->kind,
                                       .reason = report->reason,
                                       .round = election_round_at(&folder.election, report->as_of),
                                       .as_of = report->as_of,
                                       .received_ms = DAY(24, 0) * 1000};
    rules_decide(&folder.election, &context, &received, &decision);
    ck_assert_msg(decision.status == STATUS_ACCEPTED, "%s at %s: %s", report->unit, report->as_of_text,
                  report_code_name(decision.code));
    day->units[unit] = decision.after;
}

static void day_run(struct day *day, int64_t moment)
{
    struct report report;
    for (; day->next < demo_plan_report_count(plan) && demo_plan_as_of(plan, day->next) <= moment;
         day->next++) {
        demo_plan_report(plan, day->next, &report);
        ck_assert_int_eq(report.as_of, demo_plan_as_of(plan, day->next));
        day_send(day, &report);
    }
}

static struct checkpoint_figures day_figures(const struct day *day, const char *code)
{
    const struct election_register *reg = folder.reg;
    struct checkpoint_figures sum = {0};
    uint32_t area = register_find_area(reg, slice_of(code));
    ck_assert_uint_ne(area, REGISTER_NONE);
    for (uint32_t commune = reg->province_count + 1; commune < reg->area_count; commune++) {
        if (area != REGISTER_NATION && area != commune && area != reg->areas[commune].parent) {
            continue;
        }
        int64_t voted = 0;
        int64_t registered = 0;
        for (uint32_t i = 0; i < reg->areas[commune].children; i++) {
            voted += day->units[reg->areas[commune].first_child + i].voted;
            registered += day->units[reg->areas[commune].first_child + i].registered;
        }
        sum.of[FIGURE_VOTED] += voted;
        sum.of[FIGURE_REGISTERED] += registered;
        sum.of[FIGURE_COMMUNES]++;
        sum.of[FIGURE_COMMUNES_COMPLETE] += registered > 0 && registered == voted;
    }
    sum.of[FIGURE_REMAINING] = sum.of[FIGURE_REGISTERED] - sum.of[FIGURE_VOTED];
    sum.of[FIGURE_PERCENT] = percent_of(sum.of[FIGURE_VOTED], sum.of[FIGURE_REGISTERED]);
    return sum;
}

/* ---- the figures of the day ---- */

static const struct {
    int64_t moment;
    const char *code;
    struct checkpoint_figures expected;
} published[] = {
    {DAY(11, 30), "79", {{NONE, NONE, NONE, 4403, NONE, 168}}},
    {DAY(15, 0), "79", {{NONE, NONE, NONE, 7786, NONE, 168}}},
    {DAY(16, 0), "VN", {{NONE, NONE, NONE, 9319, NONE, 3321}}},
    {DAY(16, 0), "46", {{969927, 948877, 21050, 9783, NONE, 40}}},
    {DAY(16, 45), "66", {{2272087, 2241062, 31025, 9863, 48, 102}}},
    {DAY(19, 0), "80", {{NONE, NONE, NONE, 9958, NONE, 96}}},
    {DAY(20, 0), "VN", {{ROLL, 76043527, 473110, 9938, NONE, 3321}}},
    {DAY(20, 0), "15", {{NONE, NONE, 0, 10000, 99, 99}}},
    {DAY(20, 0), "46", {{969927, NONE, 34, 9999, 37, 40}}},
    {DAY(20, 0), "19789", {{NONE, NONE, 2, NONE, 0, 1}}},
    {DAY(20, 0), "19753", {{NONE, NONE, 3, NONE, 0, 1}}},
    {DAY(20, 0), "20050", {{NONE, NONE, 29, NONE, 0, 1}}},
};

SHARED_FIXTURE(make_plan, drop_plan);
TIMEOUT(120);

TEST(every_report_passes_and_every_figure_comes_out)
{
    struct day day;
    day_begin(&day);
    for (size_t i = 0; i < COUNT(published); i++) {
        struct checkpoint expected = {.published = published[i].expected};
        day_run(&day, published[i].moment);
        struct checkpoint_figures got = day_figures(&day, published[i].code);
        ck_assert_msg(checkpoint_holds(&expected, &got), "%s: voted %lld of %lld, complete %lld of %lld",
                      published[i].code, (long long)got.of[FIGURE_VOTED],
                      (long long)got.of[FIGURE_REGISTERED], (long long)got.of[FIGURE_COMMUNES_COMPLETE],
                      (long long)got.of[FIGURE_COMMUNES]);
        struct checkpoint_figures planned;
        uint32_t area = register_find_area(folder.reg, slice_of(published[i].code));
        demo_plan_figures(plan, area, published[i].moment, &planned);
        ck_assert_int_eq(planned.of[FIGURE_VOTED], got.of[FIGURE_VOTED]);
        ck_assert_int_eq(planned.of[FIGURE_REGISTERED], got.of[FIGURE_REGISTERED]);
        ck_assert_int_eq(planned.of[FIGURE_COMMUNES_COMPLETE], got.of[FIGURE_COMMUNES_COMPLETE]);
    }
    ck_assert_uint_eq(day.next, demo_plan_report_count(plan));
    free(day.units);
}

TEST(the_roll_rises_and_falls_back)
{
    struct day day;
    day_begin(&day);
    int64_t before = ROLL;
    for (int hour = 8; hour <= 16; hour++) {
        day_run(&day, DAY(hour, 0));
        int64_t now = day_figures(&day, "VN").of[FIGURE_REGISTERED];
        ck_assert_int_ge(now, before);
        before = now;
    }
    ck_assert_int_ge(before, 76595000);
    ck_assert_int_le(before, 76605000);
    int64_t voted = day_figures(&day, "VN").of[FIGURE_VOTED];
    ck_assert_int_gt(voted, 71350000);
    ck_assert_int_lt(voted, 71400000);
    for (int hour = 17; hour <= 20; hour++) {
        day_run(&day, DAY(hour, 0));
        int64_t now = day_figures(&day, "VN").of[FIGURE_REGISTERED];
        ck_assert_int_le(now, before);
        before = now;
        ck_assert_int_eq(day_figures(&day, "46").of[FIGURE_REGISTERED], 969927);
        ck_assert_int_eq(day_figures(&day, "66").of[FIGURE_REGISTERED], 2272087);
    }
    for (uint32_t unit = 0; unit < folder.reg->unit_count; unit++) {
        ck_assert_int_eq(day.units[unit].registered, folder.reg->units[unit].registered);
    }
    free(day.units);
}

TEST(a_unit_reports_once_a_round)
{
    struct report report;
    int32_t *seqs = memory_new_array(UNITS, sizeof seqs[0]);
    int32_t *voted = memory_new_array(UNITS, sizeof voted[0]);
    int64_t last_as_of = 0;
    ck_assert_uint_eq(demo_plan_report_count(plan), (uint64_t)UNITS * WAVES);
    for (uint64_t number = 0; number < demo_plan_report_count(plan); number++) {
        demo_plan_report(plan, number, &report);
        uint32_t unit = register_find_unit(folder.reg, slice_of(report.unit));
        ck_assert_uint_eq(demo_plan_unit(plan, number), unit);
        ck_assert_int_ge(report.as_of, last_as_of);
        ck_assert_int_eq(report.seq, seqs[unit] + 1);
        ck_assert_int_eq(report.seq, election_round_at(&folder.election, report.as_of));
        ck_assert_int_ge(report.voted, voted[unit]);
        ck_assert_int_le(report.voted, (int64_t)folder.reg->units[unit].registered);
        ck_assert_uint_eq(demo_plan_wave_begins(plan, number), number / UNITS * UNITS);
        bool is_final = report.seq == WAVES && report.voted == (int64_t)folder.reg->units[unit].registered;
        ck_assert_int_eq(report.kind, is_final ? KIND_FINAL : KIND_PROGRESS);
        seqs[unit] = report.seq;
        voted[unit] = report.voted;
        last_as_of = report.as_of;
    }
    ck_assert_int_eq(last_as_of, DAY(20, 0));
    free(seqs);
    free(voted);
}

TEST(what_is_due)
{
    uint64_t count = demo_plan_report_count(plan);
    ck_assert_uint_eq(demo_plan_due(plan, 0), 0);
    ck_assert_uint_eq(demo_plan_due(plan, DAY(7, 0)), 0);
    ck_assert_uint_eq(demo_plan_due(plan, DAY(10, 0) - 1), UNITS);
    ck_assert_uint_eq(demo_plan_due(plan, DAY(20, 0) - 1) < count, true);
    ck_assert_uint_eq(demo_plan_due(plan, DAY(20, 0)), count);
    for (int64_t moment = DAY(7, 0); moment < DAY(20, 0); moment += 997) {
        uint64_t due = demo_plan_due(plan, moment);
        ck_assert(due == 0 || demo_plan_as_of(plan, due - 1) <= moment);
        ck_assert(demo_plan_as_of(plan, due) > moment);
    }
}

/* In every ten minutes, reports come and the count rises, and never by leaps: once the morning has begun, by this much
 * of what it rose by in the ten minutes before, in hundredths. */
TEST(the_figures_move_all_the_time)
{
    enum { STEP_S = 600, LEAST = 30, MOST = 300 };
    struct day day;
    day_begin(&day);
    int64_t voted = 0;
    int64_t rise = 0;
    for (int64_t moment = DAY(7, 20); moment <= DAY(20, 0); moment += STEP_S) {
        uint64_t sent = day.next;
        day_run(&day, moment);
        int64_t now = day_figures(&day, "VN").of[FIGURE_VOTED];
        ck_assert_uint_ge(day.next - sent, UNITS / 20);
        ck_assert_int_gt(now, voted);
        int64_t hundredths = rise == 0 ? 100 : (now - voted) * 100 / rise;
        ck_assert_msg(hundredths >= LEAST && hundredths <= MOST, "%lld after %lld", (long long)(now - voted),
                      (long long)rise);
        rise = now - voted;
        voted = now;
    }
    free(day.units);
}

TEST(the_plan_is_always_the_same)
{
    struct demo_plan *again;
    struct error error;
    ck_assert_int_eq(demo_plan_new(&folder.election, folder.reg, &checkpoints, &again, &error), TURNOUT_OK);
    for (uint64_t number = 0; number < demo_plan_report_count(plan); number++) {
        struct report one;
        struct report other;
        demo_plan_report(plan, number, &one);
        demo_plan_report(again, number, &other);
        ck_assert_str_eq(one.unit, other.unit);
        ck_assert_int_eq(one.as_of, other.as_of);
        ck_assert_int_eq(one.voted, other.voted);
        ck_assert_int_eq(one.registered, other.registered);
    }
    demo_plan_free(again);
}

/* ---- checkpoints that cannot be ---- */

/* Each is put among the true ones, as line 99, unless it takes the place of one of them. Of two that contradict each
 * other either may be blamed. */
static const struct {
    const char *what;
    int64_t moment;
    const char *code;
    struct checkpoint_figures asked;
    const char *instead_of; /* of the same moment; NULL: an additional one */
    int line;               /* that is blamed */
} impossible[] = {
    {"falls within the day", DAY(17, 0), "46", {{NONE, 948876, NONE, NONE, NONE, NONE}}, NULL, 99},
    {"above the roll", DAY(19, 0), "46", {{NONE, 969928, NONE, NONE, NONE, NONE}}, NULL, 99},
    {"another roll", DAY(19, 0), "46", {{969928, NONE, NONE, NONE, NONE, NONE}}, NULL, 99},
    {"not its number of communes", DAY(19, 0), "80", {{NONE, NONE, NONE, NONE, NONE, 97}}, NULL, 99},
    {"more complete than there are", DAY(19, 0), "66", {{NONE, NONE, NONE, NONE, 103, NONE}}, NULL, 99},
    {"fewer complete than before", DAY(19, 0), "66", {{NONE, NONE, NONE, NONE, 47, NONE}}, NULL, 99},
    {"complete without the voters", DAY(19, 0), "66", {{NONE, NONE, 31000, NONE, 102, NONE}}, NULL, 99},
    {"the communes' missing are more", DAY(20, 0), "46", {{NONE, NONE, 33, NONE, NONE, NONE}}, "46", 99},
    {"a commune falls in the day", DAY(16, 0), "19789", {{NONE, NONE, 1, NONE, NONE, NONE}}, NULL, 11},
    {"counts that contradict each other", DAY(16, 0), "48", {{NONE, 1000000, 5, NONE, NONE, NONE}}, NULL, 99},
    {"a percentage of another count", DAY(16, 0), "48", {{NONE, 1000000, NONE, 9000, NONE, NONE}}, NULL, 99},
    {"the nation falls in the day", DAY(16, 0), "VN", {{NONE, 76043528, NONE, NONE, NONE, NONE}}, "VN", 99},
    {"the nation above its roll", DAY(20, 0), "VN", {{NONE, ROLL + 1, NONE, NONE, NONE, NONE}}, "VN", 99},
    {"before the polls open", DAY(6, 0), "48", {{NONE, 1, NONE, NONE, NONE, NONE}}, NULL, 99},
};

static int by_as_of(const void *left, const void *right)
{
    const struct checkpoint *a = left;
    const struct checkpoint *b = right;
    return (a->as_of > b->as_of) - (a->as_of < b->as_of);
}

/* The true checkpoints and one more, or one in the place of another. The caller frees the rows. */
static struct checkpoints with_row(int64_t as_of, const char *code, const struct checkpoint_figures *asked,
                                   bool replaces)
{
    struct checkpoints changed = {.count = checkpoints.count};
    changed.rows = memory_new_array(checkpoints.count + 1, sizeof changed.rows[0]);
    memcpy(changed.rows, checkpoints.rows, checkpoints.count * sizeof changed.rows[0]);
    struct checkpoint row = {.line = 99, .as_of = as_of, .published = *asked};
    row.area = register_find_area(folder.reg, slice_of(code));
    ck_assert_uint_ne(row.area, REGISTER_NONE);
    size_t place = changed.count;
    for (size_t i = 0; replaces && i < checkpoints.count; i++) {
        if (changed.rows[i].as_of == row.as_of && changed.rows[i].area == row.area) {
            place = i;
        }
    }
    changed.count += place == changed.count;
    changed.rows[place] = row;
    qsort(changed.rows, changed.count, sizeof changed.rows[0], by_as_of);
    return changed;
}

LOOP_TEST(what_cannot_be_met_is_named, COUNT(impossible))
{
    struct checkpoints changed = with_row(impossible[_i].moment, impossible[_i].code, &impossible[_i].asked,
                                          impossible[_i].instead_of != NULL);
    struct demo_plan *none = NULL;
    struct error error = {0};
    char line[32];
    ck_assert_msg(demo_plan_new(&folder.election, folder.reg, &changed, &none, &error) != TURNOUT_OK, "%s",
                  impossible[_i].what);
    ck_assert_ptr_null(none);
    (void)snprintf(line, sizeof line, "line %d", impossible[_i].line);
    ck_assert_msg(strstr(error.text, line) != NULL, "%s: %s", impossible[_i].what, error.text);
    free(changed.rows);
}

/* More than the day has: between rounds, soon after another one, and of a commune. */
static const struct {
    int64_t moment;
    const char *code;
    struct checkpoint_figures asked;
} possible[] = {
    {DAY(10, 15), "VN", {{NONE, NONE, NONE, 2500, NONE, NONE}}},
    {DAY(16, 10), "46", {{NONE, 952000, NONE, NONE, NONE, NONE}}},
    {DAY(16, 0), "19789", {{NONE, NONE, 2, NONE, NONE, NONE}}},
    {DAY(13, 0), "20050", {{NONE, 6000, NONE, NONE, NONE, NONE}}},
};

LOOP_TEST(what_can_be_met_is, COUNT(possible))
{
    struct checkpoints more = with_row(possible[_i].moment, possible[_i].code, &possible[_i].asked, false);
    struct demo_plan *other = NULL;
    struct error error = {0};
    ck_assert_msg(demo_plan_new(&folder.election, folder.reg, &more, &other, &error) == TURNOUT_OK, "%s",
                  error.text);
    demo_plan_free(other);
    free(more.rows);
}

/* ---- other registers ---- */

/* Two provinces, one of them without voters; communes of no, one and many units, of no, one and many voters. */
TEST(small_registers_and_no_checkpoints)
{
    static const struct register_rows places = {
        .areas = {{"N", "nation", ""},
                  {"P", "province", "N"},
                  {"Q", "province", "N"},
                  {"A", "commune", "P"},
                  {"B", "commune", "P"},
                  {"C", "commune", "Q"},
                  {"D", "commune", "Q"}},
        .units = {{"a1", "A", "0"}, {"b1", "B", "1"}, {"b2", "B", "1000"}, {"c1", "C", "0"}},
    };
    struct election_register *reg = register_of_rows(&places);

    struct checkpoints none = {0};
    struct demo_plan *small;
    struct error error;
    ck_assert_int_eq(demo_plan_new(&folder.election, reg, &none, &small, &error), TURNOUT_OK);
    ck_assert_uint_eq(demo_plan_report_count(small), (uint64_t)reg->unit_count * WAVES);
    int32_t voted = 0;
    for (uint64_t number = 0; number < demo_plan_report_count(small); number++) {
        struct report report;
        demo_plan_report(small, number, &report);
        if (strcmp(report.unit, "b2") == 0) {
            ck_assert_int_ge(report.voted, voted);
            voted = report.voted;
        }
        ck_assert(report.voted <= 1 || strcmp(report.unit, "b2") == 0);
    }
    ck_assert_int_ge(voted, 900);
    ck_assert_int_le(voted, 1000);
    demo_plan_free(small);
    register_release(reg);
}

TEST(an_election_without_rounds_is_refused)
{
    struct election election = folder.election;
    struct demo_plan *none = NULL;
    struct error error = {0};
    election.round_count = 0;
    ck_assert_int_eq(demo_plan_new(&election, folder.reg, &checkpoints, &none, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "rounds");
    ck_assert_ptr_null(none);
}

SUITE("demo_plan");
