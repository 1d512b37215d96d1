/* The timetable, derived from the election's rounds and the times of the checkpoints. */
#include "demo/demo_day.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

/* A curve through equally spaced points of the day. */
struct curve {
    const int32_t *points; /* in DAY_WHOLE */
    int32_t spans;
};

/* An hour a span on a day from seven to eight: most come in the morning, the last hours bring stragglers. */
static const int32_t turnout_points[] = {0,      90000,  240000, 390000, 520000, 620000, 700000,
                                         780000, 865000, 937000, 968000, 986000, 996000, DAY_WHOLE};
static const struct curve turnout_curve = {turnout_points,
                                           sizeof turnout_points / sizeof turnout_points[0] - 1};

/* Highest at nine hours of thirteen. */
static const int32_t surplus_points[] = {0,      110000, 220000,    330000, 440000, 560000, 670000,
                                         780000, 890000, DAY_WHOLE, 750000, 500000, 250000, 0};
static const struct curve surplus_curve = {surplus_points,
                                           sizeof surplus_points / sizeof surplus_points[0] - 1};

static int64_t curve_at(const struct curve *curve, const struct demo_day *day, int64_t moment)
{
    if (moment <= day->opens) {
        return curve->points[0];
    }
    if (moment >= day->last) {
        return curve->points[curve->spans];
    }
    int64_t length_s = day->last - day->opens;
    int64_t along = (moment - day->opens) * curve->spans; /* in length_s-ths of a span */
    int64_t span = along / length_s;
    int64_t from = curve->points[span];
    int64_t to = curve->points[span + 1];
    return from + (to - from) * (along % length_s) / length_s;
}

int64_t demo_day_turnout_at(const struct demo_day *day, int64_t moment)
{
    return curve_at(&turnout_curve, day, moment);
}

int64_t demo_day_surplus_at(const struct demo_day *day, int64_t moment)
{
    return curve_at(&surplus_curve, day, moment);
}

uint32_t demo_day_wave_at(const struct demo_day *day, int64_t moment)
{
    uint32_t wave = 0;
    while (wave + 1 < day->wave_count && day->starts[wave + 1] <= moment) {
        wave++;
    }
    return wave;
}

int64_t demo_day_end(const struct demo_day *day, uint32_t province, uint32_t wave)
{
    assert(province > REGISTER_NATION && wave < day->wave_count);
    return day->ends[(province - 1) * day->wave_count + wave];
}

static void begin_halfway(const struct election *election, struct demo_day *day)
{
    day->starts[0] = day->opens + 1;
    for (uint32_t wave = 1; wave < day->wave_count; wave++) {
        int64_t before = election->rounds[wave - 1];
        day->starts[wave] = before + (election->rounds[wave] - before + 1) / 2;
    }
}

/* Lets the wave of one province end at the checkpoint's time. */
static enum turnout_error end_at(struct demo_day *day, const struct checkpoint *checkpoint, uint32_t province,
                                 bool *moved, struct error *error)
{
    uint32_t wave = demo_day_wave_at(day, checkpoint->as_of);
    size_t place = (province - 1) * day->wave_count + wave;
    if (checkpoint->as_of <= day->starts[wave]) {
        return error_fail(error, TURNOUT_BAD_INPUT, "as_of",
                          "checkpoint in line %u: no report of its round has come by then", checkpoint->line);
    }
    if (moved[place] && day->ends[place] != checkpoint->as_of) {
        return error_fail(error, TURNOUT_CONFLICT, "as_of",
                          "checkpoint in line %u: another one of round %u asks for a different time",
                          checkpoint->line, wave + 1);
    }
    moved[place] = true;
    day->ends[place] = checkpoint->as_of;
    return TURNOUT_OK;
}

static enum turnout_error end_at_checkpoints(struct demo_day *day, const struct election_register *reg,
                                             const struct checkpoints *checkpoints, struct error *error)
{
    bool *moved = memory_new_array((size_t)reg->province_count * day->wave_count, sizeof moved[0]);
    enum turnout_error code = TURNOUT_OK;
    for (size_t i = 0; i < checkpoints->count && code == TURNOUT_OK; i++) {
        const struct checkpoint *checkpoint = &checkpoints->rows[i];
        bool is_nation = checkpoint->area == REGISTER_NATION;
        uint32_t first = is_nation ? 1 : register_province_of(reg, checkpoint->area);
        uint32_t last = is_nation ? reg->province_count : first;
        for (uint32_t province = first; province <= last && code == TURNOUT_OK; province++) {
            code = end_at(day, checkpoint, province, moved, error);
        }
    }
    free(moved);
    return code;
}

enum turnout_error demo_day_init(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_day *ret_day,
                                 struct error *error)
{
    if (election->round_count == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "rounds",
                          "an election without rounds cannot be replayed");
    }
    struct demo_day day = {
        .opens = election->opens, .wave_count = election->round_count, .rounds = election->rounds};
    day.ends = memory_new_array((size_t)reg->province_count * day.wave_count, sizeof day.ends[0]);
    for (uint32_t province = 0; province < reg->province_count; province++) {
        for (uint32_t wave = 0; wave < day.wave_count; wave++) {
            day.ends[province * day.wave_count + wave] = election->rounds[wave];
        }
    }
    begin_halfway(election, &day);
    if (day.starts[0] >= election->rounds[0]) {
        demo_day_done(&day);
        return error_fail(error, TURNOUT_BAD_INPUT, "rounds", "the first round is not after the opening");
    }
    enum turnout_error code = end_at_checkpoints(&day, reg, checkpoints, error);
    if (code != TURNOUT_OK) {
        demo_day_done(&day);
        return code;
    }
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        int64_t end = demo_day_end(&day, province, day.wave_count - 1);
        day.last = end > day.last ? end : day.last;
    }
    *ret_day = day;
    return TURNOUT_OK;
}

void demo_day_done(struct demo_day *day)
{
    free(day->ends);
    *day = (struct demo_day){0};
}
