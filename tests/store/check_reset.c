/* Clearing an election: all of it, nothing else, and a clearing that was interrupted leaves nothing to start on. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/store/reset.h>

#include "store_fixture.h"
#include "suite.h"

enum { PATIENCE_MS = 5000 };

static struct store_fixture store;
static struct store_address address; /* for the user that may clear */

static void setup(void)
{
    struct error error;
    store_fixture_begin(&store);
    address = store.options.address;
    ck_assert_int_eq(store_address_set_user(&address, RESET_REDIS_USER, &error), TURNOUT_OK);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

static void report_once(void)
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    struct report_outcome result;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
}

static long long count_keys(void)
{
    redisReply *reply = redis_fixture_command(&store.redis, "DBSIZE");
    long long keys = reply->integer;
    freeReplyObject(reply);
    return keys;
}

static struct reset_survey look(const char *election)
{
    struct reset_survey survey;
    struct error error;
    enum turnout_error failed = reset_look(&address, election, PATIENCE_MS, &survey, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    return survey;
}

static uint64_t clear(const char *election)
{
    uint64_t deleted = 0;
    struct error error;
    enum turnout_error failed = reset_clear(&address, election, PATIENCE_MS, &deleted, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    return deleted;
}

FIXTURE(setup, teardown);

TEST(what_is_there_is_told)
{
    report_once();
    struct reset_survey survey = look("e-1");
    ck_assert_int_eq(survey.phase, PHASE_REHEARSAL);
    ck_assert_int_eq(survey.revision, 1);
    ck_assert_uint_eq(survey.keys, (uint64_t)count_keys());
    ck_assert(!survey.is_interrupted);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta phase closed");
    ck_assert_int_eq(look("e-1").phase, PHASE_CLOSED);
}

TEST(an_election_that_is_not_there_is_not_found)
{
    static const char *const others[] = {"e", "e-", "e-1.", "e-11", "E-1", "x"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct reset_survey survey;
        struct error error;
        ck_assert_int_eq(reset_look(&address, others[i], PATIENCE_MS, &survey, &error), TURNOUT_NOT_FOUND);
    }
}

TEST(all_of_it_goes_and_nothing_else)
{
    static const char *const others[] = {"turnout:{e-2}:meta", "turnout:{e-2:01}:totals",
                                         "turnout:{e-11:01}:units", "turnout:{e}:meta", "other"};
    enum { OTHERS = sizeof others / sizeof others[0] };
    report_once();
    for (size_t i = 0; i < OTHERS; i++) {
        redis_fixture_run(&store.redis, "SET %s x", others[i]);
    }
    redis_fixture_run(&store.redis, "SET turnout:{e-1}:bulletins x");
    uint64_t keys = look("e-1").keys;
    ck_assert_uint_eq(clear("e-1"), keys);
    ck_assert_int_eq(count_keys(), OTHERS);
    ck_assert_uint_eq(clear("e-1"), 1); /* the mark of the clearing itself */
    ck_assert_int_eq(count_keys(), OTHERS);
}

/* More keys than one SCAN tells. */
TEST(many_keys_go)
{
    for (int i = 0; i < 2500; i++) {
        redis_fixture_run(&store.redis, "HSET turnout:{e-1:p%d}:totals revision %d", i, i);
    }
    struct reset_survey survey = look("e-1");
    ck_assert_int_eq(survey.revision, 2500 * 2499 / 2);
    (void)clear("e-1");
    ck_assert_int_eq(count_keys(), 0);
}

TEST(the_election_begins_anew)
{
    bool durable;
    struct error error;
    report_once();
    store_fixture_disconnect(&store);
    (void)clear("e-1");
    ck_assert_int_eq(store_fixture_prepare(&store, 2, false, &durable, &error),
                     TURNOUT_OK); /* even another register */
    ck_assert_int_eq(look("e-1").revision, 0);
    store_fixture_connect(&store);
    report_once();
}

TEST(an_interrupted_clearing_is_finished_first)
{
    bool durable;
    struct error error;
    report_once();
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta digest clearing");
    redis_fixture_run(&store.redis, "HDEL turnout:{e-1}:meta schema");
    redis_fixture_run(&store.redis, "DEL turnout:{e-1:02}:totals");
    ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "turnout reset"));
    ck_assert(look("e-1").is_interrupted);
    (void)clear("e-1");
    ck_assert_int_eq(count_keys(), 0);
    ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_OK);
}

TEST(a_redis_that_is_away_is_told)
{
    struct reset_survey survey;
    uint64_t deleted;
    struct error error;
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(reset_look(&address, "e-1", 100, &survey, &error), TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(reset_clear(&address, "e-1", 100, &deleted, &error), TURNOUT_UNAVAILABLE);
}

/* turnoutd's own user cannot even look around, so it never comes to clearing. */
TEST(turnoutd_may_not_clear)
{
    struct reset_survey survey;
    struct error error;
    ck_assert_int_eq(reset_look(&store.options.address, "e-1", PATIENCE_MS, &survey, &error),
                     TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, "SCAN: NOPERM ") != NULL && strstr(error.text, "users.acl") != NULL,
                  "%s", error.text);
}

TEST(a_wrong_password_is_told_at_once)
{
    struct reset_survey survey;
    struct error error;
    redis_fixture_run(&store.redis, "ACL SETUSER turnout-reset resetpass >secret");
    int64_t start_ms = clock_monotonic_ms();
    ck_assert_int_eq(reset_look(&address, "e-1", PATIENCE_MS, &survey, &error), TURNOUT_CONFLICT);
    ck_assert_int_lt(clock_monotonic_ms() - start_ms, PATIENCE_MS);
    ck_assert_msg(strstr(error.text, "WRONGPASS ") != NULL &&
                      strstr(error.text, "redis-password-file") != NULL,
                  "%s", error.text);
}

SUITE("reset");
