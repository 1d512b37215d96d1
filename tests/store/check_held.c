/* Held reports in a real Redis: what is kept of them, what log and ledger say, and that each is decided once,
 * whoever presses. */
#include <turnout/store/store.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>

#include "store_fixture.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define LOG      "turnout:{e-1:01}:log"
#define HELD     "turnout:{e-1:01}:held"
#define LEDGER   "turnout:{e-1:01}:ledger"

enum { UNIT = 0, ROLL = 40 }; /* 01.1-001 */

static const char *const with_debug[] = {"--enable-debug-command", "yes", NULL};

static struct store_fixture store;

/* Every correction is held, and roll changes are counted. */
static void begin(void)
{
    store_fixture_start(&store, with_debug);
    store.election.rules.modes[RULE_CORRECTIONS] = MODE_HOLD;
    store.election.rules.modes[RULE_ROLL_CHANGE] = MODE_OFF;
    store_fixture_open(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* ---- reports and decisions ---- */

static struct report correction(int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, UNIT, seq, voted);
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISTYPED;
    ck_assert(slice_copy(slice_of("ghi \"nhầm\" \\ hàng"), report.note, sizeof report.note));
    ck_assert(slice_copy(slice_of("k-1"), report.key, sizeof report.key));
    ck_assert(slice_copy(slice_of("c2ln"), report.sig, sizeof report.sig));
    return report;
}

static struct store_result apply(const struct report *report, enum report_status wanted)
{
    struct store_result result;
    ck_assert_msg(store_fixture_apply_one(&store, UNIT, report, &result) == TURNOUT_OK, "%s", store.why);
    ck_assert_str_eq(report_status_name(result.status), report_status_name(wanted));
    return result;
}

/* 10 of 40 by seq 1, and a correction to 9 by seq 2, which is held. */
static struct report hold_one(void)
{
    struct report first = store_fixture_report(&store, UNIT, 1, 10);
    struct report second = correction(2, 9);
    (void)apply(&first, STATUS_ACCEPTED);
    ck_assert_int_eq(apply(&second, STATUS_HELD).code, CODE_CORRECTION);
    return second;
}

static struct store_decision decision_of(int32_t seq, bool release)
{
    return (struct store_decision){.unit = UNIT,
                                   .seq = seq,
                                   .release = release,
                                   .reason = "hỏi qua điện thoại",
                                   .who = "q7-Zt_0a",
                                   .now_ms = 1773600000000};
}

static void decide(int32_t seq, bool release, enum store_decided decided, enum held_state state)
{
    struct store_decision decision = decision_of(seq, release);
    enum store_decided got;
    enum held_state got_state;
    ck_assert_msg(store_fixture_decide(&store, &decision, &got, &got_state) == TURNOUT_OK, "%s", store.why);
    ck_assert_int_eq(got, decided);
    ck_assert_int_eq(got_state, state);
}

/* ---- what Redis keeps ---- */

static void expect_number(const char *key, const char *field, const char *wanted)
{
    redisReply *reply = redis_fixture_command(&store.redis, "HGET %s %s", key, field);
    ck_assert_msg(reply->type == REDIS_REPLY_STRING, "%s %s", key, field);
    ck_assert_msg(strcmp(reply->str, wanted) == 0, "%s %s is %s, not %s", key, field, reply->str, wanted);
    freeReplyObject(reply);
}

static void expect_totals(const char *voted, const char *held, const char *revision)
{
    expect_number(TOTALS, "voted", voted);
    expect_number(TOTALS, "held", held);
    expect_number(TOTALS, "revision", revision);
    expect_number(COMMUNES, "01.1:voted", voted);
    expect_number(COMMUNES, "01.1:held", held);
    expect_number(COMMUNES, "01.1:revision", revision);
}

/* The fields of a stream's entries in their order, each entry `name=value name=value ...` and a line end; `only` says
 * which fields. */
static void expect_entries(const char *key, const char *only, const char *wanted)
{
    struct buffer got = {0};
    redisReply *reply = redis_fixture_command(&store.redis, "XRANGE %s - +", key);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ARRAY);
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *fields = reply->element[i]->element[1];
        for (size_t f = 0; f < fields->elements; f += 2) {
            char spaced[64];
            ck_assert_int_gt(snprintf(spaced, sizeof spaced, " %s ", fields->element[f]->str), 0);
            if (strstr(only, spaced) != NULL) {
                buffer_printf(&got, "%s=%s ", fields->element[f]->str, fields->element[f + 1]->str);
            }
        }
        buffer_append_text(&got, "\n");
    }
    ck_assert_str_eq(got.bytes == NULL ? "" : got.bytes, wanted);
    freeReplyObject(reply);
    buffer_done(&got);
}

