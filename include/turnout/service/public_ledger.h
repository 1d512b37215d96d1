/* The newest entries of all ledgers, for /v1/corrections. The publisher adds to it as it reads them; publications share
 * pages of it, which never change. */
#ifndef TURNOUT_SERVICE_PUBLIC_LEDGER_H
#define TURNOUT_SERVICE_PUBLIC_LEDGER_H

#include <stddef.h>

#include <turnout/election/ledger.h>

enum { LEDGER_PAGE_ENTRIES_MAX = 1000 };

struct ledger_page;

void ledger_page_acquire(struct ledger_page *page); /* thread-safe, as is the release */
void ledger_page_release(struct ledger_page *page); /* NULL-safe */
size_t ledger_page_count(const struct ledger_page *page);
const struct ledger_entry *ledger_page_entries(const struct ledger_page *page); /* newest first */

struct public_ledger;

struct public_ledger *public_ledger_new(void);
void public_ledger_free(struct public_ledger *ledger); /* NULL-safe; pages live on by themselves */

/* Keeps the entry, and drops the oldest when there are more than LEDGER_PAGE_ENTRIES_MAX. Of two of the same
 * millisecond the one added later is the newer. */
void public_ledger_add(struct public_ledger *ledger, const struct ledger_entry *entry);

/* What is in it now. Borrowed until something is added: acquire it to keep it. */
struct ledger_page *public_ledger_page(struct public_ledger *ledger);

#endif
