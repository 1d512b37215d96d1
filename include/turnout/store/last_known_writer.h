/* Writes `last-known` on a separate thread, so that a slow disk blocks nobody. */
#ifndef TURNOUT_STORE_LAST_KNOWN_WRITER_H
#define TURNOUT_STORE_LAST_KNOWN_WRITER_H

#include <stdbool.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>

struct last_known_writer;

/* `data` is borrowed. */
struct last_known_writer *last_known_writer_new(const char *data);

/* Waits for a write in progress. NULL-safe. */
void last_known_writer_free(struct last_known_writer *writer);

/* Whether a write is in progress. Its result comes from last_known_writer_finish(). */
bool last_known_writer_is_busy(struct last_known_writer *writer);

/* Begins to write `known`. The previous write must have been finished. */
void last_known_writer_begin(struct last_known_writer *writer, const struct last_known *known);

/* Waits for the write. False when none was begun; else *ret_failed is its result. */
bool last_known_writer_finish(struct last_known_writer *writer, enum turnout_error *ret_failed,
                              struct error *error);

#endif
