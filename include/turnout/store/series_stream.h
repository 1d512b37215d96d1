/* The series in Redis (proto/redis.md): one entry a minute, of which the first server's is kept. Callbacks as in
 * read.h. */
#ifndef TURNOUT_STORE_SERIES_STREAM_H
#define TURNOUT_STORE_SERIES_STREAM_H

#include <turnout/store/store.h>
#include <turnout/wire/series.h>

enum { STORE_SERIES_READ_MAX = 250 };

typedef void store_series_written_fn(void *context, enum turnout_error error, const char *why);

/* TURNOUT_OK also when this minute or a later one exists; nothing is written then. At least one of the areas is
 * known. Borrowed for the call. */
void store_write_series(struct store *store, const struct series_minute *minute,
                        store_series_written_fn *on_written, void *context);

/* `minutes` are NULL unless TURNOUT_OK. */
typedef void store_series_fn(void *context, enum turnout_error error, const char *why,
                             const struct series_minute *minutes, size_t count);

/* Reads the oldest STORE_SERIES_READ_MAX minutes after `after` (Unix seconds; 0: from the beginning). */
void store_read_series(struct store *store, int64_t after, store_series_fn *on_series, void *context);

#endif
