/* The rules for a report, branch by branch. */
#include <turnout/election/rules.h>

#include <inttypes.h>
#include <string.h>

#include <check.h>

#include "suite.h"

enum { OPENS = 1773529200, TOLERANCE_S = 120, LAST_AS_OF = OPENS + 7200 };

/* ---- before the store ---- */

static struct election election = {.id = "vn-2026", .opens = OPENS, .offset_s = 7 * 3600};

/* The rules that contradict a report are as usual; those that find it unlikely are off. */
static void begin(void)
{
    rules_init(&election.rules);
    election.rules.as_of_tolerance_s = TOLERANCE_S;
    election.rules.complete_not_before = OPENS + 3600;
    for (size_t rule = RULE_ROLL_CHANGE; rule < RULE_COUNT; rule++) {
        election.rules.modes[rule] = MODE_OFF;
    }
}

static const struct {
    const char *name;
    const char *election;
    int64_t as_of;
    int64_t now_ms;
    enum report_kind kind;
    enum report_reason reason;
    enum report_code code; /* CODE_NONE: passes */
    const char *field;
} checks[] = {
    {"plain", "vn-2026", OPENS + 60, (OPENS + 60) * INT64_C(1000), KIND_PROGRESS, REASON_NONE, CODE_NONE, ""},
    {"another election", "vn-2021", OPENS + 60, (OPENS + 60) * INT64_C(1000), KIND_PROGRESS, REASON_NONE,
     CODE_WRONG_ELECTION, "election"},
    {"a prefix is another election", "vn-202", OPENS + 60, (OPENS + 60) * INT64_C(1000), KIND_PROGRESS,
     REASON_NONE, CODE_WRONG_ELECTION, "election"},
    {"ahead by the tolerance", "vn-2026", OPENS + TOLERANCE_S, OPENS *INT64_C(1000), KIND_PROGRESS,
     REASON_NONE, CODE_NONE, ""},
    {"ahead by a millisecond more", "vn-2026", OPENS + TOLERANCE_S, OPENS *INT64_C(1000) - 1, KIND_PROGRESS,
     REASON_NONE, CODE_AS_OF_IN_FUTURE, "as_of"},
    {"at opening", "vn-2026", OPENS, OPENS *INT64_C(1000), KIND_FINAL, REASON_NONE, CODE_NONE, ""},
    {"a second before opening", "vn-2026", OPENS - 1, OPENS *INT64_C(1000), KIND_PROGRESS, REASON_NONE,
     CODE_AS_OF_BEFORE_OPENING, "as_of"},
    {"correction with a reason", "vn-2026", OPENS, OPENS *INT64_C(1000), KIND_CORRECTION, REASON_OTHER,
     CODE_NONE, ""},
    {"correction without", "vn-2026", OPENS, OPENS *INT64_C(1000), KIND_CORRECTION, REASON_NONE,
     CODE_REASON_REQUIRED, "reason"},
    {"the election comes first", "x", OPENS - 1, 0, KIND_CORRECTION, REASON_NONE, CODE_WRONG_ELECTION,
     "election"},
};

FIXTURE(begin, NULL);

LOOP_TEST(test_check, COUNT(checks))
{
    struct report report = {.unit = "u",
                            .seq = 1,
                            .as_of = checks[_i].as_of,
                            .kind = checks[_i].kind,
                            .reason = checks[_i].reason};
    ck_assert(slice_copy(slice_of(checks[_i].election), report.election, sizeof report.election));
    rfc3339_format(report.as_of, election.offset_s, report.as_of_text);

    struct report_result result = {.code = CODE_NONE};
    uint32_t struck = UINT32_MAX;
    bool passes = rules_check_election(&election, &report, &result) &&
                  rules_check(&election, &report, checks[_i].now_ms, &struck, &result);
    ck_assert_uint_eq(struck, passes ? 0 : UINT32_MAX);
    ck_assert_msg(passes == (checks[_i].code == CODE_NONE), "%s", checks[_i].name);
    ck_assert_msg(result.code == checks[_i].code, "%s: %s", checks[_i].name, report_code_name(result.code));
    ck_assert_str_eq(result.field, checks[_i].field);
    if (!passes) {
        ck_assert_int_eq(result.status, STATUS_REJECTED);
        ck_assert_str_eq(result.unit, "u");
        ck_assert_int_eq(result.seq, 1);
        ck_assert_str_ne(result.detail, "");
    }
}

