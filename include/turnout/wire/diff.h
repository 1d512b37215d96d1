/* What moved between two bulletins, or since one of them, and why. */
#ifndef TURNOUT_WIRE_DIFF_H
#define TURNOUT_WIRE_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/ledger.h>
#include <turnout/wire/figures.h>

/* Figures as they stood at a time. */
struct diff_side {
    const struct figures
        *figures;      /* those of the area that is asked for, of what is in it, and of its province */
    int64_t bulletin;  /* its number; 0: what is shown now */
    const char *label; /* of the bulletin */
};

enum { DIFF_ENTRIES_MAX = 100 };

struct diff {
    struct diff_side before, after;
    uint32_t area;                      /* of the register of `after` */
    const struct ledger_entry *entries; /* of the ledger, newest first, those that readers may see */
    size_t entry_count;
};

/* /v1/diff: envelope (of `now`), the two sides, the area and its children as far as they moved, and the ledger's entries about
 * them, the newest DIFF_ENTRIES_MAX. */
void document_diff_json(struct buffer *out, const struct figures *now, const struct diff *diff);

#endif
