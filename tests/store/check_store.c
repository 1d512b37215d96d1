/* Seeded random sequences of reports and decisions, under all kinds of rules, through real Redis and through the
 * in-memory store: every result, every unit, every total and every held report of the two must be equal. */
#include <turnout/store/store.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "store_compare.h"
#include "store_fixture.h"
#include "suite.h"

enum {
    BATCHES = 250,
    BATCH_MOST = 40,
    FULL_BATCH = 1000,
    HISTORY = 64,
    SEEDS = 10,
    ROUND_MOST = 5,
    DECISIONS_MOST = 24,
};

/* What is done about reports that break a rule. */
enum strictness { AS_USUAL, ALL_HELD, ALL_FLAGGED, AS_DRAWN };

struct sent {
    uint32_t unit;
    uint32_t round;
    int64_t received_ms;
    struct report report;
};

struct sequence {
    struct store_fixture store;
    struct memory_store *oracle;
    uint64_t random;
    struct sent history[HISTORY]; /* a ring, so that old reports come again */
    size_t history_count;
    uint32_t seen[STATUS_COUNT];
    uint32_t seen_codes[CODE_COUNT];
    uint32_t seen_decided[DECIDED_NOT_FOUND + 1];
};

/* xorshift64*: the same sequence on every machine. */
static uint32_t draw(struct sequence *sequence, uint32_t below)
{
    sequence->random ^= sequence->random >> 12;
    sequence->random ^= sequence->random << 25;
    sequence->random ^= sequence->random >> 27;
    return (uint32_t)((sequence->random * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool chance(struct sequence *sequence, uint32_t percent)
{
    return draw(sequence, 100) < percent;
}

/* ---- rules ---- */

static enum rule_mode choose_mode(struct sequence *sequence, enum strictness strictness, enum rule rule)
{
    if (strictness == ALL_HELD) {
        return MODE_HOLD;
    }
    if (strictness == ALL_FLAGGED) {
        return rule_allows(rule, MODE_FLAG) ? MODE_FLAG : MODE_HOLD;
    }
    for (;;) {
        enum rule_mode mode = (enum rule_mode)draw(sequence, MODE_COUNT);
        if (rule_allows(rule, mode)) {
            return mode;
        }
    }
}

/* Rules that strike now and then, with units as small as these. */
static void choose_rules(struct sequence *sequence, enum strictness strictness)
{
    struct rules *rules = &sequence->store.election.rules;
    rules_init(rules);
    if (strictness == AS_USUAL) {
        return;
    }
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        rules->modes[rule] = choose_mode(sequence, strictness, (enum rule)rule);
    }
    rules->roll_change_voters = 1;
    rules->roll_change_percent = 5;
    rules->voters_an_hour = 100;
    rules->same_figures_units = 2 + (int32_t)draw(sequence, 2);
    rules->complete_not_before = sequence->store.election.opens + 2 * 3600;
}

/* ---- reports ---- */

static int32_t invent_registered(struct sequence *sequence, const struct unit_state *standing)
{
    if (chance(sequence, 75)) {
        return REGISTERED_ABSENT;
    }
    int32_t registered = standing->registered + (int32_t)draw(sequence, 7) - 3;
    return registered < 0 ? 0 : registered;
}

static int32_t invent_voted(struct sequence *sequence, const struct unit_state *standing, int32_t registered)
{
    int32_t roll = registered == REGISTERED_ABSENT ? standing->registered : registered;
    if (chance(sequence, 15)) {
        return roll; /* complete */
    }
    if (chance(sequence, 10)) {
        return roll + 1; /* one too many */
    }
    if (chance(sequence, 15) && standing->voted > 0) {
        return (int32_t)draw(sequence, (uint32_t)standing->voted); /* fewer than before */
    }
    return standing->voted + (int32_t)draw(sequence, 6);
}

static int32_t invent_seq(struct sequence *sequence, const struct unit_state *standing)
{
    if (chance(sequence, 10) && standing->seq > 0) {
        return 1 + (int32_t)draw(sequence, (uint32_t)standing->seq); /* an old one, or the last one again */
    }
    return standing->seq + 1 + (chance(sequence, 20) ? (int32_t)draw(sequence, 5) : 0);
}

static struct sent invent(struct sequence *sequence, uint32_t unit)
{
    const struct unit_state *standing = memory_store_unit(sequence->oracle, unit);
    struct sent sent = {.unit = unit, .round = draw(sequence, ROUND_MOST + 1)};
    struct report *report = &sent.report;
    *report = store_fixture_report(&sequence->store, unit, invent_seq(sequence, standing), 0);
    report->registered = invent_registered(sequence, standing);
    report->voted = invent_voted(sequence, standing, report->registered);
    report->as_of = standing->as_of == 0 ? report->as_of : standing->as_of;
    report->as_of += (int64_t)draw(sequence, 600) - (chance(sequence, 10) ? 601 : 0);
    if (chance(sequence, 2)) {
        report->as_of = sequence->store.election.opens - 1;
    }
    rfc3339_format(report->as_of, 7 * 3600, report->as_of_text);
    sent.received_ms =
        report->as_of * 1000 + (chance(sequence, 5) ? -300000 : 123); /* a unit's clock is ahead */
    report->kind = (enum report_kind)draw(sequence, 3);
    report->kind_given = report->kind != KIND_PROGRESS || chance(sequence, 50);
    if (report->kind == KIND_CORRECTION) {
        report->reason = REASON_MISCOUNT;
    }
    if (chance(sequence, 5)) {
        (void)snprintf(report->note, sizeof report->note, "ghi chú số %u", draw(sequence, 1000));
    }
    return sent;
}

/* A new report, or one that was sent before. */
static const struct sent *next_sent(struct sequence *sequence, uint32_t unit)
{
    if (chance(sequence, 15)) {
        size_t kept = sequence->history_count < HISTORY ? sequence->history_count : HISTORY;
        for (size_t tries = 0; tries < kept; tries++) {
            const struct sent *old = &sequence->history[draw(sequence, (uint32_t)kept)];
            if (old->unit == unit) {
                return old;
            }
        }
    }
    struct sent *sent = &sequence->history[sequence->history_count++ % HISTORY];
    *sent = invent(sequence, unit);
    return sent;
}

/* ---- running ---- */

static void compare_state(const struct unit_state *got, const struct unit_state *wanted)
{
    ck_assert_int_eq(got->seq, wanted->seq);
    ck_assert_int_eq(got->voted, wanted->voted);
    ck_assert_int_eq(got->registered, wanted->registered);
    ck_assert_int_eq(got->as_of, wanted->as_of);
    ck_assert_int_eq(got->received_ms, wanted->received_ms);
    ck_assert_int_eq(got->kind, wanted->kind);
    ck_assert_uint_eq(got->round, wanted->round);
    ck_assert_mem_eq(got->digest, wanted->digest, sizeof got->digest);
}

static void run_batch(struct sequence *sequence, uint32_t size)
{
    const struct election_register *reg = sequence->store.reg;
    struct report_outcome *wanted = calloc(size, sizeof *wanted);
    struct report_outcome *got = calloc(size, sizeof *got);
    ck_assert(wanted != NULL && got != NULL);
    for (uint32_t i = 0; i < size; i++) {
        uint32_t unit = draw(sequence, reg->unit_count);
        const struct sent *sent = next_sent(sequence, unit);
        const struct report *report = &sent->report;
        struct report_received received = report_received_of(report, sent->round, sent->received_ms);
        store_fixture_add_at(&sequence->store, unit, report, sent->round, sent->received_ms);
        memory_store_apply(sequence->oracle, unit, &received, &wanted[i]);
    }
    ck_assert_msg(store_fixture_apply(&sequence->store, got) == TURNOUT_OK, "%s", sequence->store.why);
    for (uint32_t i = 0; i < size; i++) {
        ck_assert_str_eq(report_status_name(got[i].status), report_status_name(wanted[i].status));
        ck_assert_str_eq(report_code_name(got[i].code), report_code_name(wanted[i].code));
        ck_assert(got[i].by_committee == wanted[i].by_committee);
        ck_assert(got[i].is_new == wanted[i].is_new);
        ck_assert_int_eq(got[i].next_seq, wanted[i].next_seq);
        compare_state(&got[i].standing, &wanted[i].standing);
        sequence->seen[got[i].status]++;
        sequence->seen_codes[got[i].code]++;
    }
    free(wanted);
    free(got);
}

/* About a report that is held, or was, or one that never was. */
static void decide_one(struct sequence *sequence)
{
    size_t held;
    const struct memory_held *reports = memory_store_held(sequence->oracle, &held);
    struct fixture_decision decision = {
        .unit = draw(sequence, sequence->store.reg->unit_count),
        .seq = 1 + (int32_t)draw(sequence, 20),
        .release = chance(sequence, 60),
        .reason = "asked by telephone",
        .who = "k3-9_xAz",
        .now_ms = 1773600000000,
    };
    if (held > 0 && chance(sequence, 90)) {
        const struct memory_held *chosen =
            &reports[held - 1 - draw(sequence, held < 20 ? (uint32_t)held : 20)];
        decision.unit = chosen->unit;
        decision.seq = chosen->held.received.seq;
    }
    enum held_state got_state = HELD_WAITING;
    enum held_state wanted_state = HELD_WAITING;
    enum decided got = store_fixture_decide(&sequence->store, &decision, &got_state);
    enum decided wanted =
        memory_store_decide(sequence->oracle, decision.unit, decision.seq, decision.release, &wanted_state);
    ck_assert_int_eq(got, wanted);
    ck_assert_int_eq(got_state, wanted_state);
    sequence->seen_decided[got]++;
}

static void sequence_begin(struct sequence *sequence, uint64_t seed, enum strictness strictness)
{
    memset(sequence, 0, sizeof *sequence);
    sequence->random = seed;
    store_fixture_start(&sequence->store, NULL);
    choose_rules(sequence, strictness);
    store_fixture_open(&sequence->store);
    sequence->oracle = memory_store_new(&sequence->store.election, sequence->store.reg);
    (void)printf("seed %" PRIu64 "\n", seed);
}

static void sequence_end(struct sequence *sequence)
{
    memory_store_free(sequence->oracle);
    store_fixture_end(&sequence->store);
}

/* A sequence that never meets a branch would agree about nothing. */
static void expect_seen(const struct sequence *sequence, enum strictness strictness)
{
    static const enum report_code usual[] = {CODE_SEQ_CONFLICT, CODE_VOTED_EXCEEDS_REGISTERED,
                                             CODE_AS_OF_BEFORE_LAST, CODE_COUNT_DECREASED};
    static const enum report_code strict[] = {CODE_VOTED_EXCEEDS_REGISTERED,
                                              CODE_AS_OF_IN_FUTURE,
                                              CODE_AS_OF_BEFORE_OPENING,
                                              CODE_AS_OF_BEFORE_LAST,
                                              CODE_COUNT_DECREASED,
                                              CODE_ROLL_CHANGED,
                                              CODE_TOO_FAST,
                                              CODE_SAME_FIGURES,
                                              CODE_CORRECTION};
    ck_assert_uint_gt(sequence->seen[STATUS_ACCEPTED], 0);
    ck_assert_uint_gt(sequence->seen[STATUS_DUPLICATE], 0);
    ck_assert_uint_gt(sequence->seen[STATUS_SUPERSEDED], 0);
    ck_assert(strictness == ALL_FLAGGED || sequence->seen[STATUS_REJECTED] > 0);
    for (size_t i = 0; strictness == AS_USUAL && i < sizeof usual / sizeof usual[0]; i++) {
        ck_assert_uint_gt(sequence->seen_codes[usual[i]], 0);
    }
    for (size_t i = 0; strictness == ALL_HELD && i < sizeof strict / sizeof strict[0]; i++) {
        ck_assert_msg(sequence->seen_codes[strict[i]] > 0, "%s", report_code_name(strict[i]));
    }
    for (size_t decided = 0; strictness == ALL_HELD && decided <= DECIDED_NOT_FOUND; decided++) {
        bool is_of_unit = decided == DECIDED_VOIDED; /* tests/simulation */
        ck_assert_msg(is_of_unit || sequence->seen_decided[decided] > 0, "%zu", decided);
    }
}

TIMEOUT(120);

LOOP_TEST(test_random_sequences_agree_with_the_oracle, SEEDS)
{
    enum strictness strictness = _i % SEEDS < AS_DRAWN ? (enum strictness)(_i % SEEDS) : AS_DRAWN;
    struct sequence *sequence = calloc(1, sizeof *sequence);
    ck_assert_ptr_nonnull(sequence);
    sequence_begin(sequence, UINT64_C(20260315) + (uint64_t)_i, strictness);
    store_compare(&sequence->store, sequence->oracle);
    for (int i = 0; i < BATCHES; i++) {
        run_batch(sequence, 1 + draw(sequence, chance(sequence, 50) ? 3 : BATCH_MOST));
        for (uint32_t decisions = draw(sequence, DECISIONS_MOST + 1); decisions > 0; decisions--) {
            decide_one(sequence);
        }
        if (i % 10 == 0) {
            store_compare(&sequence->store, sequence->oracle);
        }
    }
    store_compare(&sequence->store, sequence->oracle);
    expect_seen(sequence, strictness);
    sequence_end(sequence);
    free(sequence);
}

/* Where chance rarely hits: the boundaries of time. Units 0 and 2 have rolls of 40 and 1. */
TEST(test_boundaries_of_time)
{
    static const struct {
        uint32_t unit;
        int32_t seq;
        int32_t voted;
        int64_t after_opening_s;
        enum report_status status;
        enum report_code code;
    } cases[] = {
        {2, 1, 1, 7199, STATUS_HELD, CODE_COMPLETE_TOO_EARLY},
        {2, 2, 1, 7200, STATUS_ACCEPTED, CODE_NONE},
        {0, 1, 0, 3600, STATUS_ACCEPTED, CODE_NONE},
        {0, 2, 2, 3600, STATUS_HELD, CODE_TOO_FAST}, /* two in a minute, where 1.98 may */
        {0, 3, 1, 3600, STATUS_ACCEPTED, CODE_NONE},
        {0, 4, 3, 3660, STATUS_HELD, CODE_TOO_FAST},
        {0, 5, 3, 3661, STATUS_ACCEPTED, CODE_NONE},
    };
    static struct sequence sequence;
    sequence_begin(&sequence, 1, AS_USUAL);
    struct rules *rules = &sequence.store.election.rules;
    rules->modes[RULE_JUMP] = rules->modes[RULE_EARLY_COMPLETE] = MODE_HOLD;
    rules->voters_an_hour = 119;
    rules->complete_not_before = sequence.store.election.opens + 7200;
    store_fixture_disconnect(&sequence.store);
    store_fixture_connect(&sequence.store);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_outcome result;
        struct report report =
            store_fixture_report(&sequence.store, cases[i].unit, cases[i].seq, cases[i].voted);
        report.as_of = sequence.store.election.opens + cases[i].after_opening_s;
        ck_assert_int_eq(store_fixture_apply_one(&sequence.store, cases[i].unit, &report, &result),
                         TURNOUT_OK);
        ck_assert_msg(result.status == cases[i].status && result.code == cases[i].code, "%zu: %s %s", i,
                      report_status_name(result.status), report_code_name(result.code));
    }
    sequence_end(&sequence);
}

TEST(test_full_batches_agree_with_the_oracle)
{
    static struct sequence sequence; /* too much for a stack */
    sequence_begin(&sequence, 1000, AS_USUAL);
    for (int i = 0; i < 5; i++) {
        run_batch(&sequence, FULL_BATCH);
        store_compare(&sequence.store, sequence.oracle);
    }
    const struct store_counters *counters = tally_store_counters(sequence.store.tally);
    ck_assert_uint_gt(counters->commits, 0);
    ck_assert_uint_eq(counters->stale, 0);
    ck_assert_uint_eq(counters->failures, 0);
    sequence_end(&sequence);
}

TEST(test_everything_is_there_after_a_restart_of_redis)
{
    static struct sequence sequence; /* too much for a stack */
    sequence_begin(&sequence, 77, ALL_HELD);
    for (int i = 0; i < 20; i++) {
        run_batch(&sequence, 1 + draw(&sequence, BATCH_MOST));
    }
    store_fixture_disconnect(&sequence.store);
    redis_fixture_signal(&sequence.store.redis, SIGKILL);
    redis_fixture_restart(&sequence.store.redis);
    store_fixture_connect(&sequence.store);
    store_compare(&sequence.store, sequence.oracle);
    run_batch(&sequence, BATCH_MOST);
    store_compare(&sequence.store, sequence.oracle);
    sequence_end(&sequence);
}

TEST(test_reading_again_says_that_nothing_moved)
{
    struct store_fixture store;
    store_fixture_begin(&store);
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    struct report_outcome result;
    struct report report = store_fixture_report(&store, 0, 1, 5);
    bool moved = true;
    ck_assert_int_eq(store_fixture_read(&store, 1, 0, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(!moved);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
    ck_assert_int_eq(store_fixture_read(&store, 1, 0, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(moved);
    ck_assert_int_eq(totals.revision, 1);
    ck_assert_int_eq(totals.voted, 5);

    /* A duplicate writes nothing. */
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_DUPLICATE);
    ck_assert_int_eq(store_fixture_read(&store, 1, 1, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(!moved);
    store_fixture_end(&store);
}

SUITE("store");
