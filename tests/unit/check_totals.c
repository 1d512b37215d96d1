/* Sums of totals, what figures cannot be, and what a report that counts adds to them. */
#include <turnout/election/totals.h>

#include <stddef.h>

#include <check.h>

#include <turnout/election/rules.h>

#include "suite.h"

/* Every count a different number, so that one left out or mixed up shows. */
static struct totals numbered(int64_t from)
{
    struct totals totals = {
        .voted = from + 1,
        .registered = from + 2,
        .units_reported = from + 3,
        .registered_reported = from + 4,
        .units_final = from + 5,
        .units_complete = from + 6,
        .held = from + 7,
        .revision = from + 8,
        .as_of = from + 9,
    };
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        totals.rounds[i] = from + 10 + i;
        totals.late[i] = from + 60 + i;
    }
    return totals;
}

TEST(test_add_adds_every_count_and_keeps_the_later_as_of)
{
    struct totals sum = numbered(0);
    struct totals part = numbered(1000);
    totals_add(&sum, &part);
    ck_assert_int_eq(sum.voted, 1002);
    ck_assert_int_eq(sum.registered, 1004);
    ck_assert_int_eq(sum.units_reported, 1006);
    ck_assert_int_eq(sum.registered_reported, 1008);
    ck_assert_int_eq(sum.units_final, 1010);
    ck_assert_int_eq(sum.units_complete, 1012);
    ck_assert_int_eq(sum.held, 1014);
    ck_assert_int_eq(sum.revision, 1016);
    ck_assert_int_eq(sum.as_of, 1009);
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        ck_assert_int_eq(sum.rounds[i], 1020 + 2 * (int64_t)i);
        ck_assert_int_eq(sum.late[i], 1120 + 2 * (int64_t)i);
    }
    struct totals earlier = {.as_of = 1008};
    totals_add(&sum, &earlier);
    ck_assert_int_eq(sum.as_of, 1009);
}

TEST(test_add_takes_away_what_is_negative)
{
    struct totals sum = numbered(0);
    struct totals change = {.voted = -1, .registered = -2, .units_final = -5, .units_complete = -6};
    totals_add(&sum, &change);
    ck_assert_int_eq(sum.voted, 0);
    ck_assert_int_eq(sum.registered, 0);
    ck_assert_int_eq(sum.units_final, 0);
    ck_assert_int_eq(sum.units_complete, 0);
}

/* Counts by their place, so that one loop can disturb each in turn. */
static const size_t counts[] = {
    offsetof(struct totals, voted),          offsetof(struct totals, registered),
    offsetof(struct totals, units_reported), offsetof(struct totals, registered_reported),
    offsetof(struct totals, units_final),    offsetof(struct totals, units_complete),
    offsetof(struct totals, held),           offsetof(struct totals, revision),
    offsetof(struct totals, rounds[0]),      offsetof(struct totals, rounds[ROUNDS_MAX - 1]),
    offsetof(struct totals, late[0]),        offsetof(struct totals, late[ROUNDS_MAX - 1]),
};

enum { COUNTS = sizeof counts / sizeof counts[0] };

static int64_t *count_at(struct totals *totals, size_t offset)
{
    return (int64_t *)(void *)((char *)totals + offset);
}

/* What is added alone, by its place: the revision only ever grows. */
LOOP_TEST(no_count_can_fall_below_nothing, COUNTS)
{
    struct totals sum = numbered(0);
    struct totals change = {.as_of = 0};
    int64_t *count = count_at(&change, counts[_i]);
    *count = -*count_at(&sum, counts[_i]);
    ck_assert(totals_can_add(&sum, &change));
    *count -= 1;
    ck_assert(totals_can_add(&sum, &change) == (counts[_i] == offsetof(struct totals, revision)));
    *count = 1;
    ck_assert(totals_can_add(&sum, &change));
    struct totals none = {.as_of = 0};
    ck_assert(totals_can_add(&none, &none));
}

TEST(whether_it_can_be_added_changes_nothing)
{
    struct totals sum = numbered(0);
    struct totals change = numbered(1000);
    ck_assert(totals_can_add(&sum, &change));
    struct totals same = numbered(0);
    ck_assert(totals_equal(&sum, &same));
    ck_assert_int_eq(sum.as_of, same.as_of);
}

