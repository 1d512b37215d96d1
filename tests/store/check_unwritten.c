/* A batch that cannot be applied whole is not applied at all: Redis does not undo what a failed function has
 * written, so the function must not have begun to write. */
#include <turnout/store/store.h>

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "../../src/store/rules_text.h"
#include "store_fixture.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define UNITS    "turnout:{e-1:01}:units"
#define LOG      "turnout:{e-1:01}:log"
#define HELD     "turnout:{e-1:01}:held"
#define RECENT   "turnout:{e-1:01}:recent"
#define LEDGER   "turnout:{e-1:01}:ledger"

enum { WORDS_MOST = 4 };

static const char *const with_debug[] = {"--enable-debug-command", "yes", NULL};

static struct store_fixture store;

static void begin(void)
{
    store_fixture_start(&store, with_debug);
    store_fixture_open(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* Three reports, the first of which nothing can be wrong with; unit 4 lies in the second commune. */
static enum turnout_error apply_three(int32_t seq, int32_t voted)
{
    static const uint32_t units[] = {1, 0, 4};
    struct store_result results[3];
    struct store_batch *batch = store_batch_new(1);
    for (size_t i = 0; i < 3; i++) {
        struct report report = store_fixture_report(&store, units[i], seq, voted);
        store_fixture_add(&store, batch, units[i], &report, 1);
    }
    return store_fixture_apply(&store, batch, results);
}

static const struct {
    const char *name;
    const char *remove; /* a key, or NULL */
    const char *words[WORDS_MOST];
    const char *says;
    enum turnout_error read; /* what a reader is told then */
} spoils[] = {
    {"totals are a text", TOTALS, {"SET", TOTALS, "x"}, "WRONGTYPE", TURNOUT_BAD_INPUT},
    {"communes are a list", COMMUNES, {"RPUSH", COMMUNES, "x"}, "WRONGTYPE", TURNOUT_BAD_INPUT},
    {"units are a set", UNITS, {"SADD", UNITS, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"the log is a text", LOG, {"SET", LOG, "x"}, "is not a stream", TURNOUT_OK},
    {"held is a list", NULL, {"RPUSH", HELD, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"a held report that is none",
     NULL,
     {"HSET", HELD, "01.1-001.1", "held"},
     "is not a held report",
     TURNOUT_OK},
    {"a held report that lacks its digest",
     NULL,
     {"HSET", HELD, "01.1-001.1", "{\"state\":\"held\",\"code\":\"too-fast\"}"},
     "lacks unit",
     TURNOUT_OK},
    {"a held report of a number",
     NULL,
     {"HSET", HELD, "01.1-001.1", "{\"state\":7,\"code\":\"too-fast\"}"},
     "is not a held report",
     TURNOUT_OK},
    {"totals are gone", TOTALS, {"PING"}, "never seeded", TURNOUT_BAD_INPUT},
    {"the province's roll is gone", NULL, {"HDEL", TOTALS, "registered"}, "never seeded", TURNOUT_OK},
    {"a commune's roll is gone", NULL, {"HDEL", COMMUNES, "01.2:registered"}, "never seeded", TURNOUT_OK},
    {"a word for a number", NULL, {"HSET", TOTALS, "voted", "many"}, "not a count", TURNOUT_BAD_INPUT},
    {"a negative number", NULL, {"HSET", TOTALS, "voted", "-1"}, "not a count", TURNOUT_BAD_INPUT},
    {"a number with a point", NULL, {"HSET", TOTALS, "revision", "1.0"}, "not a count", TURNOUT_BAD_INPUT},
    {"a number with an exponent", NULL, {"HSET", TOTALS, "voted", "1e3"}, "not a count", TURNOUT_BAD_INPUT},
    {"an empty number", NULL, {"HSET", TOTALS, "voted", ""}, "not a count", TURNOUT_BAD_INPUT},
    {"a number above 2^53",
     NULL,
     {"HSET", TOTALS, "voted", "9007199254740992"},
     "not a count",
     TURNOUT_BAD_INPUT},
    {"the round is no number", NULL, {"HSET", TOTALS, "round:1", "x"}, "not a count", TURNOUT_BAD_INPUT},
    {"a commune's word for a number",
     NULL,
     {"HSET", COMMUNES, "01.2:voted", "x"},
     "not a count",
     TURNOUT_BAD_INPUT},
    {"a unit that cannot be read",
     NULL,
     {"HSET", UNITS, "01.2-001", "1 2 3"},
     "not the state of a unit",
     TURNOUT_OK},
    {"a full count",
     NULL,
     {"HSET", TOTALS, "voted", "9007199254740991"},
     "would leave its range",
     TURNOUT_OK},
    {"a commune's full count",
     NULL,
     {"HSET", COMMUNES, "01.2:voted", "9007199254740991"},
     "would leave its range",
     TURNOUT_OK},
    {"fewer counted than there were",
     NULL,
     {"HSET", TOTALS, "units_reported", "9007199254740991"},
     "would leave its range",
     TURNOUT_OK},
};

FIXTURE(begin, end);
TIMEOUT(60);

LOOP_TEST(test_nothing_is_written, COUNT(spoils))
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    if (spoils[_i].remove != NULL) {
        redis_fixture_run(&store.redis, "DEL %s", spoils[_i].remove);
    }
    const char *words[WORDS_MOST];
    int count = 0;
    while (count < WORDS_MOST && spoils[_i].words[count] != NULL) {
        words[count] = spoils[_i].words[count];
        count++;
    }
    redisReply *reply = redisCommandArgv(store.redis.redis, count, words, NULL);
    ck_assert(reply != NULL && reply->type != REDIS_REPLY_ERROR);
    freeReplyObject(reply);

    redis_fixture_digest(&store.redis, before);
    ck_assert_int_eq(apply_three(1, 1), TURNOUT_UNAVAILABLE);
    ck_assert_msg(strstr(store.why, spoils[_i].says) != NULL, "%s: %s", spoils[_i].name, store.why);
    redis_fixture_digest(&store.redis, after);
    ck_assert_msg(strcmp(before, after) == 0, "%s: something was written", spoils[_i].name);

    bool moved;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    ck_assert_msg(store_fixture_read(&store, 1, -1, &moved, &totals, communes) == spoils[_i].read, "%s: %s",
                  spoils[_i].name, store.why);
}

TEST(test_a_count_may_become_full)
{
    redis_fixture_run(&store.redis, "HSET " TOTALS " voted 9007199254740988");
    ck_assert_int_eq(apply_three(1, 1), TURNOUT_OK);
    ck_assert_int_eq(apply_three(2, 2), TURNOUT_UNAVAILABLE);
}

TEST(test_a_count_cannot_fall_below_nothing)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct store_result result;
    struct report report = store_fixture_report(&store, 0, 1, 1);
    report.kind = KIND_FINAL;
    report.kind_given = true;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    redis_fixture_run(&store.redis, "HSET " COMMUNES " 01.1:units_final 0");
    redis_fixture_digest(&store.redis, before);
    report = store_fixture_report(&store, 0, 2, 2);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_UNAVAILABLE);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
}

/* Calls turnout_apply by hand; it must refuse with these words. */
static void expect_refusal(const char *rules, const char *blob, const char *says)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    redis_fixture_digest(&store.redis, before);
    redisReply *reply = redis_fixture_command(&store.redis,
                                              "FCALL turnout_apply 7 " TOTALS " " COMMUNES " " UNITS " " LOG
                                              " " HELD " " LEDGER " " RECENT " rehearsal %s %s",
                                              rules, blob);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ERROR);
    ck_assert_msg(strstr(reply->str, says) != NULL, "%s", reply->str);
    freeReplyObject(reply);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
}