TEST(test_check_says_by_how_much)
{
    struct report report = {.election = "vn-2026", .as_of = OPENS + 300};
    struct report_result result;
    uint32_t struck;
    ck_assert(slice_copy(slice_of("2026-03-15T06:05:00+07:00"), report.as_of_text, sizeof report.as_of_text));
    ck_assert(!rules_check(&election, &report, OPENS * INT64_C(1000) + 1, &struck, &result));
    ck_assert_str_eq(result.detail, "2026-03-15T06:05:00+07:00 is 300 s ahead of the server's clock");

    report.as_of = OPENS - 1;
    ck_assert(slice_copy(slice_of("2026-03-15T05:59:59+07:00"), report.as_of_text, sizeof report.as_of_text));
    ck_assert(!rules_check(&election, &report, OPENS * INT64_C(1000), &struck, &result));
    ck_assert_str_eq(result.detail, "2026-03-15T05:59:59+07:00; the polls open at 2026-03-15T06:00:00+07:00");
}

/* Of a report from before opening, by a server whose clock is far behind, so that both rules strike. */
static const struct {
    enum rule_mode in_future;
    enum rule_mode before_opening;
    enum report_code code; /* CODE_NONE: passes, and both are told */
} check_modes[] = {
    {MODE_REJECT, MODE_REJECT, CODE_AS_OF_IN_FUTURE},
    {MODE_HOLD, MODE_REJECT, CODE_AS_OF_BEFORE_OPENING},
    {MODE_REJECT, MODE_OFF, CODE_AS_OF_IN_FUTURE},
    {MODE_OFF, MODE_REJECT, CODE_AS_OF_BEFORE_OPENING},
    {MODE_HOLD, MODE_FLAG, CODE_NONE},
    {MODE_OFF, MODE_OFF, CODE_NONE},
};

LOOP_TEST(test_check_goes_on_unless_it_rejects, COUNT(check_modes))
{
    struct report report = {.election = "vn-2026", .as_of = OPENS - 1};
    struct report_result result = {.code = CODE_NONE};
    uint32_t struck = 0;
    election.rules.modes[RULE_AS_OF_IN_FUTURE] = check_modes[_i].in_future;
    election.rules.modes[RULE_AS_OF_BEFORE_OPENING] = check_modes[_i].before_opening;
    bool passes = rules_check(&election, &report, 0, &struck, &result);
    ck_assert(passes == (check_modes[_i].code == CODE_NONE));
    ck_assert_int_eq(result.code, check_modes[_i].code);
    ck_assert_uint_eq(struck, passes ? 1U << RULE_AS_OF_IN_FUTURE | 1U << RULE_AS_OF_BEFORE_OPENING : 0);
    if (passes) {
        report.kind = KIND_CORRECTION;
        ck_assert(!rules_check(&election, &report, 0, &struck, &result));
        ck_assert_int_eq(result.code, CODE_REASON_REQUIRED);
    }
}

/* ---- in the store ---- */

static const unsigned char digest_last[REPORT_DIGEST_BYTES] = {1, 2, 3};
static const unsigned char digest_other[REPORT_DIGEST_BYTES] = {1, 2, 4};

/* A unit that has reported 50 of 100 in round 2, by seq 7. */
static struct unit_state standing(enum report_kind kind)
{
    struct unit_state state = {.seq = 7,
                               .voted = 50,
                               .registered = 100,
                               .as_of = LAST_AS_OF,
                               .received_ms = 1,
                               .kind = kind,
                               .round = 2};
    memcpy(state.digest, digest_last, sizeof state.digest);
    return state;
}

static struct decision decide(const struct unit_state *before, const struct report *report, uint32_t round,
                              const unsigned char *digest)
{
    struct decision decision;
    struct report_received received = {.report = report, .digest = digest, .round = round, .received_ms = 99};
    struct standing unheld = {.unit = before};
    rules_decide(&election, &unheld, &received, &decision);
    return decision;
}

