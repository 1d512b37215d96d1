/* What a void is to the rules and to the log: sums without the unit, reports that are known again, a line. */
#include <check.h>
#include <string.h>

#include <turnout/election/rules.h>
#include <turnout/wire/log_line.h>

#include "suite.h"

enum { LISTED = 100, LATE = 1000000 };

static struct election election;

static void begin(void)
{
    rules_init(&election.rules);
    election.round_count = ROUNDS_MAX;
}

/* Digests are its numbers. */
static struct report_received report_of(int32_t seq, int32_t voted, uint32_t round, enum report_kind kind)
{
    struct report_received received = {.seq = seq,
                                       .voted = voted,
                                       .registered = REGISTERED_ABSENT,
                                       .kind = kind,
                                       .round = round,
                                       .as_of = round * INT64_C(7200),
                                       .received_ms = round * INT64_C(7200000)};
    const int32_t content[] = {seq, voted, (int32_t)round, (int32_t)kind};
    _Static_assert(sizeof content == REPORT_DIGEST_BYTES, "the content is its own digest");
    memcpy(received.digest, content, sizeof received.digest);
    return received;
}

static struct decision decide(const struct unit_state *unit, const struct held_report *held, size_t count,
                              const struct report_received *received)
{
    struct rules_context context = {
        .phase = PHASE_OPEN, .unit = unit, .listed = LISTED, .held = held, .held_count = count};
    struct decision decision;
    rules_decide(&election, &context, received, &decision);
    return decision;
}

FIXTURE(begin, NULL);

TEST(what_was_counted_is_taken_out)
{
    struct report_received sent[] = {report_of(1, 10, 1, KIND_PROGRESS), report_of(2, 20, 2, KIND_PROGRESS),
                                     report_of(3, LISTED + 5, 2, KIND_FINAL)};
    struct unit_state state = {.registered = LISTED};
    struct totals totals = {.registered = LISTED};
    struct unit_rounds rounds = {0};
    sent[1].registered = LISTED + 5;
    for (size_t i = 0; i < COUNT(sent); i++) {
        struct decision decision = decide(&state, NULL, 0, &sent[i]);
        ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
        totals_add(&totals, &decision.change);
        state = decision.after;
    }
    ck_assert_int_eq(totals.units_complete, 1);
    ck_assert_int_eq(totals.units_final, 1);
    for (size_t i = COUNT(sent); i > 0; i--) {
        rules_add_round(&rounds, &election, sent[i - 1].round, sent[i - 1].as_of);
    }
    struct totals change = rules_void(&state, LISTED, &rounds, 0);
    totals_add(&totals, &change);
    ck_assert(totals_equal(&totals, &(struct totals){.registered = LISTED, .revision = 4}));

    struct unit_state silent = {.registered = LISTED};
    struct totals waiting = rules_void(&silent, LISTED, &(struct unit_rounds){0}, 3);
    ck_assert(totals_equal(&waiting, &(struct totals){.held = -3, .revision = 1}));
}

TEST(a_report_counts_for_its_round_unless_a_later_one_came_before)
{
    static const uint32_t newest_first[] = {ROUNDS_MAX, 0, 3, 5, 2, 2, 1};
    struct unit_rounds rounds = {0};
    for (size_t i = 0; i < COUNT(newest_first); i++) {
        rules_add_round(&rounds, &election, newest_first[i], newest_first[i] == 5 ? LATE : 0);
    }
    ck_assert(rounds.heard == (UINT64_C(1) << (ROUNDS_MAX - 1) | 1 << 4 | 1 << 1 | 1));
    ck_assert(rounds.late == 1 << 4);
}

TEST(a_full_list_of_what_was_voided)
{
    static struct held_report voided[VOIDED_MAX];
    for (int32_t i = 0; i < VOIDED_MAX; i++) {
        voided[i] = (struct held_report){report_of(i + 1, i, 3, KIND_PROGRESS), HELD_VOIDED, CODE_VOIDED};
    }
    struct unit_state silent = {.registered = LISTED};
    for (size_t missing = 0; missing < 2; missing++) {
        for (uint32_t round = 3; round < 5; round++) {
            struct report_received received = report_of(5, 99, round, KIND_PROGRESS);
            struct decision decision = decide(&silent, voided, VOIDED_MAX - missing, &received);
            ck_assert_int_eq(decision.code, missing == 0 && round == 3 ? CODE_VOIDED : CODE_NONE);
        }
    }
}

TEST(flags_go_there_and_back)
{
    char written[RULE_FLAGS_BYTES];
    char again[RULE_FLAGS_BYTES];
    uint32_t read;
    for (uint32_t violations = 0; violations < UINT32_C(1) << RULE_COUNT; violations++) {
        rules_write_flags(violations, written);
        ck_assert(rules_read_flags(written, &read));
        rules_write_flags(read, again);
        ck_assert_str_eq(again, written);
    }
    ck_assert(!rules_read_flags("too-slow", &read));
}

TEST(a_void_has_its_line)
{
    static const struct unit_state before = {.seq = 7, .voted = 640, .registered = 912};
    struct buffer out = {0};
    struct log_line line;
    struct error error;
    log_line_write_void(
        &out,
        &(struct log_void){
            .unit = "u-1", .seq = 9, .listed = 900, .now_ms = 1773565203123, .who = "w", .why = "u-2"},
        &before);
    ck_assert_str_eq(out.bytes,
                     "{\"received\":1773565203123,\"outcome\":\"voided\",\"unit\":\"u-1\",\"seq\":9,"
                     "\"registered\":900,\"before\":[640,912],\"who\":\"w\",\"why\":\"u-2\"}");
    ck_assert_int_eq(log_line_read((struct slice){out.bytes, out.length}, &line, &error), TURNOUT_OK);
    ck_assert_int_eq(line.outcome, LOG_VOIDED);
    ck_assert_int_eq(line.voted_before, 640);
    ck_assert_int_eq(line.report.seq, 9);
    ck_assert_int_eq(line.report.registered, 900);
    ck_assert_str_eq(line.report.unit, "u-1");
    ck_assert_str_eq(line.who, "w");
    ck_assert_str_eq(line.why, "u-2");
    buffer_done(&out);
}

SUITE("void_unit");