LOOP_TEST(test_a_batch_that_is_none, 5)
{
    static const char *const blobs[][2] = {{"", ""},
                                           {"x", "not a whole number of reports"},
                                           {"\x90", "not a whole number of reports"},
                                           {"\xa1x", "not a whole number of reports"},
                                           {"\x91\xa1x", "not a whole number of reports"}};
    struct buffer rules = {0};
    rules_text_write(&rules, &store.election);
    expect_refusal(rules.bytes, blobs[_i][0], blobs[_i][1]);
    buffer_done(&rules);
}

LOOP_TEST(test_rules_that_are_none, 6)
{
    static const struct {
        const char *setting;
        const char *instead;
        const char *says;
    } faults[] = {
        {"over-roll=reject", "over-roll=flag", "never counted"},
        {"over-roll=reject", "over-roll=off", "never counted"},
        {"over-roll=reject", "", "the rules lack over-roll"},
        {"corrections=off", "corrections=maybe", "the rules lack corrections"},
        {"voters-an-hour=1500", "voters-an-hour=many", "the rules lack voters-an-hour"},
        {" opens=", " shuts=", "the rules lack opens"},
    };
    struct buffer rules = {0};
    struct buffer faulty = {0};
    rules_text_write(&rules, &store.election);
    const char *at = strstr(rules.bytes, faults[_i].setting);
    ck_assert_ptr_nonnull(at);
    buffer_append(&faulty, rules.bytes, (size_t)(at - rules.bytes));
    buffer_printf(&faulty, "%s%s", faults[_i].instead, at + strlen(faults[_i].setting));
    expect_refusal(faulty.bytes, "\x91\xa1x", faults[_i].says);
    buffer_done(&faulty);
    buffer_done(&rules);
}