static const struct {
    const char *name;
    int32_t seq;
    int32_t voted;
    int32_t registered;
    int64_t as_of;
    enum report_kind kind;
    bool same_digest;
    enum report_status status;
    enum report_code code;
} decisions[] = {
    {"older", 6, 60, -1, LAST_AS_OF + 1, KIND_PROGRESS, false, STATUS_SUPERSEDED, CODE_NONE},
    {"older, and wrong besides", 6, 999, -1, 0, KIND_PROGRESS, false, STATUS_SUPERSEDED, CODE_NONE},
    {"older with the last one's content", 6, 50, -1, LAST_AS_OF, KIND_PROGRESS, true, STATUS_SUPERSEDED,
     CODE_NONE},
    {"the same again", 7, 50, -1, LAST_AS_OF, KIND_PROGRESS, true, STATUS_DUPLICATE, CODE_NONE},
    {"the same seq, other content", 7, 51, -1, LAST_AS_OF, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_SEQ_CONFLICT},
    {"the same seq, over the roll", 7, 101, -1, LAST_AS_OF, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_SEQ_CONFLICT},
    {"next", 8, 51, -1, LAST_AS_OF + 1, KIND_PROGRESS, false, STATUS_ACCEPTED, CODE_NONE},
    {"a gap", 800, 51, -1, LAST_AS_OF + 1, KIND_PROGRESS, false, STATUS_ACCEPTED, CODE_NONE},
    {"next, same content", 8, 50, -1, LAST_AS_OF, KIND_PROGRESS, true, STATUS_ACCEPTED, CODE_NONE},
    {"everybody", 8, 100, -1, LAST_AS_OF, KIND_PROGRESS, false, STATUS_ACCEPTED, CODE_NONE},
    {"one more than everybody", 8, 101, -1, LAST_AS_OF, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_VOTED_EXCEEDS_REGISTERED},
    {"the roll grows with it", 8, 101, 101, LAST_AS_OF, KIND_PROGRESS, false, STATUS_ACCEPTED, CODE_NONE},
    {"the roll shrinks below it", 8, 51, 50, LAST_AS_OF, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_VOTED_EXCEEDS_REGISTERED},
    {"a correction over the roll", 8, 101, -1, LAST_AS_OF, KIND_CORRECTION, false, STATUS_REJECTED,
     CODE_VOTED_EXCEEDS_REGISTERED},
    {"as of before the last", 8, 51, -1, LAST_AS_OF - 1, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_AS_OF_BEFORE_LAST},
    {"a correction as of before the last", 8, 40, -1, LAST_AS_OF - 1, KIND_CORRECTION, false, STATUS_REJECTED,
     CODE_AS_OF_BEFORE_LAST},
    {"fewer", 8, 49, -1, LAST_AS_OF, KIND_PROGRESS, false, STATUS_REJECTED, CODE_COUNT_DECREASED},
    {"fewer at the end", 8, 49, -1, LAST_AS_OF, KIND_FINAL, false, STATUS_REJECTED, CODE_COUNT_DECREASED},
    {"fewer, corrected", 8, 49, -1, LAST_AS_OF, KIND_CORRECTION, false, STATUS_ACCEPTED, CODE_NONE},
    {"over the roll before as_of", 8, 101, -1, 0, KIND_PROGRESS, false, STATUS_REJECTED,
     CODE_VOTED_EXCEEDS_REGISTERED},
    {"as_of before the count", 8, 49, -1, 0, KIND_PROGRESS, false, STATUS_REJECTED, CODE_AS_OF_BEFORE_LAST},
};

