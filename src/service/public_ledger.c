/* Entries in the order of their time, a bounded share of each unit, and pages of them that are shared. */
#include <turnout/service/public_ledger.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { ROOM = 2 * LEDGER_ENTRIES_MAX }; /* entries gather until they are sorted and too many dropped */

struct ledger_page {
    _Atomic uint32_t references;
    int64_t total;
    size_t count;
    struct ledger_entry entries[];
};

struct public_ledger {
    struct ledger_page *page; /* as it stands; NULL since something was added */
    int64_t total;            /* ever added */
    uint32_t share;           /* entries that a unit may have */
    bool is_sorted;
    bool is_over; /* a unit has more than its share */
    uint32_t *of_unit;
    size_t count;
    size_t capacity;
    struct ledger_entry *entries; /* oldest first, once sorted */
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

int64_t ledger_page_total(const struct ledger_page *page)
{
    return page->total;
}

size_t ledger_page_count(const struct ledger_page *page)
{
    return page->count;
}

const struct ledger_entry *ledger_page_entries(const struct ledger_page *page)
{
    return page->entries;
}

size_t ledger_page_find(const struct ledger_page *page, const struct ledger_place *after)
{
    size_t least = 0;
    size_t most = page->count;
    while (least < most) {
        size_t middle = least + (most - least) / 2;
        if (page->entries[middle].when_ms > after->when_ms) {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    for (uint32_t i = 0;
         i < after->shown && least < page->count && page->entries[least].when_ms == after->when_ms; i++) {
        least++;
    }
    return least;
}

struct ledger_place ledger_page_place(const struct ledger_page *page, size_t index)
{
    struct ledger_place place = {.when_ms = page->entries[index].when_ms, .shown = 1};
    while (place.shown <= index && page->entries[index - place.shown].when_ms == place.when_ms) {
        place.shown++;
    }
    return place;
}

struct public_ledger *public_ledger_new(uint32_t unit_count)
{
    struct public_ledger *ledger = memory_new(sizeof *ledger);
    ledger->share = LEDGER_UNIT_ENTRIES_MAX;
    ledger->is_sorted = true;
    ledger->of_unit = memory_new_array(unit_count, sizeof *ledger->of_unit);
    return ledger;
}

void public_ledger_free(struct public_ledger *ledger)
{
    if (ledger != NULL) {
        ledger_page_release(ledger->page);
        free(ledger->of_unit);
        free(ledger->entries);
        free(ledger);
    }
}

/* ---- order ---- */

static int compare_numbers(int64_t one, int64_t other)
{
    return one == other ? 0 : one < other ? -1 : 1;
}

/* By time; of the same time in an order that every server finds. */
static int compare_entries(const void *one, const void *other)
{
    const struct ledger_entry *a = one;
    const struct ledger_entry *b = other;
    int order = compare_numbers(a->when_ms, b->when_ms);
    if (order == 0) {
        order = strcmp(a->unit_code, b->unit_code);
    }
    if (order == 0) {
        order = compare_numbers(a->seq, b->seq);
    }
    return order != 0 ? order : compare_numbers(a->kind, b->kind);
}

/* ---- shares ---- */

static int64_t change_of(const struct ledger_entry *entry)
{
    uint64_t before;
    uint64_t after;
    bool has_counts = text_parse_unsigned(slice_of(entry->before), INT32_MAX, &before) &&
                      text_parse_unsigned(slice_of(entry->after), INT32_MAX, &after);
    return has_counts ? llabs((int64_t)after - (int64_t)before) : 0;
}

/* Where an entry stands among those of its unit. */
struct rank {
    uint32_t unit;
    uint32_t index;
    int64_t change;
};

/* Those of a unit together; those that changed most first, of these the newest. */
static int compare_ranks(const void *one, const void *other)
{
    const struct rank *a = one;
    const struct rank *b = other;
    int order = compare_numbers(a->unit, b->unit);
    if (order == 0) {
        order = compare_numbers(b->change, a->change);
    }
    return order != 0 ? order : compare_numbers(b->index, a->index);
}

static void drop(struct public_ledger *ledger, size_t index)
{
    ledger->of_unit[ledger->entries[index].unit]--;
    ledger->entries[index].kind = LEDGER_KIND_COUNT;
}

static void close_gaps(struct public_ledger *ledger)
{
    size_t kept = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        if (ledger->entries[i].kind != LEDGER_KIND_COUNT) {
            ledger->entries[kept++] = ledger->entries[i];
        }
    }
    ledger->count = kept;
}

static void keep_shares(struct public_ledger *ledger)
{
    struct rank *ranks = memory_new_array(ledger->count, sizeof *ranks);
    for (size_t i = 0; i < ledger->count; i++) {
        ranks[i] = (struct rank){ledger->entries[i].unit, (uint32_t)i, change_of(&ledger->entries[i])};
    }
    qsort(ranks, ledger->count, sizeof *ranks, compare_ranks);
    uint32_t of_this_unit = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        of_this_unit = i > 0 && ranks[i].unit == ranks[i - 1].unit ? of_this_unit + 1 : 1;
        if (of_this_unit > ledger->share && ranks[i].unit != REGISTER_NONE) {
            drop(ledger, ranks[i].index);
        }
    }
    free(ranks);
    close_gaps(ledger);
}

static void drop_oldest(struct public_ledger *ledger)
{
    size_t too_many = ledger->count - LEDGER_ENTRIES_MAX;
    for (size_t i = 0; i < ledger->count && too_many > 0; i++) {
        if (ledger->entries[i].unit != REGISTER_NONE) {
            drop(ledger, i);
            too_many--;
        }
    }
    close_gaps(ledger);
}

/* Sorts, and drops what is too much. */
static void settle(struct public_ledger *ledger)
{
    if (!ledger->is_sorted) {
        qsort(ledger->entries, ledger->count, sizeof ledger->entries[0], compare_entries);
        ledger->is_sorted = true;
    }
    if (ledger->is_over) {
        keep_shares(ledger);
        ledger->is_over = false;
    }
    while (ledger->count > LEDGER_ENTRIES_MAX && ledger->share > 1) {
        ledger->share /= 2;
        keep_shares(ledger);
    }
    if (ledger->count > LEDGER_ENTRIES_MAX) {
        drop_oldest(ledger);
    }
}

void public_ledger_add(struct public_ledger *ledger, const struct ledger_entry *entry)
{
    if (ledger->count >= ROOM) {
        settle(ledger);
    }
    if (ledger->count == ledger->capacity) {
        ledger->capacity = ledger->capacity == 0 ? 64 : 2 * ledger->capacity;
        ledger->entries = memory_resize(ledger->entries, ledger->capacity, sizeof ledger->entries[0]);
    }
    if (ledger->count > 0 && compare_entries(entry, &ledger->entries[ledger->count - 1]) < 0) {
        ledger->is_sorted = false;
    }
    ledger->entries[ledger->count++] = *entry;
    ledger->total++;
    if (entry->unit != REGISTER_NONE && ++ledger->of_unit[entry->unit] > ledger->share) {
        ledger->is_over = true;
    }
    ledger_page_release(ledger->page);
    ledger->page = NULL;
}

struct ledger_page *public_ledger_page(struct public_ledger *ledger)
{
    if (ledger->page == NULL) {
        settle(ledger);
        struct ledger_page *page = memory_new(sizeof *page + ledger->count * sizeof ledger->entries[0]);
        atomic_init(&page->references, 1);
        page->total = ledger->total;
        page->count = ledger->count;
        for (size_t i = 0; i < ledger->count; i++) {
            page->entries[i] = ledger->entries[ledger->count - 1 - i];
        }
        ledger->page = page;
    }
    return ledger->page;
}