LOOP_TEST(test_equal_sees_every_count, COUNTS)
{
    struct totals a = numbered(0);
    struct totals b = numbered(0);
    ck_assert(totals_equal(&a, &b));
    *count_at(&b, counts[_i]) += 1;
    ck_assert(!totals_equal(&a, &b));
}

/* The same as in proto/redis.md. */
static const char *const figures[COUNTS] = {
    "voted",       "registered",     "units_reported", "registered_reported",
    "units_final", "units_complete", "held",           "revision",
    "round:1",     "round:48",       "late:1",         "late:48",
};

LOOP_TEST(what_differs_is_named, COUNTS)
{
    struct totals is = numbered(0);
    struct totals should_be = numbered(0);
    struct totals_fault fault;
    *count_at(&is, counts[_i]) += 5;
    ck_assert(!totals_compare(&is, &should_be, &fault));
    ck_assert_str_eq(fault.figure, figures[_i]);
    ck_assert_int_eq(fault.is, fault.should_be + 5);
    ck_assert_int_eq(fault.should_be, *count_at(&should_be, counts[_i]));
}

/* Counted from the states, or from one change after the other, it is the same. */
TEST(units_count_what_their_changes_add)
{
    const struct unit_state units[] = {
        {.seq = 3, .voted = 40, .registered = 60, .as_of = 100},
        {.seq = 1, .voted = 30, .registered = 30, .as_of = 200, .kind = KIND_FINAL},
        {.registered = 30},
        {.seq = 1, .voted = 0, .registered = 0, .as_of = 50},
    };
    const struct totals wanted = {.voted = 70,
                                  .registered = 120,
                                  .units_reported = 3,
                                  .registered_reported = 90,
                                  .units_final = 1,
                                  .units_complete = 1};
    struct totals sum = rules_count_units(units, 4);
    ck_assert(totals_equal(&sum, &wanted));
    ck_assert_int_eq(sum.as_of, 200);
}

TEST(test_equal_passes_over_as_of)
{
    struct totals a = numbered(0);
    struct totals b = numbered(0);
    b.as_of++;
    ck_assert(totals_equal(&a, &b));
}

static struct totals full(void)
{
    struct totals totals = {
        .voted = 90,
        .registered = 100,
        .units_reported = 4,
        .registered_reported = 90,
        .units_final = 4,
        .units_complete = 4,
        .revision = 9,
        .as_of = 1773529200,
    };
    totals.rounds[0] = 4;
    totals.rounds[ROUNDS_MAX - 1] = 4;
    totals.late[0] = totals.late[ROUNDS_MAX - 1] = 4;
    return totals;
}

TEST(test_plausible_at_its_bounds)
{
    struct totals none = {0};
    struct totals most = full();
    ck_assert(totals_plausible(&none, 0));
    ck_assert(totals_plausible(&most, 4));
    ck_assert(totals_plausible(&most, 5));
    ck_assert(!totals_plausible(&most, 3));
}

LOOP_TEST(test_nothing_negative_is_plausible, COUNTS)
{
    struct totals totals = full();
    *count_at(&totals, counts[_i]) = -1;
    ck_assert(!totals_plausible(&totals, 4));
}

