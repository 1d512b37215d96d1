/* The series: what was published of the nation and the provinces, minute by minute. Stored in Redis (proto/redis.md),
 * shown as /v1/series. A series is immutable and shared by all threads by reference. */
#ifndef TURNOUT_WIRE_SERIES_H
#define TURNOUT_WIRE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>

enum {
    SERIES_MINUTE_S = 60,
    SERIES_MINUTES_MAX = 7 * 24 * 60, /* stored */
    SERIES_POINTS_MAX = 24 * 60 + 1,  /* in one document */
    SERIES_STEP_MAX = 24 * 60,        /* minutes */
};

/* An area's figures in a minute. */
struct series_figure {
    int64_t voted;
    int64_t registered;
    int64_t units_reported;
    bool is_known; /* false: nothing was shown */
};

struct series_minute {
    int64_t moment;              /* its beginning; Unix seconds */
    struct series_figure *areas; /* [0] the nation, [p] province p */
};

/* Writes it as words, and reads them back; false when they are invalid. */
void series_figure_write(struct buffer *out, const struct series_figure *figure);
bool series_figure_read(struct slice text, struct series_figure *ret_figure);

/* The public figures of an area. */
struct series_figure series_figure_of(const struct area_figures *counted);

struct series;

/* An empty series for this register, which it acquires. */
struct series *series_new(struct election_register *reg);

/* A new series with the minutes of `series` and then these, which ascend; keeps the newest SERIES_MINUTES_MAX.
 * Copies. */
struct series *series_with(const struct series *series, const struct series_minute *minutes, size_t count);

void series_acquire(struct series *series);
void series_release(struct series *series); /* NULL-safe */

const struct election_register *series_register(const struct series *series);

/* The newest minute; 0: none. */
int64_t series_last(const struct series *series);

/* A part of the series. */
struct series_query {
    uint32_t area; /* the nation or a province of the series's register */
    int64_t from;  /* Unix seconds, as is `to`; both inclusive. 0: not given */
    int64_t to;
    int64_t step; /* minutes */
};

/* Fills in what is not given: `to` is the newest minute, `from` a day before. False when the result could have more
 * than SERIES_POINTS_MAX points. */
bool series_query_complete(const struct series *series, struct series_query *query);

/* /v1/series: envelope, the area, the times of the election's rounds, then the first known point of each `step`
 * minutes of the day. The query is complete. */
void document_series_json(struct buffer *out, const struct figures *figures, const struct series *series,
                          const struct series_query *query);

#endif
