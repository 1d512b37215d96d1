/* Takes up a changed register in Redis (DESIGN section 10), in an order that is safe for readers, other servers, and a
 * crash at any point:
 *   0. every unit that must be silent is read; if one has reported, nothing is begun, and what was begun before is
 *      taken back
 *   1. the whole change is recorded beside meta (turnout_register_begin), so that it can be continued without the
 *      files that it came from
 *   2. each province takes its step atomically (turnout_register_step): from then on it refuses commits decided under
 *      the register before, and readers keep the figures that they have
 *   3. meta gets the new digest, and the ledger its lines (turnout_register_end): now servers follow
 * When a unit has reported since it was read, its province refuses, and all provinces are taken back, unless a province
 * that has taken its step has a report that cannot go back with it. An interrupted change is continued by the next
 * caller who asks for the same, or by a server that starts with the files of the new register. Each change of direction
 * has a higher turn number: calls of an earlier turn that arrive late do nothing. */
#ifndef TURNOUT_STORE_TAKE_UP_H
#define TURNOUT_STORE_TAKE_UP_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register_change.h>
#include <turnout/store/store.h>

enum take_up_outcome {
    TAKE_UP_DONE,
    TAKE_UP_DONE_BEFORE, /* it was done already, perhaps by somebody else */
    TAKE_UP_POSSIBLE,    /* only checked: nothing prevents it */
    TAKE_UP_REFUSED, /* a row is impossible, or needs a silent unit that has reported: nothing has changed */
    TAKE_UP_STUCK,   /* half done: units have reported under either register, and some must be voided first */
    TAKE_UP_OTHER,   /* Redis holds a register other than the one the change begins with */
    TAKE_UP_BUSY,    /* another change is in progress */
    TAKE_UP_OVERTAKEN, /* somebody else has reversed or ended this change meanwhile */
};

struct take_up {
    enum take_up_outcome outcome;
    /* One a row: its unit must be silent, but has reported under the register before. NULL: a change is given up */
    const bool *heard;
    size_t heard_count;
    char other[RECEIPT_BYTES]; /* for TAKE_UP_OTHER and TAKE_UP_BUSY: fingerprint in Redis; may be empty */
};

/* Called exactly once, possibly before the call returns. `take_up` is NULL unless TURNOUT_OK, and borrowed. On
 * TURNOUT_UNAVAILABLE the progress is unknown; repeating the call continues the change. */
typedef void store_take_up_fn(void *context, enum turnout_error error, const char *why,
                              const struct take_up *take_up);

/* Checks whether the change could be taken up now. The store is of the register before. Both functions take a
 * reference to the change; `who` and `reason` go into the ledger. */
void store_look_at_change(struct store *store, struct register_change *change, store_take_up_fn *on_looked,
                          void *context);
void store_take_up(struct store *store, struct register_change *change, const char *who, const char *reason,
                   int64_t now_ms, store_take_up_fn *on_taken_up, void *context);

/* Takes back an unfinished change that began from the store's register. TAKE_UP_DONE; TAKE_UP_DONE_BEFORE when none is
 * in progress; TAKE_UP_OTHER when it began from another register; TAKE_UP_STUCK when a unit has reported
 * that the store's register does not have, or has in another province; TAKE_UP_OVERTAKEN. */
void store_give_up_change(struct store *store, store_take_up_fn *on_given_up, void *context);

#endif
