/* What was published of the nation and of the provinces, minute by minute: kept in Redis (proto/redis.md), shown as
 * /v1/series. A series is immutable and shared by all threads by reference. */
#ifndef TURNOUT_WIRE_SERIES_H
#define TURNOUT_WIRE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>

enum {
    SERIES_MINUTE_S = 60,
    SERIES_MINUTES_MAX = 7 * 24 * 60, /* that are kept */
    SERIES_POINTS_MAX = 24 * 60 + 1,  /* in one document */
    SERIES_STEP_MAX = 24 * 60,        /* minutes */
};

/* Of an area, in a minute. */
struct series_figure {
    int64_t voted;
    int64_t registered;
    int64_t units_reported;
    bool is_known; /* false: nothing was shown */
};

struct series_minute {
    int64_t moment;              /* its beginning; Unix seconds */
    struct series_figure *areas; /* [0] the nation's, [p] that of province p */
};

/* As words, and back; false when they are none. */
void series_figure_write(struct buffer *out, const struct series_figure *figure);
bool series_figure_read(struct slice text, struct series_figure *ret_figure);

/* What readers are shown of an area. */
struct series_figure series_figure_of(const struct area_figures *counted);

struct series;

/* An empty one, of the nation and the provinces of this register, which it acquires. */
struct series *series_new(struct election_register *reg);

/* A new one with these minutes behind those of `series`, the newest SERIES_MINUTES_MAX of all. Their moments ascend.
 * Copies. */
struct series *series_with(const struct series *series, const struct series_minute *minutes, size_t count);

void series_acquire(struct series *series);
void series_release(struct series *series); /* NULL-safe */

const struct election_register *series_register(const struct series *series);

/* The newest minute; 0: there is none. */
int64_t series_last(const struct series *series);

/* Which part of it. */
struct series_query {
    uint32_t area; /* the nation or a province of the series's register */
    int64_t from;  /* Unix seconds, as is `to`; both belong to it. 0: not said */
    int64_t to;
    int64_t step; /* minutes */
};

/* Fills in what is not said: up to the newest minute, and from a day before. False when that could be more than
 * SERIES_POINTS_MAX points of those that are kept. */
bool series_query_complete(const struct series *series, struct series_query *query);

/* /v1/series: envelope, the area, the times of the election's rounds, then a point for each `step` minutes of the day of
 * which there is any: the first one. The query is complete. */
void document_series_json(struct buffer *out, const struct figures *figures, const struct series *series,
                          const struct series_query *query);

#endif
