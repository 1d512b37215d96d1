/* Held reports in a real Redis: what is kept of them, and how they are listed. What is decided about them:
 * check_decided.c. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "held_reports.h"
#include "suite.h"

enum { LISTED = STORE_HELD_LISTED_MAX };

static struct store_fixture store;
static struct log_line listed[LISTED];

static void begin(void)
{
    held_begin(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

static size_t list_held(uint32_t area)
{
    size_t count;
    enum turnout_error failed = store_fixture_list_held(&store, area, LISTED, listed, &count);
    ck_assert_msg(failed == TURNOUT_OK, "%s", store.why);
    return count;
}

static void expect_same_report(const struct report *got, const struct report *wanted)
{
    struct buffer texts[2] = {{0}, {0}};
    report_json_write(&texts[0], got);
    report_json_write(&texts[1], wanted);
    ck_assert_str_eq(texts[0].bytes, texts[1].bytes);
    buffer_done(&texts[0]);
    buffer_done(&texts[1]);
}

/* ---- holding ---- */

FIXTURE(begin, end);
TIMEOUT(60);

TEST(test_a_held_report_is_kept_whole_and_counted_nowhere)
{
    struct report sent = held_one(&store);
    held_expect_totals(&store, "10", "1", "2");
    ck_assert_uint_eq(list_held(PROVINCE), 1);
    ck_assert_int_eq(listed[0].outcome, LOG_HELD);
    ck_assert_int_eq(listed[0].code, CODE_CORRECTION);
    ck_assert_str_eq(listed[0].flags, "correction");
    ck_assert_int_eq(listed[0].received_ms, sent.as_of * 1000 + 123);
    expect_same_report(&listed[0].report, &sent);
    ck_assert_uint_eq(list_held(COMMUNE), 1);
    ck_assert_int_eq(listed[0].report.seq, 2);
    ck_assert_uint_eq(list_held(COMMUNE + 1), 0);
    ck_assert_uint_eq(list_held(PROVINCE + 1), 0);
    expect_log(&store, LOG,
               "01.1 01.1-001 1 10 accepted 0   \n"
               "01.1 01.1-001 2 9 held 10 correction  \n");
    expect_integer(&store, 0, "EXISTS " LEDGER);
}

/* In `held` its line of the log, in `waiting` its id by when it was received, in `aside` what the rules look at. */
TEST(test_where_a_held_report_stands)
{
    struct report sent = held_one(&store);
    struct buffer words = {0};
    unsigned char digest[REPORT_DIGEST_BYTES];
    redisReply *entry = redis_fixture_command(&store.redis, "XREVRANGE " LOG " + - COUNT 1");
    expect_text(&store, entry->element[0]->element[1]->element[5]->str, "HGET " HELD " 01.1-001.2");
    freeReplyObject(entry);
    expect_integer(&store, 1, "HLEN " HELD);
    expect_text(&store, "1773536400123", "ZSCORE " WAITING " 01.1-001.2");
    report_digest(&sent, digest);
    buffer_append_text(&words, "held correction 2 9 - 1773536400 1773536400123 correction mistyped 0 ");
    for (size_t i = 0; i < sizeof digest; i++) {
        buffer_printf(&words, "%02x", digest[i]);
    }
    expect_text(&store, words.bytes, "HGET " ASIDE " 01.1-001");
    buffer_done(&words);

    /* Once it is decided it waits no more, but its seq stays taken. */
    held_decide(&store, 2, false, DECIDED_REJECTED, HELD_REJECTED);
    expect_integer(&store, 0, "EXISTS " HELD " " WAITING);
    expect_word(&store, "rejected", "HGET " ASIDE " 01.1-001", 0);
    expect_word(&store, "2", "HGET " ASIDE " 01.1-001", 2);
}

TEST(test_sent_again_it_is_held_once)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct report sent = held_one(&store);
    redis_fixture_digest(&store.redis, before);
    struct report_outcome again = held_apply(&store, &sent, STATUS_HELD);
    ck_assert_int_eq(again.code, CODE_CORRECTION);
    ck_assert(!again.is_new);

    /* Its seq is taken, and the answer says by what. */
    struct report other = held_correction(&store, 2, 8);
    struct report_outcome outcome = held_apply(&store, &other, STATUS_REJECTED);
    ck_assert_int_eq(outcome.code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(outcome.standing.voted, 9);
    ck_assert_int_eq(outcome.next_seq, 3);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);

    /* The unit goes on with the next one. */
    struct report next = store_fixture_report(&store, UNIT, 3, 11);
    (void)held_apply(&store, &next, STATUS_ACCEPTED);
    held_expect_totals(&store, "11", "1", "3");
    (void)held_apply(&store, &sent, STATUS_HELD);
}

