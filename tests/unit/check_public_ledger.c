/* The public ledger: newest first, bounded, and pages that stay what they were. */
#include <turnout/service/public_ledger.h>

#include <check.h>

#include "suite.h"

static struct public_ledger *ledger;

static void setup(void)
{
    ledger = public_ledger_new();
}

static void teardown(void)
{
    public_ledger_free(ledger);
}

static void add(int64_t when_ms, int32_t seq)
{
    public_ledger_add(ledger, &(struct ledger_entry){.when_ms = when_ms, .seq = seq});
}

static void expect(const int32_t *seqs, size_t count)
{
    const struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(ledger_page_entries(page)[i].seq, seqs[i]);
    }
}

FIXTURE(setup, teardown);

TEST(the_newest_come_first)
{
    expect(NULL, 0);
    add(20, 1);
    expect((const int32_t[]){1}, 1);
    add(30, 2);
    add(10, 3);
    expect((const int32_t[]){2, 1, 3}, 3);
    add(20, 4); /* of the same time: newer, for it came later */
    expect((const int32_t[]){2, 4, 1, 3}, 4);
    add(31, 5);
    add(9, 6);
    expect((const int32_t[]){5, 2, 4, 1, 3, 6}, 6);
}

TEST(the_oldest_are_dropped)
{
    for (int32_t i = 1; i <= LEDGER_PAGE_ENTRIES_MAX; i++) {
        add(i, i);
    }
    add(0, -1); /* older than all */
    const struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), LEDGER_PAGE_ENTRIES_MAX);
    ck_assert_int_eq(ledger_page_entries(page)[LEDGER_PAGE_ENTRIES_MAX - 1].seq, 1);

    add(500, -2);
    add(LEDGER_PAGE_ENTRIES_MAX + 1, -3);
    page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), LEDGER_PAGE_ENTRIES_MAX);
    ck_assert_int_eq(ledger_page_entries(page)[0].seq, -3);
    ck_assert_int_eq(ledger_page_entries(page)[LEDGER_PAGE_ENTRIES_MAX - 1].seq, 3);
    ck_assert_int_eq(ledger_page_entries(page)[1 + LEDGER_PAGE_ENTRIES_MAX - 500].seq, -2);
    ck_assert_int_eq(ledger_page_entries(page)[2 + LEDGER_PAGE_ENTRIES_MAX - 500].seq, 500);
}

TEST(a_page_stays_what_it_was)
{
    add(1, 1);
    struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_ptr_eq(public_ledger_page(ledger), page); /* the same while nothing is added */
    ledger_page_acquire(page);
    add(2, 2);
    ck_assert_ptr_ne(public_ledger_page(ledger), page);
    ck_assert_uint_eq(ledger_page_count(page), 1);
    public_ledger_free(ledger);
    ledger = NULL;
    ck_assert_int_eq(ledger_page_entries(page)[0].seq, 1);
    ledger_page_release(page);
    ledger_page_release(NULL);
}

SUITE("public_ledger");