TEST(test_one_too_many_is_not_plausible)
{
    static const struct {
        size_t offset;
        int64_t least; /* what is one above its bound in full() */
    } cases[] = {
        {offsetof(struct totals, voted), 91},
        {offsetof(struct totals, registered_reported), 101},
        {offsetof(struct totals, units_reported), 5},
        {offsetof(struct totals, units_final), 5},
        {offsetof(struct totals, units_complete), 5},
        {offsetof(struct totals, rounds[0]), 5},
        {offsetof(struct totals, rounds[ROUNDS_MAX - 1]), 5},
        {offsetof(struct totals, late[0]), 5},
        {offsetof(struct totals, late[ROUNDS_MAX - 1]), 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct totals totals = full();
        *count_at(&totals, cases[i].offset) = cases[i].least;
        ck_assert_msg(!totals_plausible(&totals, 4), "case %zu", i);
        *count_at(&totals, cases[i].offset) = cases[i].least - 1;
        ck_assert_msg(totals_plausible(&totals, 4), "case %zu", i);
    }
    struct totals totals = full();
    totals.as_of = -1;
    ck_assert(!totals_plausible(&totals, 4));
}

/* ---- what a report that counts adds ---- */

enum { OPENS = 1773529200, LAST_AS_OF = OPENS + 7200, LISTED = 100 };

/* A unit that has reported 50 of 100 in round 2, by seq 7. */
static const struct unit_state prior_state = {
    .seq = 7, .voted = 50, .registered = LISTED, .round = 2, .as_of = LAST_AS_OF};

/* The next report of that unit: nothing has changed. */
static const struct report_received next_report = {.seq = 8,
                                                   .voted = 50,
                                                   .registered = REGISTERED_ABSENT,
                                                   .round = 2,
                                                   .as_of = LAST_AS_OF,
                                                   .received_ms = LAST_AS_OF * INT64_C(1000),
                                                   .digest = {1, 2, 4}};

static struct decision decide(const struct unit_state *before, const struct report_received *received)
{
    static struct election election = {.opens = OPENS};
    rules_init(&election.rules);
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_OFF;
    struct rules_context context = {.phase = PHASE_OPEN, .unit = before, .listed = LISTED};
    struct decision decision;
    rules_decide(&election, &context, received, &decision);
    return decision;
}

TEST(test_first_report_counts_the_whole_roll)
{
    struct unit_state silent = {.registered = LISTED};
    struct report_received received = next_report;
    received.seq = 3;
    received.voted = 20;
    received.registered = 90;
    received.round = 1;
    struct decision decision = decide(&silent, &received);
    struct totals wanted = {.voted = 20,
                            .registered = -10,
                            .units_reported = 1,
                            .registered_reported = 90,
                            .revision = 1,
                            .rounds = {1}};
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
    ck_assert_int_eq(decision.change.as_of, LAST_AS_OF);
    ck_assert_int_eq(decision.after.seq, 3);
    ck_assert_int_eq(decision.after.voted, 20);
    ck_assert_int_eq(decision.after.registered, 90);
    ck_assert_int_eq(decision.after.as_of, LAST_AS_OF);
    ck_assert_int_eq(decision.after.received_ms, received.received_ms);
    ck_assert_int_eq(decision.after.kind, KIND_PROGRESS);
    ck_assert_uint_eq(decision.after.round, 1);
    ck_assert_mem_eq(decision.after.digest, next_report.digest, REPORT_DIGEST_BYTES);
}

TEST(test_first_report_is_held_against_the_listed_roll)
{
    struct unit_state silent = {.registered = LISTED};
    struct report_received received = next_report;
    received.voted = LISTED + 1;
    ck_assert_int_eq(decide(&silent, &received).code, CODE_VOTED_EXCEEDS_REGISTERED);
    received.voted = LISTED;
    ck_assert_int_eq(decide(&silent, &received).status, STATUS_ACCEPTED);
}

TEST(test_later_reports_count_the_difference)
{
    struct report_received received = next_report;
    received.voted = 40;
    received.registered = 103;
    received.kind = KIND_CORRECTION;
    received.reason = REASON_OTHER;
    struct decision decision = decide(&prior_state, &received);
    struct totals wanted = {.voted = -10, .registered = 3, .registered_reported = 3, .revision = 1};
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
}

static const struct {
    int64_t heard; /* added to this round */
    uint32_t round;
    uint32_t after;
} round_cases[] = {{0, 0, 2}, {0, 1, 2}, {0, 2, 2}, {1, 3, 3}, {1, ROUNDS_MAX, ROUNDS_MAX}};

LOOP_TEST(test_a_unit_is_heard_once_in_a_round, COUNT(round_cases))
{
    struct report_received received = next_report;
    received.round = round_cases[_i].round;
    struct decision decision = decide(&prior_state, &received);
    struct totals wanted = {.revision = 1};
    if (round_cases[_i].heard > 0) {
        wanted.rounds[round_cases[_i].round - 1] = 1;
    }
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
    ck_assert_uint_eq(decision.after.round, round_cases[_i].after);
}

enum { ROUND_AT = LAST_AS_OF + 3600, LATE_AFTER_S = 900 };

static const struct {
    uint32_t round;
    int64_t as_of;
    int64_t late;
} late_cases[] = {
    {3, ROUND_AT - 600, 0},
    {3, ROUND_AT, 0},
    {3, ROUND_AT + LATE_AFTER_S, 0},
    {3, ROUND_AT + LATE_AFTER_S + 1, 1},
    {2, ROUND_AT + 7200, 0} /* heard in it already */,
};

LOOP_TEST(a_count_taken_late_is_late_in_its_round, COUNT(late_cases))
{
    struct election election = {.opens = OPENS, .rounds = {OPENS, LAST_AS_OF, ROUND_AT}, .round_count = 3};
    rules_init(&election.rules);
    struct report_received received = next_report;
    received.round = late_cases[_i].round;
    received.as_of = late_cases[_i].as_of;
    received.received_ms = received.as_of * 1000;
    struct rules_context context = {.phase = PHASE_OPEN, .unit = &prior_state, .listed = LISTED};
    struct decision decision;
    struct decision released;
    rules_decide(&election, &context, &received, &decision);
    rules_release(&election, &prior_state, &received, &released);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        ck_assert_int_eq(decision.change.late[i], i + 1 == received.round ? late_cases[_i].late : 0);
        ck_assert_int_eq(released.change.late[i], decision.change.late[i]);
    }
}

