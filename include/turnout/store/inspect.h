/* Whether Redis still is what it was prepared to be (prepare.h), asked without waiting, on a link that is up. */
#ifndef TURNOUT_STORE_INSPECT_H
#define TURNOUT_STORE_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct store_finding {
    bool is_ok;
    char why[ERROR_TEXT_BYTES]; /* empty when it is ok */
};

struct store_inspection {
    struct store_finding durability; /* acknowledged means durable, and will be read back */
    /* Redis writes its append-only file anew. Just after `appendonly` was switched on, nothing is durable until that is
     * done, and CONFIG GET does not show it. A Redis that does not tell counts as one that does. */
    bool is_rewriting;
    /* Bytes that Redis has taken, and that it may take: `maxmemory`, or else what its machine has. 0: it does not tell. */
    uint64_t memory_used;
    uint64_t memory_most;
    struct store_finding rights; /* ours; what Redis does not tell counts as ok */
    struct store_finding
        functions; /* of proto/turnout.lua: they are loaded again where they are gone, or older */
    bool has_loaded_functions;
    bool has_other_functions;          /* of another turnoutd, which are left alone */
    struct store_finding election;     /* it was seeded, in our schema, with our register */
    char changing_to[RECEIPT_BYTES];   /* the fingerprint that a change under way is to; empty: none is */
    char generation[GENERATION_BYTES]; /* empty: there is none */
    int64_t
        clock_ahead_ms; /* Redis's clock, of this machine's, at least; what Redis does not tell counts as 0 */
};

/* `inspection` is NULL when the link was lost meanwhile; borrowed for the call. */
typedef void store_inspected_fn(void *context, const struct store_inspection *inspection);

/* `on_inspected` is called exactly once, never before this returns. */
void store_inspect(struct store *store, store_inspected_fn *on_inspected, void *context);

#endif
