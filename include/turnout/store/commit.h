/* Commits what was decided about communes of one province, in one atomic call: each commune is written if it is
 * unchanged in Redis, and left alone if not. */
#ifndef TURNOUT_STORE_COMMIT_H
#define TURNOUT_STORE_COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/store/load.h>

/* A held report to add: its id, its order among those that wait, and its log line. */
struct commit_held {
    char id[HELD_ID_BYTES];
    int64_t order;
    struct slice line;
};

/* A counted report that broke a rule (counted until it was voided, for `unflagged`). */
struct commit_flagged {
    uint32_t unit;
    struct report_received received;
    uint32_t violations;
};

/* All reports of a unit that are or were set aside, in their new state. */
struct commit_unit_held {
    uint32_t unit;
    const struct held_report *reports;
    size_t count;
};

/* The write for one commune. Borrowed for the call of store_commit(). */
struct commit_commune {
    uint32_t commune;
    const struct store_commune *before; /* as the tally knew it */
    const struct store_commune *after;
    const struct totals *change; /* added to the province */
    struct slice lines;          /* log lines, each but the last ended by a newline */
    uint32_t line_count;
    const uint32_t *units;                /* those that changed, and their new states */
    const struct unit_state *unit_states; /* seq 0: silent again */
    size_t unit_count;
    const struct commit_unit_held *unit_held;
    size_t unit_held_count;
    const struct commit_held *held; /* to be held */
    size_t held_count;
    const char (*decided)[HELD_ID_BYTES]; /* held reports that are decided now */
    size_t decided_count;
    const struct slice *ledger; /* lines for the province's ledger */
    size_t ledger_count;
    const struct commit_flagged *flagged;
    size_t flagged_count;
    const struct commit_flagged *unflagged;
    size_t unflagged_count;
};

/* The answer. On TURNOUT_OK, either `standing` is NULL and written[i] says whether commune i was written; or nothing
 * was written, because the province's ground is `standing`, not that of the call. TURNOUT_UNAVAILABLE: unknown what
 * was written (the link was lost). TURNOUT_CONFLICT: Redis refused; TURNOUT_BAD_INPUT: the keys hold invalid data. In
 * both cases nothing was written. */
typedef void store_committed_fn(void *context, enum turnout_error error, const char *why, const bool *written,
                                size_t count, const struct store_ground *standing);

/* `communes` are of `province`, at least one. `on_committed` is called exactly once, never before this returns. */
void store_commit(struct store *store, uint32_t province, const struct store_ground *ground,
                  const struct commit_commune *communes, size_t count, store_committed_fn *on_committed,
                  void *context);

/* Writes once. When it is answered, everything that the link has shown is durable, also what a restarted Redis has
 * read back from its file (DESIGN section 5). */
typedef void store_settled_fn(void *context, enum turnout_error error, const char *why);
void store_settle(struct store *store, int64_t now_ms, store_settled_fn *on_settled, void *context);

#endif
