/* Every rule that is asked in the store, in every mode, at its boundary. */
#include <turnout/election/rules.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { OPENS = 1773529200, LAST_AS_OF = OPENS + 7200 };

static struct election election = {.id = "vn-2026", .opens = OPENS, .offset_s = 7 * 3600};

/* The rules that contradict a report are as usual; those that find it unlikely are off. */
static void begin(void)
{
    rules_init(&election.rules);
    election.rules.complete_not_before = OPENS + 3600;
    for (size_t rule = RULE_ROLL_CHANGE; rule < RULE_COUNT; rule++) {
        election.rules.modes[rule] = MODE_OFF;
    }
}

static const unsigned char digest[REPORT_DIGEST_BYTES] = {1, 2, 4};

/* A unit that has reported 50 of 100 by seq 7. */
static const struct unit_state standing_unit = {
    .seq = 7, .voted = 50, .registered = 100, .as_of = LAST_AS_OF, .kind = KIND_PROGRESS, .round = 2};

static struct decision decide(const struct unit_state *before, const struct report *report, int32_t alike,
                              uint32_t struck)
{
    struct report_received received = {.report = report, .digest = digest, .struck = struck};
    struct standing standing = {.unit = before, .alike = alike};
    struct decision decision;
    rules_decide(&election, &standing, &received, &decision);
    return decision;
}

/* One report after the standing one (50 of 100 by seq 7, or nothing of 100), two hours after opening; what is left
 * at 0 stays as it stands. */
static const struct {
    const char *name;
    enum rule rule;
    bool is_first;
    enum report_kind kind;
    int32_t voted;
    int32_t registered; /* 0: absent */
    int64_t as_of;      /* 0: an hour after the last one, or three after opening */
    int32_t alike;
    bool is_broken;
} strikes[] = {
    {"roll + 51 and 51 %", RULE_ROLL_CHANGE, false, KIND_PROGRESS, 50, 151, 0, 0, true},
    {"roll + 50", RULE_ROLL_CHANGE, false, KIND_PROGRESS, 50, 150, 0, 0, false},
    {"roll - 50", RULE_ROLL_CHANGE, false, KIND_PROGRESS, 50, 50, 0, 0, false},
    {"the first roll", RULE_ROLL_CHANGE, true, KIND_PROGRESS, 5, 151, 0, 0, true},
    {"a corrected roll", RULE_ROLL_CHANGE, false, KIND_CORRECTION, 50, 151, 0, 0, true},
    {"40 in an hour", RULE_JUMP, false, KIND_PROGRESS, 90, 0, 0, 0, false},
    {"41 in an hour", RULE_JUMP, false, KIND_PROGRESS, 91, 0, 0, 0, true},
    {"40 in a second less", RULE_JUMP, false, KIND_PROGRESS, 90, 0, LAST_AS_OF + 3599, 0, true},
    {"nobody in no time", RULE_JUMP, false, KIND_PROGRESS, 50, 0, LAST_AS_OF, 0, false},
    {"one in no time is one in a minute", RULE_JUMP, false, KIND_PROGRESS, 51, 0, LAST_AS_OF, 0, true},
    {"the first 80 in two hours", RULE_JUMP, true, KIND_PROGRESS, 80, 0, OPENS + 7200, 0, false},
    {"the first 81 in two hours", RULE_JUMP, true, KIND_FINAL, 81, 0, OPENS + 7200, 0, true},
    {"corrected to 80 in two hours", RULE_JUMP, false, KIND_CORRECTION, 80, 0, LAST_AS_OF, 0, false},
    {"corrected to 81 in two hours", RULE_JUMP, false, KIND_CORRECTION, 81, 0, LAST_AS_OF, 0, true},
    {"all a second too early", RULE_EARLY_COMPLETE, true, KIND_PROGRESS, 100, 0, OPENS + 3599, 0, true},
    {"all at the hour", RULE_EARLY_COMPLETE, true, KIND_PROGRESS, 100, 0, OPENS + 3600, 0, false},
    {"all but one", RULE_EARLY_COMPLETE, true, KIND_PROGRESS, 99, 0, OPENS, 0, false},
    {"all of the new roll", RULE_EARLY_COMPLETE, true, KIND_PROGRESS, 99, 99, OPENS, 0, true},
    {"two alike", RULE_SAME_FIGURES, false, KIND_PROGRESS, 60, 0, 0, 1, false},
    {"three alike", RULE_SAME_FIGURES, false, KIND_PROGRESS, 60, 0, 0, 2, true},
    {"three with nobody yet", RULE_SAME_FIGURES, true, KIND_PROGRESS, 0, 0, 0, 2, false},
    {"a correction", RULE_CORRECTIONS, false, KIND_CORRECTION, 60, 0, 0, 0, true},
    {"a final report", RULE_CORRECTIONS, false, KIND_FINAL, 60, 0, 0, 0, false},
    {"one over the roll", RULE_OVER_ROLL, false, KIND_PROGRESS, 101, 0, 0, 0, true},
    {"a second back", RULE_AS_OF_BEFORE_LAST, false, KIND_PROGRESS, 50, 0, LAST_AS_OF - 1, 0, true},
    {"one fewer", RULE_DECREASE, false, KIND_PROGRESS, 49, 0, 0, 0, true},
    {"one fewer at the end is another rule", RULE_DECREASE, false, KIND_FINAL, 49, 0, 0, 0, false},
    {"one fewer at the end", RULE_FINAL_BELOW, false, KIND_FINAL, 49, 0, 0, 0, true},
    {"one fewer is another rule", RULE_FINAL_BELOW, false, KIND_PROGRESS, 49, 0, 0, 0, false},
    {"one fewer, corrected", RULE_FINAL_BELOW, false, KIND_CORRECTION, 49, 0, 0, 0, false},
};