static const struct {
    enum report_kind before;
    enum report_kind report;
    enum report_kind after;
    int64_t units_final;
} final_cases[] = {
    {KIND_PROGRESS, KIND_PROGRESS, KIND_PROGRESS, 0},     {KIND_PROGRESS, KIND_FINAL, KIND_FINAL, 1},
    {KIND_PROGRESS, KIND_CORRECTION, KIND_CORRECTION, 0}, {KIND_FINAL, KIND_FINAL, KIND_FINAL, 0},
    {KIND_FINAL, KIND_CORRECTION, KIND_FINAL, 0},         {KIND_FINAL, KIND_PROGRESS, KIND_PROGRESS, -1},
    {KIND_CORRECTION, KIND_FINAL, KIND_FINAL, 1},         {KIND_CORRECTION, KIND_PROGRESS, KIND_PROGRESS, 0},
};

LOOP_TEST(test_a_final_unit_stays_final_through_corrections, COUNT(final_cases))
{
    struct unit_state before = prior_state;
    before.kind = final_cases[_i].before;
    struct report_received received = next_report;
    received.kind = final_cases[_i].report;
    received.reason = REASON_OTHER;
    struct decision decision = decide(&before, &received);
    ck_assert_int_eq(decision.after.kind, final_cases[_i].after);
    ck_assert_int_eq(decision.change.units_final, final_cases[_i].units_final);
}

static const struct {
    int32_t voted_before;
    int32_t registered_before;
    int32_t voted;
    int32_t registered;
    int64_t units_complete;
} complete_cases[] = {
    {50, 100, 99, 100, 0},    {50, 100, 100, 100, 1},  {100, 100, 100, 100, 0},
    {100, 100, 100, 101, -1}, {100, 101, 101, 101, 1}, {99, 100, 99, 99, 1},
    {100, 100, 99, 99, 0},    {0, 1, 0, 0, 0},         {1, 1, 0, 0, -1},
};

LOOP_TEST(test_complete_when_every_voter_has_voted_and_there_is_one, COUNT(complete_cases))
{
    struct unit_state before = prior_state;
    before.voted = complete_cases[_i].voted_before;
    before.registered = complete_cases[_i].registered_before;
    struct report_received received = next_report;
    received.voted = complete_cases[_i].voted;
    received.registered = complete_cases[_i].registered;
    received.kind = KIND_CORRECTION;
    received.reason = REASON_OTHER;
    struct decision decision = decide(&before, &received);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert_int_eq(decision.change.units_complete, complete_cases[_i].units_complete);
}

TEST(test_an_empty_unit_may_report)
{
    struct unit_state silent = {.registered = 0};
    struct report_received received = next_report;
    received.voted = 0;
    received.round = 1;
    received.kind = KIND_FINAL;
    struct decision decision = decide(&silent, &received);
    struct totals wanted = {.units_reported = 1, .units_final = 1, .revision = 1, .rounds = {1}};
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
}

SUITE("totals");
