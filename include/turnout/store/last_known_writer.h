/* Writes `last-known` on a thread of its own: a disk that takes its time holds nobody up. */
#ifndef TURNOUT_STORE_LAST_KNOWN_WRITER_H
#define TURNOUT_STORE_LAST_KNOWN_WRITER_H

#include <stdbool.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>

struct last_known_writer;

/* `data` is borrowed. */
struct last_known_writer *last_known_writer_new(const char *data);

/* Waits for what is being written. NULL-safe. */
void last_known_writer_free(struct last_known_writer *writer);

/* Whether something is being written. What became of it is for last_known_writer_finish() to say. */
bool last_known_writer_is_busy(struct last_known_writer *writer);

/* Begins to write what is known now. The one before must have been finished. */
void last_known_writer_begin(struct last_known_writer *writer, const struct last_known *known);

/* Waits until it is written. False when nothing had been begun; else *ret_failed is what became of it. */
bool last_known_writer_finish(struct last_known_writer *writer, enum turnout_error *ret_failed,
                              struct error *error);

#endif