static const char log_fields[] = " seq voted outcome voted_before flags who why ";
static const char ledger_fields[] = " when unit commune seq kind before after reason who ";

static size_t list_held(struct held_report ret_reports[4])
{
    size_t count;
    ck_assert_int_eq(store_fixture_list_held(&store, 1, 4, ret_reports, &count), TURNOUT_OK);
    return count;
}

/* ---- holding ---- */

FIXTURE(begin, end);
TIMEOUT(60);

TEST(test_a_held_report_is_kept_whole_and_counted_nowhere)
{
    struct held_report listed[4];
    struct report sent = hold_one();
    expect_totals("10", "1", "2");
    ck_assert_uint_eq(list_held(listed), 1);
    ck_assert_uint_eq(listed[0].unit, UNIT);
    ck_assert_int_eq(listed[0].state, HELD_WAITING);
    ck_assert_int_eq(listed[0].code, CODE_CORRECTION);
    ck_assert_str_eq(listed[0].flags, "correction");
    ck_assert_int_eq(listed[0].received_ms, sent.as_of * 1000 + 123);
    const struct report *report = &listed[0].report;
    ck_assert_str_eq(report->unit, sent.unit);
    ck_assert_int_eq(report->seq, 2);
    ck_assert_str_eq(report->as_of_text, sent.as_of_text);
    ck_assert_int_eq(report->as_of, sent.as_of);
    ck_assert_int_eq(report->voted, 9);
    ck_assert_int_eq(report->registered, REGISTERED_ABSENT);
    ck_assert_int_eq(report->kind, KIND_CORRECTION);
    ck_assert_int_eq(report->reason, REASON_MISTYPED);
    ck_assert_str_eq(report->note, sent.note);
    ck_assert_str_eq(report->key, "k-1");
    ck_assert_str_eq(report->sig, "c2ln");
    expect_entries(LOG, log_fields,
                   "seq=1 voted=10 outcome=accepted voted_before=0 flags= \n"
                   "seq=2 voted=9 outcome=held voted_before=10 flags=correction \n");
    expect_entries(LEDGER, ledger_fields, "");
}

