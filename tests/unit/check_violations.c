/* Every rule at its boundary, in every mode, and which of several names the answer. */
#include "../../src/election/violations.h"

#include <string.h>

#include <check.h>

#include "suite.h"

enum { OPENS = 1773529200, LAST_AS_OF = OPENS + 7200, HOUR_S = 3600, LISTED = 100 };

static struct election election = {.id = "vn-2026", .opens = OPENS, .offset_s = 7 * HOUR_S};

/* The rules that contradict a report are as usual; those that find it unlikely are off. */
static void begin(void)
{
    rules_init(&election.rules);
    election.rules.complete_not_before = OPENS + HOUR_S;
    for (size_t rule = RULE_ROLL_CHANGE; rule < RULE_COUNT; rule++) {
        election.rules.modes[rule] = MODE_OFF;
    }
}

/* A unit that has reported 50 of 100 by seq 7. */
static const struct unit_state prior_state = {
    .seq = 7, .voted = 50, .registered = LISTED, .round = 2, .as_of = LAST_AS_OF};

/* Its next report, an hour later; nothing else has changed. */
static const struct report_received next_report = {.seq = 8,
                                                   .voted = 50,
                                                   .registered = REGISTERED_ABSENT,
                                                   .reason = REASON_OTHER,
                                                   .as_of = LAST_AS_OF + HOUR_S,
                                                   .received_ms = (LAST_AS_OF + HOUR_S) * INT64_C(1000)};

static struct decision decide(const struct unit_state *before, int32_t listed,
                              const struct report_received *received)
{
    struct rules_context context = {.phase = PHASE_OPEN, .unit = before, .listed = listed};
    struct decision decision;
    rules_decide(&election, &context, received, &decision);
    return decision;
}

