/* Reports of one unit that are held: its corrections, in an election where every correction is. */
#ifndef TURNOUT_TESTS_HELD_REPORTS_H
#define TURNOUT_TESTS_HELD_REPORTS_H

#include <string.h>

#include <check.h>

#include "expect_redis.h"
#include "store_fixture.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define LOG      "turnout:{e-1:01}:log"
#define HELD     "turnout:{e-1:01}:held"
#define WAITING  "turnout:{e-1:01}:waiting"
#define ASIDE    "turnout:{e-1:01}:aside"
#define LEDGER   "turnout:{e-1:01}:ledger"

enum { UNIT = 0, ROLL = 40, PROVINCE = 1, COMMUNE = 3 }; /* 01.1-001 in 01.1 in 01 */

/* Roll changes are counted. Allows DEBUG DIGEST. */
static inline void held_begin(struct store_fixture *fixture)
{
    static const char *const with_debug[] = {"--enable-debug-command", "yes", NULL};
    store_fixture_start(fixture, with_debug);
    fixture->election.rules.modes[RULE_CORRECTIONS] = MODE_HOLD;
    fixture->election.rules.modes[RULE_ROLL_CHANGE] = MODE_OFF;
    store_fixture_open(fixture);
}

static inline struct report held_correction(const struct store_fixture *fixture, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(fixture, UNIT, seq, voted);
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISTYPED;
    ck_assert(slice_copy(slice_of("ghi \"nhầm\" \\ hàng"), report.note, sizeof report.note));
    ck_assert(slice_copy(slice_of("k-1"), report.key, sizeof report.key));
    memset(report.sig, 'A', SIGNATURE_TEXT_BYTES);
    return report;
}

static inline struct report_outcome held_apply(struct store_fixture *fixture, const struct report *report,
                                               enum report_status wanted)
{
    struct report_outcome outcome;
    (void)store_fixture_apply_one(fixture, UNIT, report, &outcome);
    ck_assert_msg(outcome.status == wanted, "%s, not %s: %s", report_status_name(outcome.status),
                  report_status_name(wanted), fixture->why);
    return outcome;
}

/* 10 of 40 by seq 1, and a correction to 9 by seq 2, which is held. */
static inline struct report held_one(struct store_fixture *fixture)
{
    struct report first = store_fixture_report(fixture, UNIT, 1, 10);
    struct report second = held_correction(fixture, 2, 9);
    (void)held_apply(fixture, &first, STATUS_ACCEPTED);
    ck_assert_int_eq(held_apply(fixture, &second, STATUS_HELD).code, CODE_CORRECTION);
    return second;
}

static inline struct fixture_decision held_decision(int32_t seq, bool release)
{
    return (struct fixture_decision){.unit = UNIT,
                                     .seq = seq,
                                     .release = release,
                                     .reason = "hỏi qua điện thoại",
                                     .who = "token:q7-Zt_0a",
                                     .now_ms = 1773600000000};
}

/* `state` is not looked at for DECIDED_UNAVAILABLE and DECIDED_UNSOUND. */
static inline void held_decide(struct store_fixture *fixture, int32_t seq, bool release, enum decided decided,
                               enum held_state state)
{
    struct fixture_decision decision = held_decision(seq, release);
    enum held_state got = HELD_WAITING;
    ck_assert_int_eq(store_fixture_decide(fixture, &decision, &got), decided);
    ck_assert(decided == DECIDED_UNAVAILABLE || decided == DECIDED_UNSOUND || got == state);
}

/* Of the province, and of its commune. */
static inline void held_expect_totals(struct store_fixture *fixture, const char *voted, const char *held,
                                      const char *revision)
{
    expect_text(fixture, voted, "HGET " TOTALS " voted");
    expect_text(fixture, held, "HGET " TOTALS " held");
    expect_text(fixture, revision, "HGET " TOTALS " revision");
    expect_word(fixture, revision, "HGET " COMMUNES " 01.1", 0);
    expect_word(fixture, voted, "HGET " COMMUNES " 01.1", 2);
    expect_word(fixture, held, "HGET " COMMUNES " 01.1", 8);
}

#endif
