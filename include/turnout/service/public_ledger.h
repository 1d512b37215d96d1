/* The public ledger, for /v1/corrections. The publisher adds entries as it reads them; publications share immutable
 * pages of it. It is bounded, and fair: of each unit the entries that changed most are kept, so that a unit cannot
 * hide entries behind many that change nothing. Redis has all of them. */
#ifndef TURNOUT_SERVICE_PUBLIC_LEDGER_H
#define TURNOUT_SERVICE_PUBLIC_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/election/ledger.h>
#include <turnout/election/register.h>

enum {
    LEDGER_ENTRIES_MAX = 50000,
    LEDGER_UNIT_ENTRIES_MAX = 20, /* fewer where units have more than LEDGER_ENTRIES_MAX in all */
};

struct ledger_page;

void ledger_page_acquire(struct ledger_page *page);        /* thread-safe, as is the release */
void ledger_page_release(struct ledger_page *page);        /* NULL-safe */
int64_t ledger_page_total(const struct ledger_page *page); /* including those that were dropped */
size_t ledger_page_count(const struct ledger_page *page);
const struct ledger_entry *ledger_page_entries(const struct ledger_page *page); /* newest first */

/* A place after an entry: how many of its millisecond were shown. */
struct ledger_place {
    int64_t when_ms;
    uint32_t shown;
};

/* The place after the entry at `index`; and the index of the first entry after a place. */
struct ledger_place ledger_page_place(const struct ledger_page *page, size_t index);
size_t ledger_page_find(const struct ledger_page *page, const struct ledger_place *after);

struct public_ledger;

struct public_ledger *public_ledger_new(uint32_t unit_count);
void public_ledger_free(struct public_ledger *ledger); /* NULL-safe; pages outlive it */

/* Adds an entry. Beyond the bounds, entries of units are dropped, first those of the units with the most; those of
 * the election never. */
void public_ledger_add(struct public_ledger *ledger, const struct ledger_entry *entry);

/* The current content. Borrowed until the next public_ledger_add(): acquire it to keep it. */
struct ledger_page *public_ledger_page(struct public_ledger *ledger);

#endif