/* One report of the unit, or of a silent one; what is left at 0 stays as it is in next_report. */
static const struct {
    const char *what;
    enum rule rule;
    bool is_broken;
    bool is_first;
    enum report_kind kind;
    int32_t voted;
    int32_t registered;
    int32_t seq;
    int64_t as_of;    /* 0: an hour after the last one, or three after opening */
    int64_t ahead_ms; /* of the server's clock */
    int32_t alike;
} cases[] = {
    {"one over the roll", RULE_OVER_ROLL, true, .voted = 101},
    {"all of the roll", RULE_OVER_ROLL, false, .voted = 100},
    {"one over a smaller roll", RULE_OVER_ROLL, true, .registered = 49},
    {"all of a smaller roll", RULE_OVER_ROLL, false, .registered = 50},
    {"a correction over the roll", RULE_OVER_ROLL, true, .kind = KIND_CORRECTION, .voted = 101},
    {"1000 beyond", RULE_SEQ_TOO_FAR, false, .seq = 1007},
    {"1001 beyond", RULE_SEQ_TOO_FAR, true, .seq = 1008},
    {"the first of all by seq 1000", RULE_SEQ_TOO_FAR, false, .is_first = true, .seq = 1000},
    {"the first of all by seq 1001", RULE_SEQ_TOO_FAR, true, .is_first = true, .seq = 1001},
    {"the last seq there is", RULE_SEQ_TOO_FAR, true, .seq = SEQ_MAX},
    {"a correction is no better", RULE_SEQ_TOO_FAR, true, .kind = KIND_CORRECTION, .seq = 1008},
    {"ahead by the tolerance", RULE_AS_OF_IN_FUTURE, false, .ahead_ms = 120000},
    {"ahead by a millisecond more", RULE_AS_OF_IN_FUTURE, true, .ahead_ms = 120001},
    {"long ago", RULE_AS_OF_IN_FUTURE, false, .ahead_ms = -86400000},
    {"at opening", RULE_AS_OF_BEFORE_OPENING, false, .is_first = true, .as_of = OPENS},
    {"a second before opening", RULE_AS_OF_BEFORE_OPENING, true, .is_first = true, .as_of = OPENS - 1},
    {"at the last one", RULE_AS_OF_BEFORE_LAST, false, .as_of = LAST_AS_OF},
    {"a second back", RULE_AS_OF_BEFORE_LAST, true, .as_of = LAST_AS_OF - 1},
    {"corrected a second back", RULE_AS_OF_BEFORE_LAST, true, .kind = KIND_CORRECTION,
     .as_of = LAST_AS_OF - 1},
    {"one fewer", RULE_DECREASE, true, .voted = 49},
    {"as many", RULE_DECREASE, false, .voted = 50},
    {"one fewer at the end is another rule", RULE_DECREASE, false, .kind = KIND_FINAL, .voted = 49},
    {"one fewer at the end", RULE_FINAL_BELOW, true, .kind = KIND_FINAL, .voted = 49},
    {"as many at the end", RULE_FINAL_BELOW, false, .kind = KIND_FINAL, .voted = 50},
    {"one fewer is another rule", RULE_FINAL_BELOW, false, .voted = 49},
    {"one fewer, corrected", RULE_FINAL_BELOW, false, .kind = KIND_CORRECTION, .voted = 49},
    {"roll + 51 and 51 %", RULE_ROLL_CHANGE, true, .registered = 151},
    {"roll + 50", RULE_ROLL_CHANGE, false, .registered = 150},
    {"roll - 50", RULE_ROLL_CHANGE, false, .registered = 50},
    {"the first roll", RULE_ROLL_CHANGE, true, .is_first = true, .registered = 151},
    {"a corrected roll", RULE_ROLL_CHANGE, true, .kind = KIND_CORRECTION, .registered = 151},
    {"40 in an hour", RULE_JUMP, false, .voted = 90},
    {"41 in an hour", RULE_JUMP, true, .voted = 91},
    {"40 in a second less", RULE_JUMP, true, .voted = 90, .as_of = LAST_AS_OF + HOUR_S - 1},
    {"nobody in no time", RULE_JUMP, false, .as_of = LAST_AS_OF},
    {"one in no time is one in a minute", RULE_JUMP, true, .voted = 51, .as_of = LAST_AS_OF},
    {"the first 80 in two hours", RULE_JUMP, false, .is_first = true, .voted = 80,
     .as_of = OPENS + 2 * HOUR_S},
    {"the first 81 in two hours", RULE_JUMP, true, true, KIND_FINAL, .voted = 81,
     .as_of = OPENS + 2 * HOUR_S},
    {"corrected to 80 in two hours", RULE_JUMP, false, false, KIND_CORRECTION, .voted = 80,
     .as_of = LAST_AS_OF},
    {"corrected to 81 in two hours", RULE_JUMP, true, false, KIND_CORRECTION, .voted = 81,
     .as_of = LAST_AS_OF},
    {"all a second too early", RULE_EARLY_COMPLETE, true, true, .voted = 100, .as_of = OPENS + HOUR_S - 1},
    {"all at the hour", RULE_EARLY_COMPLETE, false, true, .voted = 100, .as_of = OPENS + HOUR_S},
    {"all but one", RULE_EARLY_COMPLETE, false, true, .voted = 99, .as_of = OPENS},
    {"all of the new roll", RULE_EARLY_COMPLETE, true, true, .voted = 99, .registered = 99, .as_of = OPENS},
    {"all of a roll of one", RULE_EARLY_COMPLETE, true, true, .voted = 1, .registered = 1, .as_of = OPENS},
    {"two alike", RULE_SAME_FIGURES, false, .voted = 60, .alike = 1},
    {"three alike", RULE_SAME_FIGURES, true, .voted = 60, .alike = 2},
    {"three with one voter", RULE_SAME_FIGURES, true, .is_first = true, .voted = 1, .alike = 2},
    {"three with nobody yet", RULE_SAME_FIGURES, false, .is_first = true, .alike = 2},
    {"a correction", RULE_CORRECTIONS, true, .kind = KIND_CORRECTION},
    {"a final report", RULE_CORRECTIONS, false, .kind = KIND_FINAL},
};

static struct decision decide_case(int at)
{
    static const struct unit_state silent = {.registered = LISTED};
    struct report_received received = next_report;
    struct rules_context context = {
        .phase = PHASE_OPEN, .unit = &prior_state, .listed = LISTED, .alike = cases[at].alike};
    if (cases[at].is_first) {
        context.unit = &silent;
        received.voted = 0;
        received.as_of = OPENS + 3 * HOUR_S;
    }
    received.kind = cases[at].kind;
    received.voted = cases[at].voted == 0 ? received.voted : cases[at].voted;
    received.registered = cases[at].registered == 0 ? received.registered : cases[at].registered;
    received.seq = cases[at].seq == 0 ? received.seq : cases[at].seq;
    received.as_of = cases[at].as_of == 0 ? received.as_of : cases[at].as_of;
    received.received_ms = received.as_of * 1000 - cases[at].ahead_ms;
    struct decision decision;
    rules_decide(&election, &context, &received, &decision);
    return decision;
}

FIXTURE(begin, NULL);

