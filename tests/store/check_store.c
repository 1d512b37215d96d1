/* Seeded random sequences of reports through real Redis and through the in-memory store: every result, every
 * unit and every total of the two must be equal. */
#include <turnout/store/memory_store.h>
#include <turnout/store/store.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/wire/signature.h>

#include "store_fixture.h"

enum { BATCHES = 250, BATCH_MOST = 40, HISTORY = 64, SEEDS = 6, ROUND_MOST = 5 };

struct sent {
    uint32_t unit;
    uint32_t round;
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
    rfc3339_format(report->as_of, 7 * 3600, report->as_of_text);
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

/* ---- comparing ---- */

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

static void compare_totals(const struct totals *got, const struct totals *wanted, const struct area *area)
{
    ck_assert_msg(totals_equal(got, wanted),
                  "%s: voted %" PRId64 "/%" PRId64 " registered %" PRId64 "/%" PRId64 " revision %" PRId64
                  "/%" PRId64,
                  area->code, got->voted, wanted->voted, got->registered, wanted->registered, got->revision,
                  wanted->revision);
    ck_assert_int_eq(got->as_of, wanted->as_of);
    ck_assert(totals_plausible(got, area->units));
}

static void compare_province(struct sequence *sequence, uint32_t province)
{
    const struct election_register *reg = sequence->store.reg;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    struct totals sum = {0};
    bool moved = false;
    ck_assert_int_eq(store_fixture_read(&sequence->store, province, -1, &moved, &totals, communes),
                     TURNOUT_OK);
    ck_assert(moved);
    compare_totals(&totals, memory_store_totals(sequence->oracle, province), &reg->areas[province]);
    for (uint32_t i = 0; i < STORE_FIXTURE_COMMUNES; i++) {
        uint32_t commune = reg->areas[province].first_child + i;
        compare_totals(&communes[i], memory_store_totals(sequence->oracle, commune), &reg->areas[commune]);
        totals_add(&sum, &communes[i]);
    }
    ck_assert(totals_equal(&sum, &totals));
}

/* The units hash word by word, as proto/redis.md describes it. */
static void compare_unit(struct sequence *sequence, uint32_t unit)
{
    const struct election_register *reg = sequence->store.reg;
    const struct unit_state *state = memory_store_unit(sequence->oracle, unit);
    uint32_t province = register_province_of(reg, reg->units[unit].commune);
    redisReply *reply = redis_fixture_command(&sequence->store.redis, "HGET turnout:{e-1:%s}:units %s",
                                              reg->areas[province].code, reg->units[unit].code);
    if (state->seq == 0) {
        ck_assert_int_eq(reply->type, REDIS_REPLY_NIL);
    } else {
        char wanted[200];
        int length = snprintf(wanted, sizeof wanted, "%d %d %d %" PRId64 " %" PRId64 " %s %u ", state->seq,
                              state->voted, state->registered, state->as_of, state->received_ms,
                              report_kind_name(state->kind), state->round);
        for (size_t i = 0; i < sizeof state->digest; i++) {
            length += snprintf(wanted + length, sizeof wanted - (size_t)length, "%02x", state->digest[i]);
        }
        ck_assert_str_eq(reply->str, wanted);
    }
    freeReplyObject(reply);
}

static void compare_everything(struct sequence *sequence)
{
    compare_province(sequence, 1);
    compare_province(sequence, 2);
    for (uint32_t unit = 0; unit < sequence->store.reg->unit_count; unit++) {
        compare_unit(sequence, unit);
    }
}

/* ---- running ---- */

static void run_batch(struct sequence *sequence, uint32_t size)
{
    const struct election_register *reg = sequence->store.reg;
    uint32_t province = 1 + draw(sequence, reg->province_count);
    struct store_batch *batch = store_batch_new(province);
    struct store_result *wanted = calloc(size, sizeof *wanted);
    struct store_result *got = calloc(size, sizeof *got);
    ck_assert(wanted != NULL && got != NULL);
    for (uint32_t i = 0; i < size; i++) {
        uint32_t unit;
        do {
            unit = draw(sequence, reg->unit_count);
        } while (register_province_of(reg, reg->units[unit].commune) != province);
        const struct sent *sent = next_sent(sequence, unit);
        store_fixture_add(&sequence->store, batch, unit, &sent->report, sent->round);

        unsigned char digest[REPORT_DIGEST_BYTES];
        report_digest(&sent->report, digest);
        struct report_received received = {.report = &sent->report,
                                           .digest = digest,
                                           .round = sent->round,
                                           .received_ms = sent->report.as_of * 1000 + 123};
        memory_store_apply(sequence->oracle, unit, &received, &wanted[i]);
    }
    ck_assert_uint_eq(store_batch_count(batch), size);
    ck_assert_msg(store_fixture_apply(&sequence->store, batch, got) == TURNOUT_OK, "%s", sequence->store.why);
    for (uint32_t i = 0; i < size; i++) {
        ck_assert_str_eq(report_status_name(got[i].status), report_status_name(wanted[i].status));
        ck_assert_str_eq(report_code_name(got[i].code), report_code_name(wanted[i].code));
        compare_state(&got[i].standing, &wanted[i].standing);
        sequence->seen[got[i].status]++;
        sequence->seen_codes[got[i].code]++;
    }
    free(wanted);
    free(got);
}

static void sequence_begin(struct sequence *sequence, uint64_t seed)
{
    memset(sequence, 0, sizeof *sequence);
    store_fixture_begin(&sequence->store);
    sequence->oracle = memory_store_new(sequence->store.reg);
    sequence->random = seed;
    (void)printf("seed %" PRIu64 "\n", seed);
}

static void sequence_end(struct sequence *sequence)
{
    memory_store_free(sequence->oracle);
    store_fixture_end(&sequence->store);
}

START_TEST(test_random_sequences_agree_with_the_oracle)
{
    struct sequence sequence;
    sequence_begin(&sequence, UINT64_C(20260315) + (uint64_t)_i);
    compare_everything(&sequence);
    for (int i = 0; i < BATCHES; i++) {
        run_batch(&sequence, 1 + draw(&sequence, chance(&sequence, 50) ? 3 : BATCH_MOST));
        if (i % 10 == 0) {
            compare_everything(&sequence);
        }
    }
    compare_everything(&sequence);

    /* A sequence that never meets a branch would agree about nothing. */
    static const enum report_status statuses[] = {STATUS_ACCEPTED, STATUS_DUPLICATE, STATUS_SUPERSEDED,
                                                  STATUS_REJECTED};
    static const enum report_code codes[] = {CODE_SEQ_CONFLICT, CODE_VOTED_EXCEEDS_REGISTERED,
                                             CODE_AS_OF_BEFORE_LAST, CODE_COUNT_DECREASED};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        ck_assert_uint_gt(sequence.seen[statuses[i]], 0);
        ck_assert_uint_gt(sequence.seen_codes[codes[i]], 0);
    }
    sequence_end(&sequence);
}
END_TEST

