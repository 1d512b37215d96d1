/* Entries in the order of their time, and pages of them that are shared. */
#include <turnout/service/public_ledger.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

struct ledger_page {
    _Atomic uint32_t references;
    size_t count;
    struct ledger_entry entries[];
};

struct public_ledger {
    struct ledger_page *page; /* as it stands; NULL since something was added */
    size_t count;
    struct ledger_entry entries[LEDGER_PAGE_ENTRIES_MAX]; /* newest first */
};

void ledger_page_acquire(struct ledger_page *page)
{
    atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed);
}

void ledger_page_release(struct ledger_page *page)
{
    if (page != NULL && atomic_fetch_sub_explicit(&page->references, 1, memory_order_acq_rel) == 1) {
        free(page);
    }
}

size_t ledger_page_count(const struct ledger_page *page)
{
    return page->count;
}

const struct ledger_entry *ledger_page_entries(const struct ledger_page *page)
{
    return page->entries;
}

struct public_ledger *public_ledger_new(void)
{
    return memory_new(sizeof(struct public_ledger));
}

void public_ledger_free(struct public_ledger *ledger)
{
    if (ledger != NULL) {
        ledger_page_release(ledger->page);
        free(ledger);
    }
}

void public_ledger_add(struct public_ledger *ledger, const struct ledger_entry *entry)
{
    size_t place = 0;
    while (place < ledger->count && ledger->entries[place].when_ms > entry->when_ms) {
        place++;
    }
    if (place == LEDGER_PAGE_ENTRIES_MAX) {
        return; /* older than all that are kept */
    }
    size_t behind = ledger->count - place;
    if (ledger->count == LEDGER_PAGE_ENTRIES_MAX) {
        behind--;
    } else {
        ledger->count++;
    }
    memmove(&ledger->entries[place + 1], &ledger->entries[place], behind * sizeof ledger->entries[0]);
    ledger->entries[place] = *entry;
    ledger_page_release(ledger->page);
    ledger->page = NULL;
}

struct ledger_page *public_ledger_page(struct public_ledger *ledger)
{
    if (ledger->page == NULL) {
        size_t bytes = ledger->count * sizeof ledger->entries[0];
        struct ledger_page *page = memory_new(sizeof *page + bytes);
        atomic_init(&page->references, 1);
        page->count = ledger->count;
        memcpy(page->entries, ledger->entries, bytes);
        ledger->page = page;
    }
    return ledger->page;
}
