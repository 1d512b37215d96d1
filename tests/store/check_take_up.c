/* Taking up a changed register in a real Redis: what stands afterwards, and what is refused. */
#include <turnout/store/take_up.h>

#include <stdio.h>

#include <check.h>

#include "changed_register.h"
#include "suite.h"

static struct changed_register changed;

static void begin(void)
{
    changed_register_begin(&changed);
}

static void end(void)
{
    changed_register_end(&changed);
}

FIXTURE(begin, end);

TEST(every_kind_is_taken_up_and_adds_up)
{
    make_change(&changed, all_kinds, "02.new");
    ck_assert_int_eq(look(&changed).take_up.outcome, TAKE_UP_POSSIBLE);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
    expect_integer(&changed.store, (int64_t)changed.change->count, "XLEN turnout:{e-1}:ledger");
    follow(&changed);
    check_sums(&changed);
    report(&changed, "u-new", 1, 7, STATUS_ACCEPTED);
    report(&changed, "u-far", 1, 30, STATUS_ACCEPTED);
    report(&changed, "01.2-002", 1, 33, STATUS_ACCEPTED);
}

TEST(it_stands_in_the_ledger_row_by_row)
{
    static const struct edit edits[] = {
        {"u-new", "01.2", "70"}, {"02.1-001", "02.1", "99"}, {NULL, NULL, NULL}};
    make_change(&changed, edits, NULL);
    char roll[32];
    (void)snprintf(
        roll, sizeof roll, "%u",
        changed.store.reg->units[register_find_unit(changed.store.reg, slice_of("02.1-001"))].registered);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    struct buffer wanted = {0};
    buffer_printf(&wanted,
                  "1773561600123 unit-added u-new 0  70 a new station\n"
                  "1773561600123 roll-mended 02.1-001 0 %s 99 a new station\n",
                  roll);
    expect_ledger(&changed.store, "turnout:{e-1}:ledger", wanted.bytes);
    buffer_done(&wanted);
}

TEST(what_was_counted_stays)
{
    static const struct edit edits[] = {{"u-new", "01.1", "70"}, {NULL, NULL, NULL}};
    report(&changed, "01.1-001", 1, 5, STATUS_ACCEPTED);
    make_change(&changed, edits, NULL);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    report(&changed, "01.1-001", 2, 6, STATUS_UNAVAILABLE); /* by a tally that has not heard of it */
    follow(&changed);
    report(&changed, "01.1-001", 1, 5, STATUS_DUPLICATE);
    report(&changed, "01.1-001", 2, 6, STATUS_ACCEPTED);
    expect_text(&changed.store, "6", "HGET turnout:{e-1:01}:totals voted");
}

/* Its worker has not heard of the change yet: its number may be another unit's by now. */
TEST(a_report_of_the_register_before_is_not_decided)
{
    static const struct edit edits[] = {{"01.1-001", NULL, NULL}, {NULL, NULL, NULL}};
    struct election_register *before = changed.store.reg;
    make_change(&changed, edits, NULL);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    register_acquire(before);
    follow(&changed);
    changed.store.reg = before;
    report(&changed, "01.1-001", 1, 5, STATUS_UNAVAILABLE);
    changed.store.reg = changed.after;
    register_release(before);
    expect_text(&changed.store, "0", "HGET turnout:{e-1:01}:totals voted");
}

/* Each, while its unit has reported. */
static const struct edit needing_silence[] = {{"01.1-002", NULL, NULL},
                                              {"01.1-002", "01.2", NULL},
                                              {"01.1-002", "02.1", NULL},
                                              {"01.1-002", "01.1", "95"}};

LOOP_TEST(a_unit_that_counts_is_refused, COUNT(needing_silence))
{
    struct edit edits[] = {needing_silence[_i], {"u-new", "01.2", "70"}, {NULL, NULL, NULL}};
    int64_t registered = registered_in(&changed, "01");
    report(&changed, "01.1-002", 1, 5, STATUS_ACCEPTED);
    make_change(&changed, edits, NULL);
    struct answer looked = look(&changed);
    ck_assert_int_eq(looked.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(looked.heard, "01.1-002 ");
    struct answer answer = take_up(&changed);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(answer.heard, "01.1-002 ");
    check_nothing_noted(&changed);
    ck_assert_int_eq(registered_in(&changed, "01"), registered);
    report(&changed, "01.1-002", 2, 6, STATUS_ACCEPTED);
}

TEST(what_is_impossible_is_not_begun)
{
    static const struct edit edits[] = {{NULL, NULL, NULL}};
    make_change(&changed, edits, "01.1-002x");
    changed.change->impossible = 1;
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_REFUSED);
    check_nothing_noted(&changed);
}

TEST(another_register_in_redis_is_named)
{
    static const struct edit edits[] = {{"u-new", "01.1", "70"}, {NULL, NULL, NULL}};
    make_change(&changed, edits, NULL);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE_BEFORE);
    memset(changed.after->digest, 3, sizeof changed.after->digest);
    struct answer answer = take_up(&changed);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_OTHER);
    ck_assert_str_eq(answer.take_up.other, "0810-40G2");
}

SUITE("take_up");
