/* An opening is for all provinces or for none: also when it is interrupted at any of its steps, and when calls of it
 * come late. */
#include <turnout/store/meta.h>
#include <turnout/store/prepare.h>

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "../../src/store/unfinished_opening.h"
#include "expect_redis.h"
#include "store_fixture.h"
#include "suite.h"

#define META "turnout:{e-1}:meta"

enum { LATE = -1, REFUSED = 0, DONE = 1, INTERRUPTED = 2, GENERATION_TEXT_BYTES = 64 };

static struct store_fixture store;
static char generation[GENERATION_TEXT_BYTES];
static int32_t seqs; /* of reports that were sent */

static void begin(void)
{
    store_fixture_begin(&store);
    redisReply *reply = redis_fixture_command(&store.redis, "HGET " META " generation");
    ck_assert(slice_copy(slice_of(reply->str), generation, sizeof generation));
    freeReplyObject(reply);
    seqs = 0;
}

static void end(void)
{
    store_fixture_end(&store);
}

/* ---- the steps of an opening, by hand ---- */

static long long integer_of(redisReply *reply)
{
    ck_assert_msg(reply->type == REDIS_REPLY_INTEGER, "%s", reply->str == NULL ? "" : reply->str);
    long long integer = reply->integer;
    freeReplyObject(reply);
    return integer;
}

static long long begin_change(const char *before)
{
    return integer_of(redis_fixture_command(&store.redis, "FCALL turnout_change_begin 1 " META " %s phase %s",
                                            generation, before));
}

static long long gate_of(const char *of, const char *province, long long number, const char *word)
{
    static const char *const keys[] = {"totals",  "units", "log",    "held",
                                       "waiting", "aside", "ledger", "flagged"};
    struct buffer command = {0};
    bool has_all = strcmp(word, "open") != 0 && strcmp(word, "closed") != 0;
    buffer_printf(&command, "FCALL turnout_phase %d", has_all ? COUNT(keys) : 1);
    for (int i = 0; i < (has_all ? COUNT(keys) : 1); i++) {
        buffer_printf(&command, " turnout:{e-1:%s}:%s", province, keys[i]);
    }
    buffer_printf(&command, " %s %lld %s", of, number, word);
    long long answer = integer_of(redis_fixture_command(&store.redis, command.bytes));
    buffer_done(&command);
    return answer;
}

static long long gate(const char *province, long long number, const char *word)
{
    return gate_of(generation, province, number, word);
}

/* Meta says that the election is open. */
static void set_open(long long number, int wanted)
{
    long long answer = integer_of(redis_fixture_command(
        &store.redis, "FCALL turnout_set 2 " META " turnout:{e-1}:ledger %s %lld phase open line", generation,
        number));
    ck_assert_int_eq(answer, wanted);
}

/* An opening in which both provinces were reached. Returns its number. */
static long long begin_opening(void)
{
    long long number = begin_change("rehearsal");
    ck_assert_int_eq(gate("01", number, "opening"), DONE);
    ck_assert_int_eq(gate("02", number, "opening"), DONE);
    return number;
}

/* ---- what is asked, and what stands ---- */

static struct fixture_change ask(enum election_phase phase)
{
    return store_fixture_change_phase(&store, phase);
}

static void expect(struct fixture_change changed, enum change_outcome outcome)
{
    ck_assert_int_eq(changed.error, TURNOUT_OK);
    ck_assert_int_eq(changed.outcome, outcome);
}

static void expect_phases(const char *of_election, const char *of_first, const char *of_second)
{
    expect_text(&store, of_election, "HGET " META " phase");
    expect_text(&store, of_first, "HGET turnout:{e-1:01}:totals phase");
    expect_text(&store, of_second, "HGET turnout:{e-1:02}:totals phase");
}

static struct report_outcome send(uint32_t province, bool test)
{
    uint32_t unit = store.reg->areas[store.reg->areas[province].first_child].first_child;
    struct report report = store_fixture_report(&store, unit, ++seqs, 1);
    struct report_outcome outcome;
    report.test = test;
    (void)store_fixture_apply_one(&store, unit, &report, &outcome);
    return outcome;
}

static void expect_status(uint32_t province, bool test, enum report_status wanted)
{
    enum report_status status = send(province, test).status;
    ck_assert_msg(status == wanted, "province %u: %s", province, report_status_name(status));
}