TEST(test_sent_again_it_is_held_once)
{
    struct held_report listed[4];
    struct report sent = hold_one();
    struct store_result again = apply(&sent, STATUS_HELD);
    ck_assert_int_eq(again.code, CODE_CORRECTION);
    ck_assert(again.held_before);
    expect_totals("10", "1", "2");
    expect_number(TOTALS, "dup_seen", "1");
    ck_assert_uint_eq(list_held(listed), 1);

    /* Its seq is taken, and the answer says by what. */
    struct report other = correction(2, 8);
    struct store_result result = apply(&other, STATUS_REJECTED);
    ck_assert_int_eq(result.code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(result.standing.voted, 9);

    /* The unit goes on with the next one. */
    struct report next = store_fixture_report(&store, UNIT, 3, 11);
    (void)apply(&next, STATUS_ACCEPTED);
    expect_totals("11", "1", "3");
    (void)apply(&sent, STATUS_HELD);
}

TEST(test_two_in_one_batch_see_each_other)
{
    struct store_result results[4];
    struct store_batch *batch = store_batch_new(1);
    struct report held = correction(1, 9);
    struct report other = correction(1, 8);
    struct report next = store_fixture_report(&store, UNIT, 2, 10);
    store_fixture_add(&store, batch, UNIT, &held, 0);
    store_fixture_add(&store, batch, UNIT, &held, 0);
    store_fixture_add(&store, batch, UNIT, &other, 0);
    store_fixture_add(&store, batch, UNIT, &next, 0);
    ck_assert_int_eq(store_fixture_apply(&store, batch, results), TURNOUT_OK);
    ck_assert_int_eq(results[0].status, STATUS_HELD);
    ck_assert_int_eq(results[1].status, STATUS_HELD);
    ck_assert(!results[0].held_before && results[1].held_before);
    ck_assert_int_eq(results[2].code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(results[3].status, STATUS_ACCEPTED);
    expect_totals("10", "1", "2");
}

TEST(test_it_outlives_redis)
{
    struct held_report listed[4];
    (void)hold_one();
    store_free(store.store);
    redis_fixture_signal(&store.redis, SIGKILL);
    redis_fixture_restart(&store.redis);
    store_fixture_connect(&store);
    ck_assert_uint_eq(list_held(listed), 1);
    decide(2, true, DECIDED_RELEASED, HELD_RELEASED);
    expect_totals("9", "0", "3");
}

TEST(test_the_longest_waiting_comes_first)
{
    struct held_report listed[4];
    static const int32_t seqs[] = {9, 2, 11};
    for (size_t i = 0; i < 3; i++) {
        struct report report = correction(seqs[i], 5); /* as of so many hours after opening */
        (void)apply(&report, STATUS_HELD);
    }
    ck_assert_uint_eq(list_held(listed), 3);
    ck_assert_int_eq(listed[0].report.seq, 2);
    ck_assert_int_eq(listed[1].report.seq, 9);
    ck_assert_int_eq(listed[2].report.seq, 11);
}

/* ---- deciding ---- */

TEST(test_released_it_counts_once)
{
    struct held_report listed[4];
    struct report sent = hold_one();
    decide(2, true, DECIDED_RELEASED, HELD_RELEASED);
    expect_totals("9", "0", "3");
    ck_assert_uint_eq(list_held(listed), 0);
    decide(2, true, DECIDED_BEFORE, HELD_RELEASED);
    decide(2, false, DECIDED_BEFORE, HELD_RELEASED);
    expect_totals("9", "0", "3");
    (void)apply(&sent, STATUS_DUPLICATE);
    expect_totals("9", "0", "3");
    expect_entries(LOG, log_fields,
                   "seq=1 voted=10 outcome=accepted voted_before=0 flags= \n"
                   "seq=2 voted=9 outcome=held voted_before=10 flags=correction \n"
                   "seq=2 voted=9 outcome=released voted_before=10 flags=correction who=q7-Zt_0a "
                   "why=hỏi qua điện thoại \n");
    expect_entries(LEDGER, ledger_fields,
                   "when=1773600000000 unit=01.1-001 commune=01.1 seq=2 kind=correction before=10 after=9 "
                   "reason=mistyped who=k-1 \n"
                   "when=1773600000000 unit=01.1-001 commune=01.1 seq=2 kind=released before=10 after=9 "
                   "reason=hỏi qua điện thoại who=q7-Zt_0a \n");
}

TEST(test_rejected_it_never_counts)
{
    struct report sent = hold_one();
    decide(2, false, DECIDED_REJECTED, HELD_REJECTED);
    expect_totals("10", "0", "3");
    decide(2, true, DECIDED_BEFORE, HELD_REJECTED);
    struct store_result result = apply(&sent, STATUS_REJECTED);
    ck_assert_int_eq(result.code, CODE_CORRECTION);
    ck_assert(result.by_committee);
    struct report other = correction(2, 8);
    result = apply(&other, STATUS_REJECTED);
    ck_assert_int_eq(result.code, CODE_SEQ_CONFLICT);
    ck_assert(!result.by_committee);
    expect_totals("10", "0", "3");
    expect_entries(LEDGER, ledger_fields,
                   "when=1773600000000 unit=01.1-001 commune=01.1 seq=2 kind=rejected before=10 after=10 "
                   "reason=hỏi qua điện thoại who=q7-Zt_0a \n");
}

TEST(test_superseded_when_the_unit_has_gone_on)
{
    struct report sent = hold_one();
    struct report next = store_fixture_report(&store, UNIT, 3, 11);
    (void)apply(&next, STATUS_ACCEPTED);
    decide(2, true, DECIDED_SUPERSEDED, HELD_SUPERSEDED);
    expect_totals("11", "0", "4");
    decide(2, false, DECIDED_BEFORE, HELD_SUPERSEDED);
    (void)apply(&sent, STATUS_SUPERSEDED);
    expect_totals("11", "0", "4");
}

/* The correction of a unit that had forgotten to move its roll. */
TEST(test_over_the_roll_it_stays_held)
{
    struct held_report listed[4];
    store.election.rules.modes[RULE_OVER_ROLL] = MODE_HOLD;
    store_free(store.store);
    store_fixture_connect(&store);
    struct report sent = correction(5, ROLL + 1);
    ck_assert_int_eq(apply(&sent, STATUS_HELD).code, CODE_VOTED_EXCEEDS_REGISTERED);
    decide(5, true, DECIDED_OVER_ROLL, HELD_WAITING);
    expect_number(TOTALS, "held", "1");
    expect_number(TOTALS, "revision", "1");
    ck_assert_uint_eq(list_held(listed), 1);

    struct report grown = store_fixture_report(&store, UNIT, 1, 3);
    grown.registered = ROLL + 1;
    (void)apply(&grown, STATUS_ACCEPTED);
    decide(5, true, DECIDED_RELEASED, HELD_RELEASED);
    expect_totals("41", "0", "3");
    expect_number(TOTALS, "units_complete", "1");
    expect_entries(LEDGER, " kind before after ",
                   "kind=roll-change before=40 after=41 \n"
                   "kind=correction before=3 after=41 \n"
                   "kind=released before=3 after=41 \n");
}

TEST(test_there_is_nothing_to_decide)
{
    (void)hold_one();
    decide(1, true, DECIDED_NOT_FOUND, HELD_WAITING);
    decide(3, false, DECIDED_NOT_FOUND, HELD_WAITING);
    expect_totals("10", "1", "2");
}

/* ---- two committees at once ---- */

struct pressed {
    bool done;
    enum store_decided decided;
    enum held_state state;
};

static void on_pressed(void *context, enum turnout_error error, const char *why, enum store_decided decided,
                       enum held_state state)
{
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    *(struct pressed *)context = (struct pressed){true, decided, state};
}

static void press_both(struct store *first, struct store *second, int32_t seq)
{
    struct pressed pressed[2] = {{.done = false}, {.done = false}};
    struct store_decision decision = decision_of(seq, true);
    store_decide(first, &decision, on_pressed, &pressed[0]);
    decision.who = "another1";
    store_decide(second, &decision, on_pressed, &pressed[1]);
    store_fixture_run_until(&store, &pressed[0].done);
    store_fixture_run_until(&store, &pressed[1].done);
    ck_assert((pressed[0].decided == DECIDED_RELEASED && pressed[1].decided == DECIDED_BEFORE) ||
              (pressed[1].decided == DECIDED_RELEASED && pressed[0].decided == DECIDED_BEFORE));
    ck_assert_int_eq(pressed[0].state, HELD_RELEASED);
    ck_assert_int_eq(pressed[1].state, HELD_RELEASED);
}

TEST(test_two_links_at_once_count_once)
{
    enum { TIMES = 50 };
    struct store *first = store.store;
    store_fixture_connect(&store);
    struct store *second = store.store;
    for (int32_t i = 0; i < TIMES; i++) {
        struct report report = correction(i + 1, 1 + i % 2);
        (void)apply(&report, STATUS_HELD);
        press_both(i % 2 == 0 ? first : second, i % 2 == 0 ? second : first, i + 1);
        expect_number(TOTALS, "voted", i % 2 == 0 ? "1" : "2");
    }
    expect_number(TOTALS, "held", "0");
    expect_number(TOTALS, "revision", "100");
    redisReply *reply = redis_fixture_command(&store.redis, "XLEN " LEDGER);
    ck_assert_int_eq(reply->integer, 2 * TIMES); /* a correction and its release each */
    freeReplyObject(reply);
    store_free(first);
}

/* ---- faults ---- */

static const struct {
    const char *name;
    const char *spoil;
    const char *says;
    enum turnout_error error;
} spoils[] = {
    {"the ledger is a text", "SET " LEDGER " x", "is not a stream", TURNOUT_BAD_INPUT},
    {"the report is none", "HSET " HELD " 01.1-001.2 x", "is not a held report", TURNOUT_BAD_INPUT},
    {"held is never below nothing", "HSET " COMMUNES " 01.1:held 0", "would leave its range",
     TURNOUT_BAD_INPUT},
    {"the totals are gone", "DEL " TOTALS, "never seeded", TURNOUT_BAD_INPUT},
};

LOOP_TEST(test_a_decision_that_cannot_be_written_writes_nothing, COUNT(spoils))
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct store_decision decision = decision_of(2, true);
    enum store_decided decided;
    enum held_state state;
    (void)hold_one();
    redis_fixture_run(&store.redis, spoils[_i].spoil);
    redis_fixture_digest(&store.redis, before);
    ck_assert_int_eq(store_fixture_decide(&store, &decision, &decided, &state), spoils[_i].error);
    ck_assert_msg(strstr(store.why, spoils[_i].says) != NULL, "%s: %s", spoils[_i].name, store.why);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
}

/* A correction that is counted has to be in the ledger, so a ledger that is none stops it. */
TEST(test_what_cannot_be_in_the_ledger_is_not_counted)
{
    struct store_result result;
    struct report report = store_fixture_report(&store, UNIT, 1, 1);
    report.registered = ROLL + 1;
    redis_fixture_run(&store.redis, "SET " LEDGER " x");
    ck_assert_int_eq(store_fixture_apply_one(&store, UNIT, &report, &result), TURNOUT_UNAVAILABLE);
    expect_number(TOTALS, "voted", "0");
    redis_fixture_run(&store.redis, "DEL " LEDGER);
    (void)apply(&report, STATUS_ACCEPTED);
}

TEST(test_a_list_of_something_else)
{
    struct held_report listed[4];
    size_t count;
    (void)hold_one();
    redis_fixture_run(&store.redis, "HSET " HELD " 01.1-001.2 %s", "{\"state\":\"held\",\"code\":\"x\"}");
    ck_assert_int_eq(store_fixture_list_held(&store, 1, 4, listed, &count), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(store.why, "lacks unit"));
    redis_fixture_run(&store.redis, "DEL " HELD);
    redis_fixture_run(&store.redis, "SET " HELD " x");
    ck_assert_int_eq(store_fixture_list_held(&store, 1, 4, listed, &count), TURNOUT_BAD_INPUT);
}

SUITE("held");
