/* Follows the series in Redis, and goes on with it. One question at a time: everything that stands is read before
 * anything is written. */
#include "series_reader.h"

#include <stdlib.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

struct series_reader {
    struct store *store;
    struct election_register *reg;
    struct series *series;
    bool is_busy;
    bool is_whole; /* it was read to its end */
    bool has_moved;
    bool is_forgotten; /* while it was busy */
    bool is_bad;       /* it could not be read: said once */
};

struct series_reader *series_reader_new(struct store *store, struct election_register *reg)
{
    struct series_reader *reader = memory_new(sizeof *reader);
    reader->store = store;
    reader->reg = reg;
    reader->series = series_new(reg);
    return reader;
}

void series_reader_free(struct series_reader *reader)
{
    if (reader != NULL) {
        series_release(reader->series);
        free(reader);
    }
}

static void forget(struct series_reader *reader)
{
    series_release(reader->series);
    reader->series = series_new(reader->reg);
    reader->is_whole = false;
    reader->is_forgotten = false;
}

void series_reader_forget(struct series_reader *reader)
{
    if (reader->is_busy) {
        reader->is_forgotten = true;
    } else {
        forget(reader);
    }
}

/* ---- reading ---- */

static void take(struct series_reader *reader, const struct series_minute *minutes, size_t count)
{
    struct series *longer = series_with(reader->series, minutes, count);
    series_release(reader->series);
    reader->series = longer;
    reader->has_moved = true;
}

static void read_on(struct series_reader *reader);

static void on_series(void *context, enum turnout_error error, const char *why,
                      const struct series_minute *minutes, size_t count)
{
    struct series_reader *reader = context;
    reader->is_busy = false;
    if (error == TURNOUT_BAD_INPUT && !reader->is_bad) {
        reader->is_bad = true;
        log_error("bad-series", log_text("why", why));
    }
    if (reader->is_forgotten) {
        forget(reader);
        return;
    }
    if (error == TURNOUT_OK && count > 0) {
        take(reader, minutes, count);
    }
    if (count == STORE_SERIES_READ_MAX) {
        read_on(reader);
    } else {
        reader->is_whole = error == TURNOUT_OK;
    }
}

static void read_on(struct series_reader *reader)
{
    reader->is_busy = true;
    store_read_series(reader->store, series_last(reader->series), on_series, reader);
}

/* ---- writing ---- */

/* Reads the entry that stands now, which may be another server's. A failed write is not reported here: the tally
 * reports it. */
static void on_written(void *context, enum turnout_error error, const char *why)
{
    (void)error;
    (void)why;
    read_on(context);
}

/* False when nothing is shown. What is shown may be of a register that was. */
static bool write_minute(struct series_reader *reader, const struct figures *shown, int64_t moment)
{
    uint32_t count = reader->reg->province_count + 1;
    struct series_minute minute = {.moment = moment, .areas = memory_new_array(count, sizeof *minute.areas)};
    bool is_known = false;
    for (uint32_t area = 0; area < count; area++) {
        uint32_t in_shown = register_find_area(shown->reg, slice_of(reader->reg->areas[area].code));
        if (in_shown <= shown->reg->province_count) {
            minute.areas[area] = series_figure_of(&shown->areas[in_shown]);
        }
        is_known = is_known || minute.areas[area].is_known;
    }
    if (is_known) {
        reader->is_busy = true;
        store_write_series(reader->store, &minute, on_written, reader);
    }
    free(minute.areas);
    return is_known;
}

void series_reader_step(struct series_reader *reader, const struct figures *shown, int64_t now)
{
    int64_t moment = now / SERIES_MINUTE_S * SERIES_MINUTE_S;
    if (reader->is_busy || (reader->is_whole && series_last(reader->series) >= moment)) {
        return;
    }
    bool is_written = reader->is_whole && shown != NULL && write_minute(reader, shown, moment);
    if (!is_written) {
        read_on(reader);
    }
}

bool series_reader_take_moved(struct series_reader *reader)
{
    bool has_moved = reader->has_moved;
    reader->has_moved = false;
    return has_moved;
}

struct series *series_reader_series(const struct series_reader *reader)
{
    return reader->series;
}