static void expect_nothing_taken(uint32_t province)
{
    expect_status(province, true, STATUS_UNAVAILABLE);
    expect_status(province, false, STATUS_UNAVAILABLE);
}

FIXTURE(begin, end);

/* ---- from the first pass to the end ---- */

TEST(a_test_report_that_comes_meanwhile_keeps_every_province_in_rehearsal)
{
    expect_status(1, false, STATUS_REJECTED); /* so the tally knows the province from before */
    long long number = begin_change("rehearsal");
    ck_assert_int_eq(gate("01", number, "opening"), DONE);
    expect_nothing_taken(1);
    expect_status(2, true, STATUS_ACCEPTED);
    ck_assert_int_eq(gate("02", number, "opening"), REFUSED);
    struct fixture_change changed = ask(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS);
    ck_assert_uint_eq(changed.province, 2);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
    expect_status(1, true, STATUS_ACCEPTED);
}

TEST(nothing_is_taken_until_the_province_is_open)
{
    long long number = begin_opening();
    expect_nothing_taken(1);
    set_open(number, 1);
    expect_nothing_taken(1);
    ck_assert_int_eq(gate("01", number, "open"), DONE);
    expect_status(1, false, STATUS_ACCEPTED);
    expect_nothing_taken(2);
}

TEST(a_province_that_is_being_opened_can_be_read)
{
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    bool moved;
    begin_opening();
    ck_assert_int_eq(store_fixture_read(&store, 1, -1, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(moved);
}

/* ---- interrupted ---- */

TEST(an_opening_that_reached_some_provinces_is_finished)
{
    ck_assert_int_eq(gate("01", begin_change("rehearsal"), "opening"), DONE);
    expect(ask(PHASE_OPEN), CHANGE_DONE);
    expect_phases("open", "open", "open");
    expect_status(1, false, STATUS_ACCEPTED);
    expect_status(2, false, STATUS_ACCEPTED);
}

/* As a server leaves it that opens one province after the other. */
TEST(an_opening_that_was_interrupted_is_finished)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase open");
    expect_status(1, false, STATUS_ACCEPTED);
    expect(ask(PHASE_OPEN), CHANGE_DONE);
    expect_status(1, false, STATUS_ACCEPTED);
    expect_status(2, false, STATUS_ACCEPTED);
}

TEST(an_opening_that_was_interrupted_is_taken_back)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase open");
    expect_status(2, true, STATUS_ACCEPTED);
    expect(ask(PHASE_OPEN), CHANGE_REHEARSAL_STANDS);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
    expect_status(1, true, STATUS_ACCEPTED);
}

TEST(an_opening_that_reached_meta_is_finished)
{
    set_open(begin_opening(), 1);
    expect(ask(PHASE_OPEN), CHANGE_NONE);
    expect_phases("open", "open", "open");
    expect_integer(&store, 1, "XLEN turnout:{e-1}:ledger");
}

TEST(an_opening_that_reached_meta_can_be_closed)
{
    set_open(begin_opening(), 1);
    expect(ask(PHASE_CLOSED), CHANGE_DONE);
    expect_phases("closed", "closed", "closed");
}

TEST(an_opening_is_taken_back_by_who_asks_for_the_rehearsal)
{
    begin_opening();
    expect(ask(PHASE_REHEARSAL), CHANGE_NONE);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
    expect_integer(&store, 0, "XLEN turnout:{e-1}:ledger");
    expect_status(1, true, STATUS_ACCEPTED);
}

TEST(an_opening_that_meta_does_not_take_is_taken_back)
{
    redis_fixture_run(&store.redis, "SET turnout:{e-1}:ledger x");
    ck_assert_int_ne(ask(PHASE_OPEN).error, TURNOUT_OK);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
}

TEST(an_opening_that_a_province_does_not_take_is_taken_back)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:02}:totals change 999");
    ck_assert_int_eq(ask(PHASE_OPEN).error, TURNOUT_UNAVAILABLE);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
}

/* A closing stops at no province, so it needs no way back: whoever asks next says which way it goes. */
TEST(a_closing_that_was_interrupted_is_finished_or_taken_back)
{
    expect(ask(PHASE_OPEN), CHANGE_DONE);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase closed");
    expect(ask(PHASE_OPEN), CHANGE_NONE);
    expect_phases("open", "open", "open");
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase closed");
    expect(ask(PHASE_CLOSED), CHANGE_DONE);
    expect_phases("closed", "closed", "closed");
}

