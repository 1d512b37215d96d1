/* The series in Redis (proto/redis.md): one entry a minute, which the first server that writes it makes. Callbacks as in
 * read.h. */
#ifndef TURNOUT_STORE_SERIES_STREAM_H
#define TURNOUT_STORE_SERIES_STREAM_H

#include <turnout/store/store.h>
#include <turnout/wire/series.h>

enum { STORE_SERIES_READ_MAX = 250 };

typedef void store_series_written_fn(void *context, enum turnout_error error, const char *why);

/* TURNOUT_OK also where that minute, or a later one, stands already: then nothing was written. At least one of the areas is
 * known. Borrowed for the call. */
void store_write_series(struct store *store, const struct series_minute *minute,
                        store_series_written_fn *on_written, void *context);

/* `minutes` are NULL unless TURNOUT_OK. */
typedef void store_series_fn(void *context, enum turnout_error error, const char *why,
                             const struct series_minute *minutes, size_t count);

/* The minutes behind `after` (Unix seconds; 0: from the beginning), the oldest STORE_SERIES_READ_MAX of them. */
void store_read_series(struct store *store, int64_t after, store_series_fn *on_series, void *context);

#endif
