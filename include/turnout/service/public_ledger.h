/* What the ledgers say, for /v1/corrections. The publisher adds to it as it reads them; publications share pages of it,
 * which never change. It is bounded, and shared out fairly: of each unit the entries that changed most are kept, so that
 * none can hide its own or another's behind many that change nothing. All of them stand in Redis. */
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
int64_t ledger_page_total(const struct ledger_page *page); /* kept or not */
size_t ledger_page_count(const struct ledger_page *page);
const struct ledger_entry *ledger_page_entries(const struct ledger_page *page); /* newest first */

/* A place behind an entry: so many of its millisecond were shown. */
struct ledger_place {
    int64_t when_ms;
    uint32_t shown;
};

/* The place behind the entry at `index`; and the index of the first entry behind a place. */
struct ledger_place ledger_page_place(const struct ledger_page *page, size_t index);
size_t ledger_page_find(const struct ledger_page *page, const struct ledger_place *after);

struct public_ledger;

struct public_ledger *public_ledger_new(uint32_t unit_count);
void public_ledger_free(struct public_ledger *ledger); /* NULL-safe; pages live on by themselves */

/* Entries of units beyond the bounds are dropped, first those of the units that have most; those of the election never. */
void public_ledger_add(struct public_ledger *ledger, const struct ledger_entry *entry);

/* What is in it now. Borrowed until something is added: acquire it to keep it. */
struct ledger_page *public_ledger_page(struct public_ledger *ledger);

#endif