static bool start(void)
{
    struct store_preparation preparation = {.patience_ms = 1000};
    struct store_prepared prepared;
    struct error error;
    enum turnout_error failed = store_prepare(&store.options, &preparation, &prepared, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    return prepared.was_opening;
}

TEST(the_next_start_takes_an_opening_back)
{
    long long number = begin_change("rehearsal");
    ck_assert_int_eq(gate("01", number, "opening"), DONE);
    expect_status(2, true, STATUS_ACCEPTED);
    ck_assert(start());
    expect_phases("rehearsal", "rehearsal", "rehearsal");
    expect_status(1, true, STATUS_ACCEPTED);
    set_open(number, 0);
    ck_assert(!start());
}

TEST(the_next_start_finishes_an_opening_that_reached_meta)
{
    long long number = begin_opening();
    set_open(number, 1);
    ck_assert_int_eq(gate("01", number, "open"), DONE);
    expect_status(1, false, STATUS_ACCEPTED);
    ck_assert(start());
    expect_phases("open", "open", "open");
    expect_status(2, false, STATUS_ACCEPTED);
    ck_assert(!start());
}

/* It may do so at once, so the server's end must not look like a fault for a person to mend. */
TEST(nobody_starts_while_a_province_is_taken_further)
{
    struct store_preparation preparation = {.patience_ms = 1000};
    struct store_prepared prepared;
    struct error error;
    begin_opening();
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:02}:totals change 999");
    ck_assert_int_eq(store_prepare(&store.options, &preparation, &prepared, &error), TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "changed by somebody else"));
}

/* Meta was read before it said that the election is open: then nothing is known of who opens the provinces. */
TEST(nobody_starts_on_a_phase_that_has_just_changed)
{
    struct error error;
    set_open(begin_opening(), 1);
    ck_assert_int_eq(
        unfinished_opening_end(store.redis.redis, &store.options, generation, PHASE_REHEARSAL, &error),
        TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "changed by somebody else"));
    expect_phases("open", "opening", "opening");
}

/* ---- late ---- */

/* Whatever an earlier change has sent. */
static const char *const words[] = {"opening", "rehearsal", "open", "closed"};

LOOP_TEST(a_call_that_comes_late_changes_nothing, COUNT(words))
{
    long long number = begin_change("rehearsal");
    expect(ask(PHASE_OPEN), CHANGE_DONE);
    ck_assert_int_eq(gate("01", number, words[_i]), LATE);
    set_open(number, 0);
    expect_phases("open", "open", "open");
}

LOOP_TEST(a_call_from_before_a_reset_changes_nothing, COUNT(words))
{
    ck_assert_int_eq(gate_of("another", "01", 999, words[_i]), LATE);
    ck_assert_int_eq(gate_of("another", "01", 0, "look"), LATE);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
}

/* The link was lost, and it comes after it was taken back on another one. */
TEST(an_opening_is_not_begun_after_it_was_taken_back)
{
    long long number = begin_change("rehearsal");
    ck_assert_int_eq(gate("01", number, "rehearsal"), DONE);
    ck_assert_int_eq(gate("01", number, "opening"), LATE);
    expect_phases("rehearsal", "rehearsal", "rehearsal");
}

TEST(a_change_is_begun_only_where_its_phase_stands)
{
    ck_assert_int_eq(begin_change("open"), 0);
    ck_assert_int_eq(begin_change("rehearsal"), 1);
    ck_assert_int_eq(begin_change("rehearsal"), 2);
    expect_integer(&store, 0, "FCALL turnout_change_begin 1 " META " another phase rehearsal");
    expect_text(&store, "2", "HGET " META " changes");
    redis_fixture_run(&store.redis, "HSET " META " changes x");
    redisReply *reply = redis_fixture_command(
        &store.redis, "FCALL turnout_change_begin 1 " META " %s phase rehearsal", generation);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ERROR);
    freeReplyObject(reply);
}

TEST(looking_changes_nothing)
{
    ck_assert_int_eq(gate("01", 0, "look"), DONE);
    begin_opening();
    ck_assert_int_eq(gate("01", 0, "look"), INTERRUPTED);
    expect_status(1, true, STATUS_UNAVAILABLE);
    expect_phases("rehearsal", "opening", "opening");
}

SUITE("opening");
