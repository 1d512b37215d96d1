/* Reads all bulletins and the ledger of an election from Redis, for an export. Blocking; servers may run meanwhile.
 * Errors as in log_walk.h. */
#ifndef TURNOUT_STORE_BULLETIN_WALK_H
#define TURNOUT_STORE_BULLETIN_WALK_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>
#include <turnout/wire/signature.h>

/* The election. Borrowed for the call. */
struct bulletin_walk_of {
    struct store_address address;
    const struct election *election;
    const struct election_register *reg;
};

/* A public file of a bulletin, as readers get it; borrowed for the call. An error ends the walk. */
typedef enum turnout_error bulletin_walk_fn(void *context, int64_t number, struct slice name,
                                            struct slice bytes, struct error *error);

/* Walks from the first bulletin to the newest. `ret_key` is the public key of their signatures. */
enum turnout_error bulletin_walk(const struct bulletin_walk_of *of, int64_t patience_ms,
                                 bulletin_walk_fn *on_file, void *context,
                                 char ret_key[PUBLIC_KEY_TEXT_BYTES + 1], struct error *error);

/* A line of the election's ledger. */
typedef void ledger_walk_fn(void *context, struct slice line);
enum turnout_error ledger_walk(const struct bulletin_walk_of *of, int64_t patience_ms,
                               ledger_walk_fn *on_line, void *context, struct error *error);

#endif