static struct decision decide_strike(size_t at)
{
    static const int64_t hour_s = 3600;
    struct unit_state before = standing_unit;
    if (strikes[at].is_first) {
        before = (struct unit_state){.registered = 100};
    }
    int64_t usual = strikes[at].is_first ? OPENS + 3 * hour_s : LAST_AS_OF + hour_s;
    struct report report = {.seq = 8,
                            .voted = strikes[at].voted,
                            .registered =
                                strikes[at].registered == 0 ? REGISTERED_ABSENT : strikes[at].registered,
                            .as_of = strikes[at].as_of == 0 ? usual : strikes[at].as_of,
                            .kind = strikes[at].kind,
                            .reason = strikes[at].kind == KIND_CORRECTION ? REASON_OTHER : REASON_NONE};
    return decide(&before, &report, strikes[at].alike, 0);
}

FIXTURE(begin, NULL);

LOOP_TEST(test_every_rule_strikes_at_its_boundary, COUNT(strikes))
{
    enum rule rule = strikes[_i].rule;
    election.rules.voters_an_hour = 40;
    for (size_t other = 0; other < RULE_COUNT; other++) {
        election.rules.modes[other] = other == RULE_OVER_ROLL ? MODE_HOLD : MODE_OFF;
    }
    static const enum report_status statuses[] = {STATUS_ACCEPTED, STATUS_ACCEPTED, STATUS_HELD,
                                                  STATUS_REJECTED};
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        if (!rule_allows(rule, (enum rule_mode)mode)) {
            continue;
        }
        election.rules.modes[rule] = (enum rule_mode)mode;
        struct decision decision = decide_strike((size_t)_i);
        bool is_told = strikes[_i].is_broken && mode != MODE_OFF;
        enum report_status wanted = strikes[_i].is_broken ? statuses[mode] : STATUS_ACCEPTED;
        ck_assert_msg(decision.status == wanted, "%s, %s: %s", strikes[_i].name,
                      rule_mode_name((enum rule_mode)mode), report_status_name(decision.status));
        ck_assert_msg(decision.struck == (is_told ? 1U << rule : 0), "%s: %x", strikes[_i].name,
                      decision.struck);
        ck_assert_int_eq(decision.code, wanted == STATUS_ACCEPTED ? CODE_NONE : rule_code(rule));
        struct totals held = {.held = 1, .revision = 1};
        ck_assert(decision.status != STATUS_HELD || totals_equal(&decision.change, &held));
    }
}

