/* Makes the timetable from the election's rounds and the times of the checkpoints. */
#include "demo/demo_day.h"

#include <stdlib.h>

#include <turnout/base/memory.h>

#include "demo/demo_chance.h"

/* Curves through equally spaced points of the day, in DAY_WHOLE. */
enum { SPANS = 13, POINTS };

/* One hour a span: most voters come in the morning, and a few in the last hours. */
static const int32_t turnout_points[POINTS] = {0,      90000,  240000, 390000, 520000, 620000, 700000,
                                               780000, 865000, 937000, 968000, 986000, 996000, DAY_WHOLE};

/* Highest after nine hours of thirteen. */
static const int32_t surplus_points[POINTS] = {0,      110000, 220000,    330000, 440000, 560000, 670000,
                                               780000, 890000, DAY_WHOLE, 750000, 500000, 250000, 0};

int64_t demo_day_end(const struct demo_day *day)
{
    return day->moments[day->moment_count - 1];
}

static int64_t curve_at(const int32_t points[POINTS], const struct demo_day *day, int64_t moment)
{
    if (moment <= day->opens) {
        return points[0];
    }
    if (moment >= demo_day_end(day)) {
        return points[SPANS];
    }
    int64_t length_s = demo_day_end(day) - day->opens;
    int64_t along = (moment - day->opens) * SPANS; /* in units of 1 / length_s of a span */
    int64_t span = along / length_s;
    int64_t from = points[span];
    int64_t to = points[span + 1];
    return from + (to - from) * (along % length_s) / length_s;
}

int64_t demo_day_turnout_at(const struct demo_day *day, int64_t moment)
{
    return curve_at(turnout_points, day, moment);
}

int64_t demo_day_surplus_at(const struct demo_day *day, int64_t moment)
{
    return curve_at(surplus_points, day, moment);
}

int64_t demo_day_report_at(const struct demo_day *day, uint32_t wave, uint32_t unit)
{
    int64_t length_s = day->starts[wave + 1] - 1 - day->starts[wave];
    return day->starts[wave] + length_s * (day->lateness[unit] + 1) / day->unit_count;
}

uint32_t demo_day_reports_by(const struct demo_day *day, uint32_t unit, int64_t moment)
{
    uint32_t reports = 0;
    while (reports < day->wave_count && demo_day_report_at(day, reports, unit) <= moment) {
        reports++;
    }
    return reports;
}

/* The checkpoints are sorted by time. */
static void note_moments(struct demo_day *day, const struct checkpoints *checkpoints, int64_t last_round)
{
    day->moments = memory_new_array(checkpoints->count + 1, sizeof day->moments[0]);
    for (size_t i = 0; i < checkpoints->count; i++) {
        if (day->moment_count == 0 || demo_day_end(day) < checkpoints->rows[i].as_of) {
            day->moments[day->moment_count++] = checkpoints->rows[i].as_of;
        }
    }
    if (day->moment_count == 0 || demo_day_end(day) < last_round) {
        day->moments[day->moment_count++] = last_round;
    }
}

static void note_waves(struct demo_day *day, const struct election *election)
{
    day->wave_count = election->round_count;
    day->starts[0] = day->opens + 1;
    for (uint32_t wave = 1; wave < day->wave_count; wave++) {
        int64_t before = election->rounds[wave - 1];
        day->starts[wave] = before + (election->rounds[wave] - before + 1) / 2;
    }
    day->starts[day->wave_count] = demo_day_end(day) + 1;
}

static void order_units(struct demo_day *day, uint32_t unit_count)
{
    uint64_t *keys = memory_new_array(unit_count, sizeof keys[0]);
    day->unit_count = unit_count;
    day->order = memory_new_array(unit_count, sizeof day->order[0]);
    day->lateness = memory_new_array(unit_count, sizeof day->lateness[0]);
    for (uint32_t unit = 0; unit < unit_count; unit++) {
        keys[unit] = (uint64_t)demo_chance(CHANCE_OF_LATENESS, unit) << 32 | unit;
    }
    demo_sort(keys, unit_count);
    for (uint32_t place = 0; place < unit_count; place++) {
        day->order[place] = (uint32_t)keys[place];
        day->lateness[day->order[place]] = place;
    }
    free(keys);
}

enum turnout_error demo_day_init(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_day *ret_day,
                                 struct error *error)
{
    if (election->round_count == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "rounds",
                          "an election without rounds cannot be replayed");
    }
    if (election->opens + 1 >= election->rounds[0]) {
        return error_fail(error, TURNOUT_BAD_INPUT, "rounds", "the first round is not after the opening");
    }
    if (checkpoints->count > 0 && checkpoints->rows[0].as_of <= election->opens + 1) {
        return error_fail(error, TURNOUT_BAD_INPUT, "as_of",
                          "checkpoint in line %u: no report can have come by then",
                          checkpoints->rows[0].line);
    }
    *ret_day = (struct demo_day){.opens = election->opens};
    note_moments(ret_day, checkpoints, election->rounds[election->round_count - 1]);
    note_waves(ret_day, election);
    order_units(ret_day, reg->unit_count);
    return TURNOUT_OK;
}

void demo_day_done(struct demo_day *day)
{
    free(day->moments);
    free(day->order);
    free(day->lateness);
    *day = (struct demo_day){0};
}