/* A rejected report leaves no trace; a duplicate leaves one in dup_seen alone. */
TEST(test_what_is_not_counted_moves_no_revision)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct store_result result;
    struct report report = store_fixture_report(&store, 0, 5, 10);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
    redis_fixture_digest(&store.redis, before);
    report.voted = 11;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(result.standing.voted, 10);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);

    report.seq = 4;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_SUPERSEDED);
    redisReply *reply = redis_fixture_command(&store.redis, "XLEN " LOG);
    ck_assert_int_eq(reply->integer, 2);
    freeReplyObject(reply);
    reply = redis_fixture_command(&store.redis, "HGET " TOTALS " revision");
    ck_assert_str_eq(reply->str, "1");
    freeReplyObject(reply);
}

/* The log as proto/redis.md describes it, word by word. */
static const char *const log_fields[][2] = {
    {"unit", "01.1-001"},
    {"commune", "01.1"},
    {"seq", "2"},
    {"as_of", "2026-03-15T08:00:00+07:00"},
    {"voted", "9"},
    {"registered", "41"},
    {"kind", "correction"},
    {"reason", "mistyped"},
    {"note", "một lỗi"},
    {"key", "k-1"},
    {"sig", "c2ln"},
    {"via", ""},
    {"digest", NULL}, /* of the right length */
    {"round", "3"},
    {"received", "1773536400123"},
    {"outcome", "accepted"},
    {"voted_before", "10"},
    {"registered_before", "40"},
    {"flags", "correction"},
    {"previous", NULL}, /* the line of seq 1 */
};

enum { LOG_FIELDS = sizeof log_fields / sizeof log_fields[0] };

TEST(test_log_entry)
{
    store_free(store.store);
    store.election.rules.modes[RULE_CORRECTIONS] = MODE_FLAG;
    store_fixture_connect(&store);
    struct store_result results[2];
    struct store_batch *batch = store_batch_new(1);
    struct report report = store_fixture_report(&store, 0, 1, 10);
    store_fixture_add(&store, batch, 0, &report, 2);

    report = store_fixture_report(&store, 0, 2, 9);
    report.registered = 41;
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISTYPED;
    ck_assert(slice_copy(slice_of("một lỗi"), report.note, sizeof report.note));
    ck_assert(slice_copy(slice_of("k-1"), report.key, sizeof report.key));
    ck_assert(slice_copy(slice_of("c2ln"), report.sig, sizeof report.sig));
    store_fixture_add(&store, batch, 0, &report, 3);
    ck_assert_int_eq(store_fixture_apply(&store, batch, results), TURNOUT_OK);
    ck_assert_int_eq(results[1].status, STATUS_ACCEPTED);

    redisReply *first = redis_fixture_command(&store.redis, "XRANGE " LOG " - + COUNT 1");
    redisReply *reply = redis_fixture_command(&store.redis, "XREVRANGE " LOG " + - COUNT 1");
    ck_assert_uint_eq(reply->elements, 1);
    const redisReply *fields = reply->element[0]->element[1];
    ck_assert_uint_eq(fields->elements, 2 * LOG_FIELDS);
    for (size_t i = 0; i < LOG_FIELDS; i++) {
        const redisReply *value = fields->element[2 * i + 1];
        ck_assert_str_eq(fields->element[2 * i]->str, log_fields[i][0]);
        if (log_fields[i][1] != NULL) {
            ck_assert_str_eq(value->str, log_fields[i][1]);
        } else if (strcmp(log_fields[i][0], "previous") == 0) {
            ck_assert_str_eq(value->str, first->element[0]->element[0]->str);
        } else {
            ck_assert_uint_eq(value->len, 2 * REPORT_DIGEST_BYTES);
        }
    }
    freeReplyObject(first);
    freeReplyObject(reply);
}

SUITE("unwritten");