LOOP_TEST(every_rule_is_broken_at_its_boundary, COUNT(cases))
{
    static const enum report_status statuses[] = {STATUS_ACCEPTED, STATUS_ACCEPTED, STATUS_HELD,
                                                  STATUS_REJECTED};
    enum rule rule = cases[_i].rule;
    election.rules.voters_an_hour = 40;
    for (size_t other = 0; other < RULE_COUNT; other++) {
        bool may_be_off = rule_allows((enum rule)other, MODE_OFF);
        election.rules.modes[other] = may_be_off ? MODE_OFF : MODE_HOLD;
    }
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        if (!rule_allows(rule, (enum rule_mode)mode)) {
            continue;
        }
        election.rules.modes[rule] = (enum rule_mode)mode;
        struct decision decision = decide_case(_i);
        enum report_status wanted = cases[_i].is_broken ? statuses[mode] : STATUS_ACCEPTED;
        ck_assert_msg(decision.status == wanted, "%s, %s: %s", cases[_i].what,
                      rule_mode_name((enum rule_mode)mode), report_status_name(decision.status));
        uint32_t violations = violation(rule, cases[_i].is_broken && mode != MODE_OFF);
        ck_assert_msg(decision.violations == violations, "%s: %x", cases[_i].what, decision.violations);
        ck_assert_int_eq(decision.code, wanted == STATUS_ACCEPTED ? CODE_NONE : rule_code(rule));
        struct totals held = {.held = 1, .revision = 1};
        ck_assert(decision.status != STATUS_HELD || totals_equal(&decision.change, &held));
    }
}

TEST(an_empty_roll_is_never_complete)
{
    struct unit_state silent = {.registered = 0};
    struct report_received received = next_report;
    received.voted = 0;
    received.as_of = OPENS;
    election.rules.modes[RULE_EARLY_COMPLETE] = MODE_REJECT;
    ck_assert_int_eq(decide(&silent, 0, &received).status, STATUS_ACCEPTED);
}

/* ---- the roll ---- */

/* The percentage of a roll change, where the voters alone would be too many, and the other way round. */
static const struct {
    int32_t listed;
    int32_t roll;
    bool is_broken;
} rolls[] = {
    {1000, 1100, false}, {1000, 1101, true}, {1000, 900, false},    {1000, 899, true},
    {0, 50, false},      {0, 51, true},      {500, 550, false},     {500, 551, true},
    {300, 350, false},   {300, 351, true},   {VOTERS_MAX, 0, true},
};

LOOP_TEST(a_roll_change_needs_both, COUNT(rolls))
{
    struct unit_state before = {.seq = 1, .registered = rolls[_i].listed};
    struct report_received received = next_report;
    received.voted = 0;
    received.registered = rolls[_i].roll;
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    struct decision decision = decide(&before, rolls[_i].listed, &received);
    ck_assert_msg((decision.status == STATUS_HELD) == rolls[_i].is_broken, "%d to %d", rolls[_i].listed,
                  rolls[_i].roll);
    ck_assert_int_eq(decision.code, rolls[_i].is_broken ? CODE_ROLL_CHANGED : CODE_NONE);
}

LOOP_TEST(many_small_steps_add_up, 2)
{
    int32_t step = _i == 0 ? 10 : -10;
    struct unit_state unit = {.registered = LISTED};
    struct report_received received = next_report;
    received.voted = 0;
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    for (int32_t steps = 1; steps <= 5; steps++) {
        received.seq = steps;
        received.registered = LISTED + steps * step;
        struct decision decision = decide(&unit, LISTED, &received);
        ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
        unit = decision.after;
    }
    received.seq++;
    received.registered += step;
    ck_assert_int_eq(decide(&unit, LISTED, &received).code, CODE_ROLL_CHANGED);
}

/* Of a unit whose roll was let through at 200: only what moves it further, or to another place as far away. */
static const struct {
    int32_t roll;
    bool is_broken;
} moves[] = {{REGISTERED_ABSENT, false}, {200, false}, {201, true}, {199, true}, {151, true}, {150, false}};

LOOP_TEST(a_roll_that_was_let_through_is_no_matter_again, COUNT(moves))
{
    struct unit_state unit = prior_state;
    unit.registered = 200;
    struct report_received received = next_report;
    received.registered = moves[_i].roll;
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    struct decision decision = decide(&unit, LISTED, &received);
    ck_assert_int_eq(decision.code, moves[_i].is_broken ? CODE_ROLL_CHANGED : CODE_NONE);
}

/* ---- several rules at once ---- */