START_TEST(test_full_batches_agree_with_the_oracle)
{
    struct sequence sequence;
    sequence_begin(&sequence, 1000);
    for (int i = 0; i < 5; i++) {
        run_batch(&sequence, STORE_BATCH_REPORTS_MAX);
        compare_everything(&sequence);
    }
    ck_assert_uint_eq(store_counters(sequence.store.store)->batches, 5);
    ck_assert_uint_eq(store_counters(sequence.store.store)->reports, 5 * STORE_BATCH_REPORTS_MAX);
    ck_assert_uint_eq(store_counters(sequence.store.store)->failures, 0);
    sequence_end(&sequence);
}
END_TEST

START_TEST(test_everything_is_there_after_a_restart_of_redis)
{
    struct sequence sequence;
    sequence_begin(&sequence, 77);
    for (int i = 0; i < 20; i++) {
        run_batch(&sequence, 1 + draw(&sequence, BATCH_MOST));
    }
    store_free(sequence.store.store);
    redis_fixture_signal(&sequence.store.redis, SIGKILL);
    redis_fixture_restart(&sequence.store.redis);
    store_fixture_connect(&sequence.store);
    compare_everything(&sequence);
    run_batch(&sequence, BATCH_MOST);
    compare_everything(&sequence);
    sequence_end(&sequence);
}
END_TEST

START_TEST(test_reading_again_says_that_nothing_moved)
{
    struct store_fixture store;
    store_fixture_begin(&store);
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    struct store_result result;
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

    /* A duplicate writes, but moves no total. */
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_DUPLICATE);
    ck_assert_int_eq(store_fixture_read(&store, 1, 1, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(!moved);
    store_fixture_end(&store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("against the oracle");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_random_sequences_agree_with_the_oracle, 0, SEEDS);
    tcase_add_test(tests, test_full_batches_agree_with_the_oracle);
    tcase_add_test(tests, test_everything_is_there_after_a_restart_of_redis);
    tcase_add_test(tests, test_reading_again_says_that_nothing_moved);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