LOOP_TEST(test_decide, COUNT(decisions))
{
    struct unit_state before = standing(KIND_PROGRESS);
    struct report report = {.seq = decisions[_i].seq,
                            .voted = decisions[_i].voted,
                            .registered = decisions[_i].registered,
                            .as_of = decisions[_i].as_of,
                            .kind = decisions[_i].kind};
    struct decision decision =
        decide(&before, &report, 2, decisions[_i].same_digest ? digest_last : digest_other);
    ck_assert_msg(decision.status == decisions[_i].status, "%s: %s", decisions[_i].name,
                  report_status_name(decision.status));
    ck_assert_msg(decision.code == decisions[_i].code, "%s: %s", decisions[_i].name,
                  report_code_name(decision.code));

    struct totals nothing = {.dup_seen = decision.status == STATUS_DUPLICATE ? 1 : 0};
    if (decision.status != STATUS_ACCEPTED) {
        ck_assert_msg(totals_equal(&decision.change, &nothing), "%s", decisions[_i].name);
        ck_assert_int_eq(decision.change.as_of, 0);
    }
}

TEST(test_first_report_counts_the_whole_roll)
{
    struct unit_state silent = {.registered = 100};
    struct report report = {
        .seq = 3, .voted = 20, .registered = 90, .as_of = LAST_AS_OF, .kind = KIND_PROGRESS};
    struct decision decision = decide(&silent, &report, 1, digest_other);
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
    ck_assert_int_eq(decision.after.received_ms, 99);
    ck_assert_int_eq(decision.after.kind, KIND_PROGRESS);
    ck_assert_uint_eq(decision.after.round, 1);
    ck_assert_mem_eq(decision.after.digest, digest_other, REPORT_DIGEST_BYTES);
}

TEST(test_first_report_is_held_against_the_listed_roll)
{
    struct unit_state silent = {.registered = 100};
    struct report report = {.seq = 1, .voted = 101, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF};
    ck_assert_int_eq(decide(&silent, &report, 1, digest_other).code, CODE_VOTED_EXCEEDS_REGISTERED);
    report.voted = 100;
    ck_assert_int_eq(decide(&silent, &report, 1, digest_other).status, STATUS_ACCEPTED);
}

TEST(test_later_reports_count_the_difference)
{
    struct unit_state before = standing(KIND_PROGRESS);
    struct report report = {
        .seq = 8, .voted = 40, .registered = 103, .as_of = LAST_AS_OF, .kind = KIND_CORRECTION};
    struct decision decision = decide(&before, &report, 2, digest_other);
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
    struct unit_state before = standing(KIND_PROGRESS);
    struct report report = {.seq = 8, .voted = 50, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF};
    struct decision decision = decide(&before, &report, round_cases[_i].round, digest_other);
    struct totals wanted = {.revision = 1};
    if (round_cases[_i].heard > 0) {
        wanted.rounds[round_cases[_i].round - 1] = 1;
    }
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
    ck_assert_uint_eq(decision.after.round, round_cases[_i].after);
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
    struct unit_state before = standing(final_cases[_i].before);
    struct report report = {.seq = 8,
                            .voted = 50,
                            .registered = REGISTERED_ABSENT,
                            .as_of = LAST_AS_OF,
                            .kind = final_cases[_i].report};
    struct decision decision = decide(&before, &report, 2, digest_other);
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
    struct unit_state before = standing(KIND_PROGRESS);
    before.voted = complete_cases[_i].voted_before;
    before.registered = complete_cases[_i].registered_before;
    struct report report = {.seq = 8,
                            .voted = complete_cases[_i].voted,
                            .registered = complete_cases[_i].registered,
                            .as_of = LAST_AS_OF,
                            .kind = KIND_CORRECTION};
    struct decision decision = decide(&before, &report, 2, digest_other);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert_int_eq(decision.change.units_complete, complete_cases[_i].units_complete);
}

TEST(test_an_empty_unit_may_report)
{
    struct unit_state silent = {.registered = 0};
    struct report report = {
        .seq = 1, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF, .kind = KIND_FINAL};
    struct decision decision = decide(&silent, &report, 1, digest_other);
    struct totals wanted = {.units_reported = 1, .units_final = 1, .revision = 1, .rounds = {1}};
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert(totals_equal(&decision.change, &wanted));
}

/* ---- held reports ---- */