/* Breaks every rule that can be broken together. */
static struct report_received worst_report(enum report_kind kind)
{
    struct report_received received = {.seq = SEQ_MAX,
                                       .voted = kind == KIND_CORRECTION ? 200 : 40,
                                       .registered = kind == KIND_CORRECTION ? 200 : 39,
                                       .kind = kind,
                                       .reason = REASON_OTHER,
                                       .as_of = OPENS - 1};
    return received;
}

TEST(all_violations_are_found_whatever_their_modes)
{
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        election.rules.modes[rule] = MODE_OFF;
    }
    struct rules_context context = {.phase = PHASE_OPEN, .unit = &prior_state, .listed = LISTED, .alike = 9};
    uint32_t found = 0;
    for (int kind = KIND_PROGRESS; kind <= KIND_CORRECTION; kind++) {
        struct report_received received = worst_report((enum report_kind)kind);
        found |= violations_of(&election, &context, &received);
    }
    ck_assert_uint_eq(found, (UINT32_C(1) << RULE_COUNT) - 1);
}

/* A correction of the roll upwards, as of before the last report. */
TEST(the_strictest_mode_decides_and_its_first_rule_names)
{
    struct report_received received = next_report;
    received.voted = 200;
    received.registered = 200;
    received.as_of = LAST_AS_OF - 1;
    received.kind = KIND_CORRECTION;
    enum rule_mode *modes = election.rules.modes;
    modes[RULE_AS_OF_BEFORE_LAST] = MODE_FLAG;
    modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    modes[RULE_CORRECTIONS] = MODE_HOLD;
    struct decision decision = decide(&prior_state, LISTED, &received);
    ck_assert_int_eq(decision.status, STATUS_HELD);
    ck_assert_int_eq(decision.code, CODE_ROLL_CHANGED);
    char flags[RULE_FLAGS_BYTES];
    rules_write_flags(decision.violations, flags);
    ck_assert_str_eq(flags, "as-of-before-last,roll-changed,correction");

    modes[RULE_CORRECTIONS] = MODE_REJECT;
    decision = decide(&prior_state, LISTED, &received);
    ck_assert_int_eq(decision.status, STATUS_REJECTED);
    ck_assert_int_eq(decision.code, CODE_CORRECTION);

    modes[RULE_CORRECTIONS] = modes[RULE_ROLL_CHANGE] = MODE_FLAG;
    decision = decide(&prior_state, LISTED, &received);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert_int_eq(decision.code, CODE_NONE);
    ck_assert_int_eq(decision.after.as_of, LAST_AS_OF - 1);
}

/* Every pair of rules in every pair of modes, both ways round. */
TEST(of_two_rules_the_stricter_or_the_first_names)
{
    static const enum rule_mode modes[] = {MODE_OFF, MODE_FLAG, MODE_HOLD, MODE_REJECT};
    for (size_t pair = 0; pair < RULE_COUNT * RULE_COUNT; pair++) {
        size_t one = pair / RULE_COUNT;
        size_t other = pair % RULE_COUNT;
        for (size_t m = 0; m < MODE_COUNT * MODE_COUNT && one != other; m++) {
            struct rules rules = {.modes = {MODE_OFF}};
            rules.modes[one] = modes[m / MODE_COUNT];
            rules.modes[other] = modes[m % MODE_COUNT];
            bool is_one = rules.modes[one] > rules.modes[other] ||
                          (rules.modes[one] == rules.modes[other] && one < other);
            uint32_t violations = violation((enum rule)one, true) | violation((enum rule)other, true);
            enum rule first = RULE_COUNT;
            enum rule_mode strictest = violations_weigh(&rules, &violations, &first);
            enum rule named = (enum rule)(is_one ? one : other);
            ck_assert_int_eq(strictest, rules.modes[named]);
            ck_assert(strictest == MODE_OFF || first == named);
            ck_assert_uint_eq(violations, violation((enum rule)one, rules.modes[one] != MODE_OFF) |
                                              violation((enum rule)other, rules.modes[other] != MODE_OFF));
        }
    }
}

TEST(test_all_flags_fit)
{
    char flags[RULE_FLAGS_BYTES];
    rules_write_flags((1U << RULE_COUNT) - 1, flags);
    ck_assert_str_eq(flags, "voted-exceeds-registered,seq-too-far,as-of-in-future,as-of-before-opening,"
                            "as-of-before-last,count-decreased,count-decreased,roll-changed,too-fast,"
                            "complete-too-early,same-figures,correction");
    rules_write_flags(0, flags);
    ck_assert_str_eq(flags, "");
}

SUITE("violations");
