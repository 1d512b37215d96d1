/* Taking up a changed register in Redis (DESIGN section 10), in an order that readers, other servers, and a crash at any
 * point can live with:
 *   0. every unit that must be silent is looked at; where one is not, nothing is done
 *   1. the whole change is noted down beside meta (turnout_register_begin), so that it can be continued without the files
 *      that were
 *   2. each province takes its step at once (turnout_register_step): from then on it takes no commit that was decided
 *      under the register before, and readers go on with the figures that they have
 *   3. meta has the new digest, and the ledger its lines (turnout_register_end): now servers follow
 * Where a unit has reported since it was looked at, its province refuses, and all go back; unless a province that has
 * taken its step has a report by now that cannot go back with it. A change that is interrupted is continued by the next who asks for the same, or starts with the files of the new register. Each time that a
 * change goes the other way it has a later turn: calls of an earlier one that are still on their way do nothing. */
#ifndef TURNOUT_STORE_TAKE_UP_H
#define TURNOUT_STORE_TAKE_UP_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register_change.h>
#include <turnout/store/store.h>

enum take_up_outcome {
    TAKE_UP_DONE,
    TAKE_UP_DONE_BEFORE, /* by somebody else */
    TAKE_UP_POSSIBLE,    /* only looked at: nothing stands in the way */
    TAKE_UP_REFUSED, /* a row is impossible, or needs a silent unit, and the unit is not: all is as it was */
    TAKE_UP_STUCK, /* it stays half done: units have reported under either register, and some must be void first */
    TAKE_UP_OTHER,     /* Redis holds another register than the one that the change begins with */
    TAKE_UP_BUSY,      /* another change was begun and not ended */
    TAKE_UP_OVERTAKEN, /* somebody else has turned this one round meanwhile, or ended it otherwise */
};

struct take_up {
    enum take_up_outcome outcome;
    const bool
        *heard; /* one a row: it needs a silent unit, and the unit has reported under the register before */
    size_t heard_count;
    char other[RECEIPT_BYTES]; /* for TAKE_UP_OTHER and TAKE_UP_BUSY: the fingerprint there; may be empty */
};

/* Called exactly once, possibly before the call returns. `take_up` is NULL unless TURNOUT_OK, and borrowed. On
 * TURNOUT_UNAVAILABLE nobody knows how far it came; asking for the same again continues it. */
typedef void store_take_up_fn(void *context, enum turnout_error error, const char *why,
                              const struct take_up *take_up);

/* Whether the change could be taken up now. The store is of the register before. Takes a reference to the change, as does
 * store_take_up(); `who` and `reason` go into the ledger. */
void store_look_at_change(struct store *store, struct register_change *change, store_take_up_fn *on_looked,
                          void *context);
void store_take_up(struct store *store, struct register_change *change, const char *who, const char *reason,
                   int64_t now_ms, store_take_up_fn *on_taken_up, void *context);

/* Takes back what was done of a change that was begun from the register of the store and not ended. TAKE_UP_DONE;
 * TAKE_UP_DONE_BEFORE where none is under way; TAKE_UP_OTHER where one is from another register; TAKE_UP_STUCK where a
 * unit has reported that only the register after has; TAKE_UP_OVERTAKEN. */
void store_give_up_change(struct store *store, store_take_up_fn *on_given_up, void *context);

#endif
