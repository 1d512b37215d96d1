/* Last tries that were refused: one a unit, the newest first, and no more than there is room for. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <turnout/service/refusals.h>

#include "suite.h"

enum { UNITS = REFUSALS_MAX + 10 };

static struct refusals *refusals;

static void begin(void)
{
    refusals = refusals_new(UNITS);
}

static void end(void)
{
    refusals_release(refusals);
}

static void note(uint32_t unit, int32_t seq, enum report_status status)
{
    struct report_received received = {.seq = seq, .voted = 10 * seq};
    struct report_result result = {.status = status, .code = CODE_TOO_MANY, .detail = "too many"};
    refusals_note(refusals, unit, &received, &result);
}

struct listed {
    size_t count;
    uint32_t first;
    uint32_t last;
    int32_t last_seq;
    uint64_t number;
};

static void on_refusal(void *context, const struct refusal *refusal)
{
    struct listed *listed = context;
    ck_assert(listed->count == 0 || refusal->number < listed->number);
    ck_assert_int_eq(refusal->voted, 10 * refusal->seq);
    ck_assert_str_eq(refusal->detail, "too many");
    listed->first = listed->count == 0 ? refusal->unit : listed->first;
    listed->last = refusal->unit;
    listed->last_seq = refusal->seq;
    listed->number = refusal->number;
    listed->count++;
}

static struct listed list(void)
{
    struct listed listed = {0};
    refusals_each(refusals, on_refusal, &listed);
    return listed;
}

FIXTURE(begin, end);

TEST(a_unit_has_one_entry)
{
    ck_assert_uint_eq(list().count, 0);
    note(1, 1, STATUS_REJECTED);
    note(2, 1, STATUS_REJECTED);
    note(1, 2, STATUS_REJECTED);
    struct listed listed = list();
    ck_assert_uint_eq(listed.count, 2);
    ck_assert_uint_eq(listed.first, 1);
    ck_assert_uint_eq(listed.last, 2);
}

TEST(an_answer_that_is_no_refusal_ends_it)
{
    static const enum report_status ends[] = {STATUS_ACCEPTED, STATUS_DUPLICATE, STATUS_HELD};
    static const enum report_status others[] = {STATUS_UNAVAILABLE, STATUS_SUPERSEDED};
    for (size_t i = 0; i < COUNT(ends); i++) {
        note(1, 1, STATUS_REJECTED);
        ck_assert_uint_eq(list().count, 1);
        note(2, 1, ends[i]);
        note(1, 1, others[i % 2]);
        ck_assert_uint_eq(list().count, 1);
        note(1, 1, ends[i]);
        ck_assert_uint_eq(list().count, 0);
    }
    refusals_note(NULL, 1, NULL, NULL);
}

TEST(the_oldest_makes_room)
{
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        note(unit, 1, STATUS_REJECTED);
    }
    struct listed listed = list();
    ck_assert_uint_eq(listed.count, REFUSALS_MAX);
    ck_assert_uint_eq(listed.first, UNITS - 1);
    ck_assert_uint_eq(listed.last, UNITS - REFUSALS_MAX);
    note(0, 1, STATUS_ACCEPTED); /* is out already */
    note(UNITS - REFUSALS_MAX, 2, STATUS_REJECTED);
    listed = list();
    ck_assert_uint_eq(listed.count, REFUSALS_MAX);
    ck_assert_uint_eq(listed.first, UNITS - REFUSALS_MAX);
}

SUITE("refusals");