/* The percentage of a roll change, where the voters alone would be too many. */
TEST(test_roll_change_needs_both)
{
    struct unit_state before = {.seq = 1, .registered = 1000};
    struct report report = {.seq = 2, .registered = 1100, .as_of = LAST_AS_OF};
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    ck_assert_int_eq(decide(&before, &report, 0, 0).status, STATUS_ACCEPTED);
    report.registered = 1101;
    ck_assert_int_eq(decide(&before, &report, 0, 0).code, CODE_ROLL_CHANGED);
    report.registered = 899;
    ck_assert_int_eq(decide(&before, &report, 0, 0).code, CODE_ROLL_CHANGED);
    before.registered = 0;
    report.registered = 50;
    ck_assert_int_eq(decide(&before, &report, 0, 0).status, STATUS_ACCEPTED);
    report.registered = 51;
    ck_assert_int_eq(decide(&before, &report, 0, 0).status, STATUS_HELD);
}

/* A correction of the roll upwards, as of before the last report. */
TEST(test_the_strictest_mode_decides_and_its_first_rule_names)
{
    struct unit_state before = standing_unit;
    struct report report = {
        .seq = 8, .voted = 200, .registered = 200, .as_of = LAST_AS_OF - 1, .kind = KIND_CORRECTION};
    enum rule_mode *modes = election.rules.modes;
    modes[RULE_AS_OF_BEFORE_LAST] = MODE_FLAG;
    modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    modes[RULE_JUMP] = MODE_OFF;
    modes[RULE_CORRECTIONS] = MODE_HOLD;
    struct decision decision = decide(&before, &report, 0, 0);
    ck_assert_int_eq(decision.status, STATUS_HELD);
    ck_assert_int_eq(decision.code, CODE_ROLL_CHANGED);
    char flags[RULE_FLAGS_BYTES];
    rules_write_flags(decision.struck, flags);
    ck_assert_str_eq(flags, "as-of-before-last,roll-changed,correction");

    modes[RULE_CORRECTIONS] = MODE_REJECT;
    decision = decide(&before, &report, 0, 0);
    ck_assert_int_eq(decision.status, STATUS_REJECTED);
    ck_assert_int_eq(decision.code, CODE_CORRECTION);

    modes[RULE_CORRECTIONS] = modes[RULE_ROLL_CHANGE] = MODE_FLAG;
    decision = decide(&before, &report, 0, 0);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert_int_eq(decision.code, CODE_NONE);
    ck_assert_int_eq(decision.after.as_of, LAST_AS_OF - 1);
}

TEST(test_what_the_check_found_counts_too)
{
    struct unit_state before = standing_unit;
    struct report report = {.seq = 8, .voted = 49, .registered = REGISTERED_ABSENT, .as_of = LAST_AS_OF};
    uint32_t found = UINT32_C(1) << RULE_AS_OF_IN_FUTURE;
    election.rules.modes[RULE_AS_OF_IN_FUTURE] = MODE_HOLD;
    ck_assert_int_eq(decide(&before, &report, 0, found).code, CODE_COUNT_DECREASED);
    election.rules.modes[RULE_DECREASE] = MODE_HOLD;
    struct decision decision = decide(&before, &report, 0, found);
    ck_assert_int_eq(decision.status, STATUS_HELD);
    ck_assert_int_eq(decision.code, CODE_AS_OF_IN_FUTURE);
}

TEST(test_all_flags_fit)
{
    char flags[RULE_FLAGS_BYTES];
    rules_write_flags((1U << RULE_COUNT) - 1, flags);
    ck_assert_ptr_nonnull(strstr(flags, ",same-figures,correction"));
    rules_write_flags(0, flags);
    ck_assert_str_eq(flags, "");
}

SUITE("strikes");
