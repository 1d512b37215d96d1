/* Inspects, without blocking and on a link that is up, whether Redis still is what it was prepared to be
 * (prepare.h). */
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
    struct store_finding durability; /* acknowledged means durable, and is read back after a restart */
    /* Redis is rewriting its append-only file. Just after `appendonly` was switched on, nothing is durable until that
     * is done, and CONFIG GET does not show it. True when Redis does not say. */
    bool is_rewriting;
    /* Bytes that Redis uses, and may use: `maxmemory`, or its machine's memory. 0: unknown. */
    uint64_t memory_used;
    uint64_t memory_most;
    struct store_finding rights;    /* of our user; ok when Redis does not say */
    struct store_finding functions; /* of proto/turnout.lua; loaded again when missing or older */
    bool has_loaded_functions;
    bool has_other_functions;      /* those of another turnoutd, which are left alone */
    struct store_finding election; /* seeded, in our schema, with our register */
    struct store_finding phases;   /* every province is in the election's phase */
    char changing_to
        [RECEIPT_BYTES]; /* fingerprint of the register that a change in progress leads to; empty: none */
    char generation[GENERATION_BYTES]; /* empty: none */
    int64_t
        clock_ahead_ms; /* how far Redis's clock is ahead of this machine's, at least; 0 when Redis does not say */
};

/* `inspection` is NULL when the link was lost; borrowed for the call. */
typedef void store_inspected_fn(void *context, const struct store_inspection *inspection);

/* `on_inspected` is called exactly once, never before this returns. */
void store_inspect(struct store *store, store_inspected_fn *on_inspected, void *context);

#endif