static const struct {
    const char *name;
    enum held_state state;
    bool same_digest;
    enum report_status status;
    enum report_code code;
    bool by_committee;
} held_cases[] = {
    {"the same again", HELD_WAITING, true, STATUS_HELD, CODE_TOO_FAST, false},
    {"its seq is taken", HELD_WAITING, false, STATUS_REJECTED, CODE_SEQ_CONFLICT, false},
    {"rejected by a committee", HELD_REJECTED, true, STATUS_REJECTED, CODE_TOO_FAST, true},
    {"its seq stays taken", HELD_REJECTED, false, STATUS_REJECTED, CODE_SEQ_CONFLICT, false},
};

LOOP_TEST(test_a_report_that_is_held_keeps_its_seq, COUNT(held_cases))
{
    struct unit_state before = standing(KIND_PROGRESS);
    struct held_report held = {.state = held_cases[_i].state, .code = CODE_TOO_FAST};
    memcpy(held.digest, digest_last, sizeof held.digest);
    struct report report = {.seq = 8, .voted = 60, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF};
    struct report_received received = {.report = &report,
                                       .digest = held_cases[_i].same_digest ? digest_last : digest_other};
    struct standing found = {.unit = &before, .held = &held};
    struct decision decision;
    rules_decide(&election, &found, &received, &decision);
    ck_assert_msg(decision.status == held_cases[_i].status, "%s", held_cases[_i].name);
    ck_assert_int_eq(decision.code, held_cases[_i].code);
    ck_assert(decision.by_committee == held_cases[_i].by_committee);
    struct totals wanted = {.dup_seen = decision.status == STATUS_HELD ? 1 : 0};
    ck_assert(totals_equal(&decision.change, &wanted));
}

TEST(test_what_was_decided_is_the_units_state)
{
    struct unit_state before = standing(KIND_PROGRESS);
    struct held_report held = {.state = HELD_RELEASED};
    memcpy(held.digest, digest_last, sizeof held.digest);
    struct report report = {.seq = 7, .voted = 50, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF};
    struct report_received received = {.report = &report, .digest = digest_last};
    struct standing found = {.unit = &before, .held = &held};
    struct decision decision;
    rules_decide(&election, &found, &received, &decision);
    ck_assert_int_eq(decision.status, STATUS_DUPLICATE);
    held.state = HELD_SUPERSEDED;
    report.seq = 6;
    rules_decide(&election, &found, &received, &decision);
    ck_assert_int_eq(decision.status, STATUS_SUPERSEDED);
}

static const struct {
    const char *name;
    int32_t seq;
    int32_t voted;
    enum report_status status;
    struct totals change;
} releases[] = {
    {"fewer, long ago", 8, 40, STATUS_ACCEPTED, {.voted = -10, .held = -1, .revision = 1}},
    {"the whole roll",
     9,
     100,
     STATUS_ACCEPTED,
     {.voted = 50, .units_complete = 1, .held = -1, .revision = 1}},
    {"over the roll", 8, 101, STATUS_REJECTED, {.voted = 0}},
    {"the unit has reported since", 6, 40, STATUS_SUPERSEDED, {.held = -1, .revision = 1}},
    {"the unit has that seq", 7, 101, STATUS_SUPERSEDED, {.held = -1, .revision = 1}},
};

LOOP_TEST(test_a_release_goes_past_every_rule_but_the_roll, COUNT(releases))
{
    struct unit_state before = standing(KIND_PROGRESS);
    struct report report = {.seq = releases[_i].seq,
                            .voted = releases[_i].voted,
                            .registered = REGISTERED_ABSENT,
                            .as_of = OPENS};
    struct report_received received = {.report = &report, .digest = digest_other, .round = 1};
    struct decision decision;
    rules_release(&before, &received, &decision);
    ck_assert_msg(decision.status == releases[_i].status, "%s", releases[_i].name);
    ck_assert_msg(totals_equal(&decision.change, &releases[_i].change), "%s", releases[_i].name);
    if (decision.status == STATUS_ACCEPTED) {
        ck_assert_int_eq(decision.after.seq, releases[_i].seq);
        ck_assert_int_eq(decision.after.voted, releases[_i].voted);
    }
}

SUITE("rules");
