/* Following the series of the election, and going on with it: once a minute what readers are shown then is written, by
 * the server that comes first, and every server shows what stands in Redis. Belongs to the publisher. */
#ifndef TURNOUT_SERVICE_SERIES_READER_H
#define TURNOUT_SERVICE_SERIES_READER_H

#include <stdbool.h>

#include <turnout/store/series_stream.h>

struct series_reader;

struct series_reader *series_reader_new(struct store *store, struct election_register *reg);
void series_reader_free(struct series_reader *reader); /* NULL-safe; free the store before */

/* Reads what is not known yet; where this minute (`now`, Unix seconds) is not there, writes it first. `shown` is
 * borrowed for the call; NULL: nothing is shown, or the clock cannot be believed. */
void series_reader_step(struct series_reader *reader, const struct figures *shown, int64_t now);

/* Knows nothing any more: Redis may be another one. */
void series_reader_forget(struct series_reader *reader);

/* Whether there is something new since the last call. */
bool series_reader_take_moved(struct series_reader *reader);

/* Borrowed until it has moved. */
struct series *series_reader_series(const struct series_reader *reader);

#endif
