/* The changes between two bulletins, or since one of them, and their reasons. */
#ifndef TURNOUT_WIRE_DIFF_H
#define TURNOUT_WIRE_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/ledger.h>
#include <turnout/wire/figures.h>

/* The figures at a time. */
struct diff_side {
    const struct figures *figures; /* at least of the requested area, its children and its province */
    int64_t bulletin;              /* number of the bulletin; 0: what is shown now */
    const char *label;             /* of the bulletin */
};

enum { DIFF_ENTRIES_MAX = 100 };

struct diff {
    struct diff_side before, after;
    uint32_t area;                      /* of the register of `after` */
    const struct ledger_entry *entries; /* public entries of the ledger, newest first */
    size_t entry_count;
};

/* /v1/diff: envelope (of `now`), the two sides, those of the area and its children that moved, and the newest
 * DIFF_ENTRIES_MAX ledger entries about them. */
void document_diff_json(struct buffer *out, const struct figures *now, const struct diff *diff);

#endif