TEST(test_two_in_one_batch_see_each_other)
{
    struct report_outcome outcomes[4];
    struct report held = held_correction(&store, 1, 9);
    struct report other = held_correction(&store, 1, 8);
    struct report next = store_fixture_report(&store, UNIT, 2, 10);
    store_fixture_add(&store, UNIT, &held, 0);
    store_fixture_add(&store, UNIT, &held, 0);
    store_fixture_add(&store, UNIT, &other, 0);
    store_fixture_add(&store, UNIT, &next, 0);
    ck_assert_int_eq(store_fixture_apply(&store, outcomes), TURNOUT_OK);
    ck_assert_int_eq(outcomes[0].status, STATUS_HELD);
    ck_assert_int_eq(outcomes[1].status, STATUS_HELD);
    ck_assert(outcomes[0].is_new && !outcomes[1].is_new);
    ck_assert_int_eq(outcomes[2].code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(outcomes[3].status, STATUS_ACCEPTED);
    held_expect_totals(&store, "10", "1", "2");
}

/* What is held is known again by a server that begins anew, and by Redis itself. */
TEST(test_it_outlives_redis)
{
    struct report sent = held_one(&store);
    store_fixture_disconnect(&store);
    redis_fixture_signal(&store.redis, SIGKILL);
    redis_fixture_restart(&store.redis);
    store_fixture_connect(&store);
    ck_assert_uint_eq(list_held(PROVINCE), 1);
    ck_assert(!held_apply(&store, &sent, STATUS_HELD).is_new);
    held_decide(&store, 2, true, DECIDED_RELEASED, HELD_RELEASED);
    held_expect_totals(&store, "9", "0", "3");
}

TEST(test_the_longest_waiting_comes_first)
{
    static const uint32_t areas[] = {PROVINCE, COMMUNE};
    static const int32_t seqs[] = {9, 2, 11};
    for (size_t i = 0; i < 3; i++) {
        struct report report = held_correction(&store, seqs[i], 5); /* as of so many hours after opening */
        (void)held_apply(&store, &report, STATUS_HELD);
    }
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(list_held(areas[i]), 3);
        ck_assert_int_eq(listed[0].report.seq, 2);
        ck_assert_int_eq(listed[1].report.seq, 9);
        ck_assert_int_eq(listed[2].report.seq, 11);
    }
}

TEST(test_only_so_many_of_a_unit_wait)
{
    for (int32_t seq = 1; seq <= TALLY_HELD_WAITING_MAX; seq++) {
        struct report report = held_correction(&store, seq, 5);
        (void)held_apply(&store, &report, STATUS_HELD);
    }
    struct report first = held_correction(&store, 1, 5);
    struct report more = held_correction(&store, TALLY_HELD_WAITING_MAX + 1, 5);
    struct report good = store_fixture_report(&store, UNIT, TALLY_HELD_WAITING_MAX + 2, 6);
    ck_assert_int_eq(held_apply(&store, &more, STATUS_REJECTED).code, CODE_TOO_MANY);
    expect_text(&store, "20", "HGET " TOTALS " held");
    ck_assert(!held_apply(&store, &first, STATUS_HELD).is_new); /* which waits already */
    held_decide(&store, 1, false, DECIDED_REJECTED, HELD_REJECTED);
    (void)held_apply(&store, &more, STATUS_HELD);
    (void)held_apply(&store, &good, STATUS_ACCEPTED); /* what counts is not kept out by what waits */
    ck_assert_uint_eq(list_held(PROVINCE), TALLY_HELD_WAITING_MAX);
}

/* ---- faults ---- */

/* A correction that is counted has to be in the ledger, so a ledger that is none stops it. */
TEST(test_what_cannot_be_in_the_ledger_is_not_counted)
{
    struct report report = store_fixture_report(&store, UNIT, 1, 1);
    report.registered = ROLL + 1;
    redis_fixture_run(&store.redis, "SET " LEDGER " x");
    (void)held_apply(&store, &report, STATUS_UNAVAILABLE);
    expect_text(&store, "0", "HGET " TOTALS " voted");
    redis_fixture_run(&store.redis, "DEL " LEDGER);
    (void)held_apply(&store, &report, STATUS_ACCEPTED);
}

static const struct {
    const char *remove; /* a key, or NULL */
    const char *words[4];
    enum turnout_error province; /* the list of it */
    enum turnout_error commune;
} lists[] = {
    {NULL, {"HSET", HELD, "01.1-001.2", "x"}, TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {NULL,
     {"HSET", HELD, "01.1-001.2", "{\"received\":1,\"outcome\":\"held\"}"},
     TURNOUT_BAD_INPUT,
     TURNOUT_BAD_INPUT},
    {NULL, {"HSET", ASIDE, "01.1-001", "held correction 2 9"}, TURNOUT_OK, TURNOUT_BAD_INPUT},
    {NULL, {"HSET", ASIDE, "01.1-002", "x"}, TURNOUT_OK, TURNOUT_BAD_INPUT},
    {HELD, {"SADD", HELD, "x"}, TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {WAITING, {"SADD", WAITING, "x"}, TURNOUT_BAD_INPUT, TURNOUT_OK},
    {ASIDE, {"SADD", ASIDE, "x"}, TURNOUT_OK, TURNOUT_BAD_INPUT},
};

LOOP_TEST(test_a_list_of_something_else, COUNT(lists))
{
    size_t count;
    const char *words[4];
    int given = 0;
    (void)held_one(&store);
    if (lists[_i].remove != NULL) {
        redis_fixture_run(&store.redis, "DEL %s", lists[_i].remove);
    }
    for (; given < COUNT(words) && lists[_i].words[given] != NULL; given++) {
        words[given] = lists[_i].words[given];
    }
    redisReply *reply = redisCommandArgv(store.redis.redis, given, words, NULL);
    ck_assert(reply != NULL && reply->type != REDIS_REPLY_ERROR);
    freeReplyObject(reply);
    ck_assert_int_eq(store_fixture_list_held(&store, PROVINCE, LISTED, listed, &count), lists[_i].province);
    ck_assert_int_eq(store_fixture_list_held(&store, COMMUNE, LISTED, listed, &count), lists[_i].commune);
}

TEST(test_without_redis_nothing_is_listed)
{
    size_t count;
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(store_fixture_list_held(&store, PROVINCE, LISTED, listed, &count), TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(store_fixture_list_held(&store, COMMUNE, LISTED, listed, &count), TURNOUT_UNAVAILABLE);
    held_decide(&store, 1, true, DECIDED_UNAVAILABLE, HELD_WAITING);
}

SUITE("held");
