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
    struct fixture_held held;
    enum turnout_error failed = store_fixture_list_held(&store, area, NULL, LISTED, listed, &held);
    ck_assert_msg(failed == TURNOUT_OK, "%s", store.why);
    ck_assert_int_eq((int64_t)held.count, held.total);
    return held.count;
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

/* In `held` its line of the log, in `waiting` its id in the order of the list, in `aside` what the rules look at. */
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

static void hold_of(uint32_t unit, const struct report *report)
{
    struct report_outcome outcome;
    struct report own = *report;
    ck_assert(slice_copy(slice_of(store.reg->units[unit].code), own.unit, sizeof own.unit));
    (void)store_fixture_apply_one(&store, unit, &own, &outcome);
    ck_assert_msg(outcome.status == STATUS_HELD, "%s: %s", report_status_name(outcome.status), store.why);
}

TEST(test_the_longest_waiting_comes_first)
{
    static const uint32_t areas[] = {PROVINCE, COMMUNE};
    static const int32_t seqs[] = {9, 2, 11};
    for (size_t i = 0; i < 3; i++) {
        struct report report = held_correction(&store, seqs[i], 1); /* as of so many hours after opening */
        hold_of(UNIT + (uint32_t)i, &report);
    }
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(list_held(areas[i]), 3);
        ck_assert_int_eq(listed[0].report.seq, 2);
        ck_assert_int_eq(listed[1].report.seq, 9);
        ck_assert_int_eq(listed[2].report.seq, 11);
    }
}

/* Whatever the first unit has waiting, the others' first ones come before its second; in pages of any size each is
 * there once, also where one that ended a page was decided. */
TEST(test_pages_are_fair_over_units)
{
    enum { OF_ONE = 4, ALL = OF_ONE + 2 };
    static const int32_t wanted[ALL] = {2, 5, 6, 3, 4, 7};
    static const uint32_t areas[] = {REGISTER_NATION, PROVINCE, COMMUNE};
    for (int32_t i = 0; i < OF_ONE; i++) {
        struct report report = held_correction(&store, i == OF_ONE - 1 ? 7 : 2 + i, 1);
        report.as_of = store.election.opens; /* they all come at the same time */
        hold_of(UNIT, &report);
    }
    for (int32_t i = 0; i < 2; i++) {
        struct report report = held_correction(&store, 5 + i, 1);
        hold_of(UNIT + 1 + (uint32_t)i, &report);
    }
    for (size_t area = 0; area < COUNT(areas); area++) {
        for (size_t limit = 1; limit <= ALL; limit++) {
            struct fixture_held held = {.has_next = true};
            for (size_t at = 0; held.has_next; at += held.count) {
                struct held_place after = held.next;
                ck_assert_int_eq(store_fixture_list_held(&store, areas[area], at == 0 ? NULL : &after, limit,
                                                         listed, &held),
                                 TURNOUT_OK);
                ck_assert_int_eq(held.total, ALL);
                ck_assert_uint_eq(held.count, at + limit < ALL ? limit : ALL - at);
                for (size_t i = 0; i < held.count; i++) {
                    ck_assert_int_eq(listed[i].report.seq, wanted[at + i]);
                }
            }
        }
    }
    struct fixture_held held;
    ck_assert_int_eq(store_fixture_list_held(&store, PROVINCE, NULL, 4, listed, &held), TURNOUT_OK);
    held_decide(&store, 3, false, DECIDED_REJECTED, HELD_REJECTED);
    struct held_place after = held.next;
    for (size_t area = 0; area < COUNT(areas); area++) {
        ck_assert_int_eq(store_fixture_list_held(&store, areas[area], &after, LISTED, listed, &held),
                         TURNOUT_OK);
        ck_assert_uint_eq(held.count, 2);
        ck_assert_int_eq(listed[0].report.seq, 4);
        ck_assert(!held.has_next);
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

/* However many wait, no more is read than the page has: what is behind it here would be a fault. */
TEST(test_a_long_list_is_read_a_page_at_a_time)
{
    enum { MANY = 150000, PAGE = 3 };
    for (int32_t seq = 1; seq <= PAGE; seq++) {
        struct report report = held_correction(&store, seq, 5);
        (void)held_apply(&store, &report, STATUS_HELD);
    }
    redis_fixture_run(
        &store.redis, "EVAL %s 2 " WAITING " " HELD " %d",
        "for i = 1, ARGV[1] do local id = '01.1-002.' .. i "
        "redis.call('ZADD', KEYS[1], 90000000000000, id) redis.call('HSET', KEYS[2], id, 'x') end",
        MANY);
    static const uint32_t areas[] = {REGISTER_NATION, PROVINCE};
    for (int i = 0; i < COUNT(areas); i++) {
        struct fixture_held held;
        ck_assert_int_eq(store_fixture_list_held(&store, areas[i], NULL, PAGE, listed, &held), TURNOUT_OK);
        ck_assert_uint_eq(held.count, PAGE);
        ck_assert_int_eq(held.total, MANY + PAGE);
        ck_assert(held.has_next);
    }
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
    {WAITING, {"SADD", WAITING, "x"}, TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {NULL, {"ZADD", WAITING, "1.5", "01.1-001.2"}, TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {ASIDE, {"SADD", ASIDE, "x"}, TURNOUT_OK, TURNOUT_BAD_INPUT},
};

LOOP_TEST(test_a_list_of_something_else, COUNT(lists))
{
    struct fixture_held held;
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
    ck_assert_int_eq(store_fixture_list_held(&store, PROVINCE, NULL, LISTED, listed, &held),
                     lists[_i].province);
    ck_assert_int_eq(store_fixture_list_held(&store, COMMUNE, NULL, LISTED, listed, &held),
                     lists[_i].commune);
}

TEST(test_without_redis_nothing_is_listed)
{
    struct fixture_held held;
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(store_fixture_list_held(&store, PROVINCE, NULL, LISTED, listed, &held),
                     TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(store_fixture_list_held(&store, COMMUNE, NULL, LISTED, listed, &held),
                     TURNOUT_UNAVAILABLE);
    held_decide(&store, 1, true, DECIDED_UNAVAILABLE, HELD_WAITING);
}

SUITE("held");
