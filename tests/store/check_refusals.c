/* What Redis may say instead of an answer: none of it is taken for one, and nothing is counted that was not. */
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "hand_commit.h"
#include "store_fixture.h"
#include "suite.h"

static struct store_fixture store;
static struct store_ground ground;

static void begin(void)
{
    store_fixture_begin(&store);
    ground = hand_ground(&store, 1);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* Commits a report of a unit that was silent. It is stale when it stands already. */
static struct committed commit(const struct report *report)
{
    struct committed committed;
    hand_send(&store, &ground, 0, report, &committed);
    store_fixture_run_until(&store, &committed.done);
    return committed;
}

static void expect_commit(const struct report *report, bool written)
{
    struct committed committed = commit(report);
    ck_assert_msg(committed.error == TURNOUT_OK, "%s", committed.why);
    ck_assert(committed.is_answered);
    ck_assert_int_eq(committed.written[0], written);
}

FIXTURE(begin, end);
TIMEOUT(60);

/* ---- refusals ---- */

static const struct {
    const char *spoil;
    const char *mend; /* NULL: loading the functions again */
    const char *says;
} refusals[] = {
    {"CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "OOM "},
    {"CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "NOREPLICAS "},
    {"REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "READONLY "},
    {"ACL SETUSER turnoutd -fcall", "ACL SETUSER turnoutd +fcall", "NOPERM "},
    {"ACL SETUSER turnoutd -xadd", "ACL SETUSER turnoutd +xadd", "ERR The user executing the script"},
    {"FUNCTION FLUSH", NULL, "ERR Function not found"},
};

static void mend(int refusal)
{
    struct error error;
    bool durable;
    if (refusals[refusal].mend != NULL) {
        redis_fixture_run(&store.redis, refusals[refusal].mend);
    } else {
        ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_OK);
    }
}

LOOP_TEST(test_refusals_are_no_answers, COUNT(refusals))
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_run(&store.redis, refusals[_i].spoil);
    struct committed committed = commit(&report);
    ck_assert_int_eq(committed.error, TURNOUT_CONFLICT); /* nothing was written */
    ck_assert_msg(strncmp(committed.why, refusals[_i].says, strlen(refusals[_i].says)) == 0, "%s",
                  committed.why);
    ck_assert_uint_eq(store_counters(store.store)->failures, 1);
    ck_assert_uint_eq(store_counters(store.store)->commits, 0);
    mend(_i);
    expect_commit(&report, true);
    expect_text(&store, "10", "HGET turnout:{e-1:01}:totals voted");
}

/* Nor does the tally tell a unit that its report is wrong. */
LOOP_TEST(test_refusals_are_never_rejections, COUNT(refusals))
{
    struct report_outcome outcome;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    for (int knows_the_commune = 0; knows_the_commune < 2; knows_the_commune++) {
        redis_fixture_run(&store.redis, refusals[_i].spoil);
        uint64_t failures = tally_store_counters(store.tally)->failures;
        ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &outcome), TURNOUT_UNAVAILABLE);
        ck_assert_uint_eq(tally_store_counters(store.tally)->failures, failures + 1); /* at the first */
        ck_assert_int_eq(outcome.status, STATUS_UNAVAILABLE);
        ck_assert_int_eq(outcome.code, CODE_STORE_UNAVAILABLE);
        mend(_i);
        store_fixture_wait_up(&store);
        ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &outcome), TURNOUT_OK);
        ck_assert_int_eq(outcome.status, STATUS_ACCEPTED);
        report = store_fixture_report(&store, 0, 2, 11);
    }
    expect_text(&store, "11", "HGET turnout:{e-1:01}:totals voted");
}

TEST(test_a_busy_redis)
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_run(&store.redis, "CONFIG SET busy-reply-threshold 1");
    ck_assert_int_eq(redisAppendCommand(store.redis.redis, "EVAL %s 0", "while true do end"), REDIS_OK);
    int flushed = 0;
    ck_assert_int_eq(redisBufferWrite(store.redis.redis, &flushed), REDIS_OK);
    ck_assert(flushed);

    struct committed committed;
    bool is_written = false;
    do { /* until the script has run long enough to be called busy */
        committed = commit(&report);
        is_written = is_written || (committed.is_answered && committed.written[0]);
    } while (committed.error == TURNOUT_OK);
    ck_assert_int_eq(committed.error, TURNOUT_CONFLICT);
    ck_assert_msg(strncmp(committed.why, "BUSY ", 5) == 0, "%s", committed.why);

    struct redisContext *killer = redis_fixture_log_in(store.redis.address.path, REDIS_FIXTURE_USER);
    freeReplyObject(redisCommand(killer, "SCRIPT KILL"));
    redisFree(killer);
    void *reply;
    ck_assert_int_eq(redisGetReply(store.redis.redis, &reply), REDIS_OK);
    freeReplyObject(reply);
    expect_commit(&report, !is_written);
    expect_text(&store, "10", "HGET turnout:{e-1:01}:totals voted");
}

/* ---- lies ---- */

/* A library that answers something else than what was asked for; `right` are the commune's words. */
static const char *const liars[] = {
    "return false",
    "return {}",
    "return 'done'",
    "return {ok = 'done'}",
    "return {'done'}",
    "return {'done', right, right}",
    "return {'done', right .. ' '}",
    "return {'done', ' ' .. right}",
    "return {'done', string.sub(right, 1, -2)}",
    "return {'done', string.gsub(right, '^1', '2') .. ''}",
    "return {'done', string.gsub(right, '1$', '2') .. ''}",
    "return {'done', right .. ' 1-1'}",
    "return {'DONE', right}",
    "return {'', right}",
    "return {1, right}",
    "return {'ground'}",
    "return {'ground', right}",
    "return {'ground', args[1], args[2], 'shut'}",
    "return {'ground', args[1], 'x', args[3]}",
    "return {'ground', args[1], args[2], args[3], 'x'}",
    "return {'ground', string.rep('g', 33), args[2], args[3]}",
};

static void load_liar(const char *body)
{
    redis_fixture_run(&store.redis, "FUNCTION LOAD REPLACE %s%s%s",
                      "#!lua name=turnout\n"
                      "redis.register_function('turnout_commit', function(keys, args)\n"
                      "local right = args[6]\n",
                      body, "\nend)");
}

/* Nobody knows then what was written. */
LOOP_TEST(test_an_answer_that_does_not_match_is_none, COUNT(liars))
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    load_liar(liars[_i]);
    struct committed committed = commit(&report);
    ck_assert_msg(committed.error == TURNOUT_UNAVAILABLE, "%s", liars[_i]);
    ck_assert_str_ne(committed.why, "");
    ck_assert_uint_eq(store_counters(store.store)->commits, 0);
    store_fixture_wait_up(&store);       /* the link was ended */
    load_liar("return {'done', right}"); /* the liar's frame is right, so it was the lie that was seen */
    expect_commit(&report, true);
    load_liar("return {'done', ''}");
    expect_commit(&report, false);
}

SUITE("refusals");
