/* Minutes in one block of memory, and the document made from a part of them. */
#include <turnout/wire/series.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/election/percent.h>

#include "document_envelope.h"

/* ---- words ---- */

void series_figure_write(struct buffer *out, const struct series_figure *figure)
{
    buffer_append_integer(out, figure->voted);
    buffer_append_char(out, ' ');
    buffer_append_integer(out, figure->registered);
    buffer_append_char(out, ' ');
    buffer_append_integer(out, figure->units_reported);
}

bool series_figure_read(struct slice text, struct series_figure *ret_figure)
{
    struct series_figure figure = {.is_known = true};
    if (!text_parse_integer(text_split(&text, ' '), 0, INT64_MAX, &figure.voted) ||
        !text_parse_integer(text_split(&text, ' '), figure.voted, INT64_MAX / 20000, &figure.registered) ||
        !text_parse_integer(text, 0, UNITS_MAX, &figure.units_reported)) {
        return false;
    }
    *ret_figure = figure;
    return true;
}

struct series_figure series_figure_of(const struct area_figures *counted)
{
    return (struct series_figure){.voted = counted->totals.voted,
                                  .registered = counted->totals.registered,
                                  .units_reported = counted->totals.units_reported,
                                  .is_known = document_is_shown(counted)};
}

/* ---- the series ---- */

struct series {
    _Atomic uint32_t references;
    struct election_register *reg; /* a reference */
    size_t area_count;             /* the nation and its provinces */
    size_t count;
    int64_t *moments;              /* ascending */
    struct series_figure *figures; /* area_count a minute */
};

static struct series *series_of(struct election_register *reg, size_t count)
{
    struct series *series = memory_new(sizeof *series);
    atomic_init(&series->references, 1);
    register_acquire(reg);
    series->reg = reg;
    series->area_count = (size_t)reg->province_count + 1;
    series->count = count;
    series->moments = memory_new_array(count + 1, sizeof *series->moments);
    series->figures = memory_new_array(count * series->area_count + 1, sizeof *series->figures);
    return series;
}

struct series *series_new(struct election_register *reg)
{
    return series_of(reg, 0);
}

struct series *series_with(const struct series *series, const struct series_minute *minutes, size_t count)
{
    size_t areas = series->area_count;
    size_t all = series->count + count;
    size_t dropped = all > SERIES_MINUTES_MAX ? all - SERIES_MINUTES_MAX : 0;
    struct series *longer = series_of(series->reg, all - dropped);
    for (size_t i = dropped; i < all; i++) {
        bool is_old = i < series->count;
        size_t to = i - dropped;
        const struct series_figure *figures =
            is_old ? &series->figures[i * areas] : minutes[i - series->count].areas;
        longer->moments[to] = is_old ? series->moments[i] : minutes[i - series->count].moment;
        memcpy(&longer->figures[to * areas], figures, areas * sizeof *figures);
    }
    return longer;
}

void series_acquire(struct series *series)
{
    atomic_fetch_add_explicit(&series->references, 1, memory_order_relaxed);
}

void series_release(struct series *series)
{
    if (series != NULL && atomic_fetch_sub_explicit(&series->references, 1, memory_order_acq_rel) == 1) {
        register_release(series->reg);
        free(series->moments);
        free(series->figures);
        free(series);
    }
}

const struct election_register *series_register(const struct series *series)
{
    return series->reg;
}

int64_t series_last(const struct series *series)
{
    return series->count == 0 ? 0 : series->moments[series->count - 1];
}

/* ---- the document ---- */

bool series_query_complete(const struct series *series, struct series_query *query)
{
    const int64_t day_s = (int64_t)24 * 60 * SERIES_MINUTE_S;
    query->to = query->to == 0 ? series_last(series) : query->to;
    if (query->from == 0) {
        query->from = query->to > day_s ? query->to - day_s : 0;
    }
    int64_t first = series->count == 0 ? 0 : series->moments[0];
    int64_t last = series_last(series);
    first = query->from > first ? query->from : first;
    last = query->to < last ? query->to : last;
    return (last - first) / SERIES_MINUTE_S / query->step < SERIES_POINTS_MAX;
}

/* A series without minutes has no bounds. */
static void put_bound(struct json_writer *json, const char *key, const struct figures *figures,
                      int64_t moment)
{
    if (moment == 0) {
        json_put_text(json, key, NULL);
    } else {
        document_put_moment(json, key, figures, moment);
    }
}

static void put_point(struct json_writer *json, const struct figures *figures, int64_t moment,
                      const struct series_figure *figure)
{
    char percent[PERCENT_TEXT_BYTES];
    percent_format_json(percent_of(figure->voted, figure->registered), percent);
    json_open_object(json, NULL);
    document_put_moment(json, "time", figures, moment);
    json_put_integer(json, "registered", figure->registered);
    json_put_integer(json, "voted", figure->voted);
    json_put_raw(json, "percent", percent);
    json_put_integer(json, "units_reported", figure->units_reported);
    json_close_object(json);
}

/* Steps count from midnight in the election's own time. */
static void put_points(struct json_writer *json, const struct figures *figures, const struct series *series,
                       const struct series_query *query)
{
    const int64_t step_s = query->step * SERIES_MINUTE_S;
    int64_t last_step = -1;
    json_open_array(json, "points");
    for (size_t i = 0; i < series->count && series->moments[i] <= query->to; i++) {
        const struct series_figure *figure = &series->figures[i * series->area_count + query->area];
        int64_t step = (series->moments[i] + figures->election->offset_s) / step_s;
        if (series->moments[i] >= query->from && figure->is_known && step != last_step) {
            put_point(json, figures, series->moments[i], figure);
            last_step = step;
        }
    }
    json_close_array(json);
}

static void put_rounds(struct json_writer *json, const struct figures *figures)
{
    json_open_array(json, "rounds");
    for (uint32_t round = 0; round < figures->election->round_count; round++) {
        document_put_moment(json, NULL, figures, figures->election->rounds[round]);
    }
    json_close_array(json);
}

void document_series_json(struct buffer *out, const struct figures *figures, const struct series *series,
                          const struct series_query *query)
{
    const struct area *area = &series->reg->areas[query->area];
    assert(area->level != AREA_COMMUNE);
    struct json_writer json = document_open(out, figures);
    json_open_object(&json, "area");
    json_put_text(&json, "code", area->code);
    json_put_text(&json, "level", area_level_name(area->level));
    json_put_text(&json, "name", area->name);
    json_put_text(&json, "name_en", area->name_en[0] == '\0' ? NULL : area->name_en);
    json_close_object(&json);
    put_bound(&json, "from", figures, query->from);
    put_bound(&json, "to", figures, query->to);
    json_put_integer(&json, "step", query->step);
    put_rounds(&json, figures);
    put_points(&json, figures, series, query);
    json_close_object(&json);
}
