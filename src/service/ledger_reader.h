/* Following the ledgers of the election and of its provinces: each is read from the last entry that is known of it, and
 * what there was is kept for readers (public_ledger.h). Belongs to the publisher. */
#ifndef TURNOUT_SERVICE_LEDGER_READER_H
#define TURNOUT_SERVICE_LEDGER_READER_H

#include <stdbool.h>

#include <turnout/service/public_ledger.h>
#include <turnout/store/read.h>

struct ledger_reader;

struct ledger_reader *ledger_reader_new(struct store *store, const struct election_register *reg);
void ledger_reader_free(struct ledger_reader *reader); /* NULL-safe; free the store before */

/* TURNOUT_UNAVAILABLE: Redis did not answer; `why` says why. A ledger that holds what it must not is logged once and
 * passed over. */
typedef void ledger_reader_fn(void *context, enum turnout_error error, const char *why);

/* Reads on in the ledger of a province, or with REGISTER_NATION in the election's, up to the entry `until` (empty:
 * all). `on_read` is called exactly once, later. */
void ledger_reader_read(struct ledger_reader *reader, uint32_t area, const char *until,
                        ledger_reader_fn *on_read, void *context);

/* Whether the last reading has left something behind. */
bool ledger_reader_has_more(const struct ledger_reader *reader, uint32_t area);

/* The last entry that is known of it; empty: none. Borrowed. */
const char *ledger_reader_last(const struct ledger_reader *reader, uint32_t area);

/* Whether more is known of it than up to `until` (empty: nothing of it may be known). */
bool ledger_reader_is_beyond(const struct ledger_reader *reader, uint32_t area, const char *until);

/* Knows nothing any more. */
void ledger_reader_forget(struct ledger_reader *reader);

/* Whether there is something new since the last call. */
bool ledger_reader_take_moved(struct ledger_reader *reader);

struct ledger_page *ledger_reader_page(struct ledger_reader *reader);

#endif
