/* What store_prepare accepts, what it refuses, and what it leaves behind. */
#include <turnout/store/prepare.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "store_fixture.h"
#include "suite.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

enum { VALUE_BYTES = 160 };

static struct store_fixture store;
static struct error error;
static bool durable;

static void begin_empty(void)
{
    store_fixture_start(&store, NULL);
}

static void end(void)
{
    store_fixture_end(&store);
}

static enum turnout_error prepare(void)
{
    return store_fixture_prepare(&store, 1, false, &durable, &error);
}

static void get(const char *key, const char *field, char ret_value[VALUE_BYTES])
{
    redisReply *reply = redis_fixture_command(&store.redis, "HGET %s %s", key, field);
    ck_assert_msg(reply->type == REDIS_REPLY_STRING, "%s %s", key, field);
    ck_assert(slice_copy((struct slice){reply->str, reply->len}, ret_value, VALUE_BYTES));
    freeReplyObject(reply);
}

static void check_hash(const char *key, const char *field, const char *wanted)
{
    char value[VALUE_BYTES];
    get(key, field, value);
    ck_assert_str_eq(value, wanted);
}

/* Every province has what a commit is compared with, and its sums. */
static void check_province(const char *totals, const char *registered)
{
    static const char *const nothing[] = {"voted",       "units_reported", "registered_reported",
                                          "units_final", "units_complete", "held",
                                          "revision",    "as_of"};
    char generation[VALUE_BYTES];
    get("turnout:{e-1}:meta", "generation", generation);
    ck_assert_uint_eq(strlen(generation), 16);
    check_hash(totals, "generation", generation);
    check_hash(totals, "digest", "0101010101010101010101010101010101010101010101010101010101010101");
    check_hash(totals, "phase", "rehearsal");
    check_hash(totals, "registered", registered);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        check_hash(totals, nothing[i], "0");
    }
}

static void check_seeded(void)
{
    check_hash("turnout:{e-1}:meta", "digest",
               "0101010101010101010101010101010101010101010101010101010101010101");
    check_hash("turnout:{e-1}:meta", "phase", "rehearsal");
    check_hash("turnout:{e-1}:meta", "publication", "live");
    check_hash("turnout:{e-1}:meta", "schema", "2");
    check_province("turnout:{e-1:01}:totals", "174");
    check_province("turnout:{e-1:02}:totals", "116");
    check_hash("turnout:{e-1:01}:communes", "01.3", "0 " ZEROS " 0 58 0 0 0 0 0 0 0 -");
    check_hash("turnout:{e-1:02}:communes", "02.3", "0 " ZEROS " 0 0 0 0 0 0 0 0 0 -");
}

FIXTURE(begin_empty, end);
TIMEOUT(60);

TEST(test_seeds_an_empty_redis)
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    ck_assert(durable);
    check_seeded();
}

TEST(test_preparing_again_changes_nothing)
{
    struct report_outcome result;
    char generation[VALUE_BYTES];
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    get("turnout:{e-1}:meta", "generation", generation);
    store_fixture_connect(&store);
    struct report report = store_fixture_report(&store, 0, 1, 10);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta phase open");
    redis_fixture_run(&store.redis, "CONFIG RESETSTAT");
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    check_hash("turnout:{e-1:01}:totals", "voted", "10");
    check_hash("turnout:{e-1}:meta", "phase", "open");
    check_hash("turnout:{e-1}:meta", "generation", generation);
    redisReply *reply = redis_fixture_command(&store.redis, "INFO commandstats");
    ck_assert_ptr_null(strstr(reply->str, "function|load"));
    freeReplyObject(reply);
}

TEST(test_replaces_another_library)
{
    redis_fixture_run(
        &store.redis, "FUNCTION LOAD %s",
        "#!lua name=turnout\nredis.register_function('turnout_commit', function() return 1 end)");
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    check_seeded();
}

static const struct {
    const char *undone[2]; /* of a seeding */
} crashes[] = {
    {{"HDEL turnout:{e-1}:meta schema publication phase",
      "DEL turnout:{e-1:02}:totals turnout:{e-1:02}:communes"}},
    {{"HDEL turnout:{e-1}:meta schema", "PING"}},
    {{"FLUSHALL",
      "HSET turnout:{e-1}:meta digest 0101010101010101010101010101010101010101010101010101010101010101"}},
};

LOOP_TEST(test_finishes_what_a_crash_left_half_done, COUNT(crashes))
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    redis_fixture_run(&store.redis, crashes[_i].undone[0]);
    redis_fixture_run(&store.redis, crashes[_i].undone[1]);
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    check_seeded();
}

static const struct {
    const char *spoil;
    const char *says;
} conflicts[] = {
    {"HSET turnout:{e-1}:meta digest 0202", "turnout reset"},
    {"HSET turnout:{e-1}:meta schema 3", "schema 3"},
    {"HSET turnout:{e-1}:meta generation a-generation-of-more-than-32-bytes", "generation"},
    {"DEL turnout:{e-1:02}:totals", "turnout:{e-1:02}:totals is gone"},
    {"SET turnout:{e-1}:meta x", "WRONGTYPE"},
};

LOOP_TEST(test_conflicts, COUNT(conflicts))
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    redis_fixture_run(&store.redis, conflicts[_i].spoil);
    ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, conflicts[_i].says) != NULL, "%s", error.text);
}

/* As servers kept it before there was a tally: commands that seed one province of it. */
static const char *const schema_1[] = {
    "HSET turnout:{e-1}:meta phase rehearsal publication live schema 1 digest "
    "0101010101010101010101010101010101010101010101010101010101010101",
    "HSET turnout:{e-1:01}:totals registered 174 revision 1 voted 10",
    "HSET turnout:{e-1:01}:communes 01.1:registered 58 01.1:voted 10 01.1:revision 1",
    "HSET turnout:{e-1:01}:units 01.1-001 x",
};

/* Never misread, and left as it is for the server that it is of. */
TEST(test_the_schema_of_before_is_refused_and_left_alone)
{
    for (size_t i = 0; i < sizeof schema_1 / sizeof schema_1[0]; i++) {
        redis_fixture_run(&store.redis, schema_1[i]);
    }
    ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
    ck_assert_str_eq(error.field, "redis");
    ck_assert_msg(strstr(error.text, "schema 1") != NULL && strstr(error.text, "schema 2") != NULL, "%s",
                  error.text);
    ck_assert_msg(strstr(error.text, "use the server it was made by") != NULL, "%s", error.text);
    redisReply *reply = redis_fixture_command(&store.redis, "HLEN turnout:{e-1}:meta");
    ck_assert_int_eq(reply->integer, 4);
    freeReplyObject(reply);
}

TEST(test_another_register_is_refused_and_changes_nothing)
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    ck_assert_int_eq(store_fixture_prepare(&store, 2, false, &durable, &error), TURNOUT_CONFLICT);
    ck_assert_str_eq(error.field, "election");
    ck_assert_ptr_nonnull(strstr(error.text, "fingerprint 040G-2081; this server has 0810-40G2"));
    ck_assert_ptr_nonnull(strstr(error.text, "turnout reset"));
    check_seeded();
}

/* It would erase the day. */
TEST(nobody_is_told_to_reset_an_election_that_is_open)
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta phase open");
    ck_assert_int_eq(store_fixture_prepare(&store, 2, false, &durable, &error), TURNOUT_CONFLICT);
    ck_assert_ptr_null(strstr(error.text, "reset"));
    ck_assert_ptr_nonnull(strstr(error.text, "turnout register apply"));
    redis_fixture_run(&store.redis, "DEL turnout:{e-1:02}:totals");
    ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
    ck_assert_ptr_null(strstr(error.text, "reset"));
}

TEST(test_a_province_that_lost_its_totals_is_not_begun_again)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:02}:units 02.1-001 x");
    ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, "turnout:{e-1:02}:totals is missing") != NULL, "%s", error.text);
}

/* ---- durability ---- */

/* Found the hard way: a default user without rights made Redis drop what functions had written when it read its file
 * back, while it said nothing to us. */
TEST(test_a_redis_that_would_not_read_back)
{
    static const struct {
        const char *rights;
        const char *says; /* NULL: durable */
    } cases[] = {
        {"ACL SETUSER default -@all +@read", "default may not HSET"},
        {"ACL SETUSER default +hset +hdel", "default may not XADD"},
        {"ACL SETUSER default +xadd", "default may not ZADD"},
        {"ACL SETUSER default +zadd", "default may not ZREM"},
        {"ACL SETUSER default +zrem resetkeys", "default may not HSET"},
        {"ACL SETUSER default ~turnout:* off", NULL},
        {"ACL SETUSER turnoutd -acl|dryrun", "allow ACL DRYRUN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        redis_fixture_run(&store.redis, cases[i].rights);
        enum turnout_error failed = prepare();
        ck_assert_msg(failed == (cases[i].says == NULL ? TURNOUT_OK : TURNOUT_CONFLICT), "%s: %s",
                      cases[i].rights, failed == TURNOUT_OK ? "" : error.text);
        ck_assert_msg(failed == TURNOUT_OK || strstr(error.text, cases[i].says) != NULL, "%s: %s",
                      cases[i].rights, error.text);
    }
    ck_assert_int_eq(store_fixture_prepare(&store, 1, true, &durable, &error), TURNOUT_OK);
    ck_assert(!durable);
}

TEST(test_relaxed_does_not_make_a_durable_redis_less_so)
{
    ck_assert_int_eq(store_fixture_prepare(&store, 1, true, &durable, &error), TURNOUT_OK);
    ck_assert(durable);
}

/* ---- waiting ---- */

TEST(test_waits_in_vain_for_a_redis_that_is_not_there)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    struct store_preparation preparation = {.patience_ms = 200};
    struct store_prepared prepared;
    int64_t start_ms = clock_monotonic_ms();
    ck_assert_int_eq(store_prepare(&store.options, &preparation, &prepared, &error), TURNOUT_UNAVAILABLE);
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, 200);
    ck_assert_ptr_nonnull(strstr(error.text, "200 ms"));
    redis_fixture_restart(&store.redis);
}

TEST(test_waits_while_redis_is_loading)
{
    redis_fixture_run(&store.redis, "CONFIG SET appendfsync no");
    for (int i = 0; i < 500; i++) {
        redis_fixture_run(&store.redis, "SET k%d some-value-that-takes-a-little-room", i);
    }
    redis_fixture_signal(&store.redis, SIGTERM);
    store.redis.settings[0] = "--key-load-delay";
    store.redis.settings[1] = "1000";
    store.redis.settings[2] = "--loading-process-events-interval-bytes";
    store.redis.settings[3] = "1024";
    int64_t start_ms = clock_monotonic_ms();
    redis_fixture_launch(&store.redis);
    ck_assert_msg(prepare() == TURNOUT_OK, "%s", error.text);
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, 400);
    redis_fixture_await(&store.redis);
    check_seeded();
}

/* ---- logging in ---- */

static const struct {
    const char *users; /* what is done to Redis's users; NULL: nothing */
    const char *user, *password;
    const char *says; /* NULL: let in */
} logins[] = {
    {NULL, "turnoutd", "", NULL},
    {NULL, "turnoutd", "any", NULL},
    {"ACL SETUSER turnoutd resetpass >secret", "turnoutd", "secret", NULL},
    {"ACL SETUSER turnoutd resetpass >secret", "turnoutd", "Secret", "AUTH: WRONGPASS "},
    {"ACL SETUSER turnoutd resetpass >secret", "turnoutd", "", "AUTH: WRONGPASS "},
    {"ACL SETUSER turnoutd off", "turnoutd", "", "AUTH: WRONGPASS "},
    {NULL, "nobody", "", "AUTH: WRONGPASS "},
    {NULL, "default", "", NULL},
    {NULL, "", "", NULL},
    {"ACL SETUSER default off", "default", "", "AUTH: WRONGPASS "},
    {"ACL SETUSER default off", "", "", "PING: NOAUTH "},
    {"ACL SETUSER default resetpass >secret", "", "secret", NULL},
    {"ACL SETUSER default resetpass >secret", "", "wrong", "AUTH: WRONGPASS "},
    {"ACL SETUSER turnout-reader off", "turnoutd", "",
     "turnout-reader, who reads for committees with the password of turnoutd: AUTH: WRONGPASS "},
    {"ACL SETUSER turnout-reader off", "default", "", NULL},
    {"ACL SETUSER turnoutd -ping", "turnoutd", "", "PING: NOPERM "},
    {"ACL SETUSER turnoutd -function", "turnoutd", "", "FUNCTION: NOPERM "},
    {"ACL SETUSER turnoutd -fcall", "turnoutd", "", "FCALL: NOPERM "},
    {"ACL SETUSER turnoutd -exists", "turnoutd", "", "FCALL: ERR The user executing the script "},
    {"ACL SETUSER turnoutd -hsetnx", "turnoutd", "", "HSETNX: NOPERM "},
    {"ACL SETUSER turnoutd -hset", "turnoutd", "", "Redis does not let turnoutd use HSET "},
    {"ACL SETUSER turnoutd -hdel", "turnoutd", "", "Redis does not let turnoutd use HDEL "},
    {"ACL SETUSER turnoutd -xadd", "turnoutd", "", "Redis does not let turnoutd use XADD "},
    {"ACL SETUSER turnoutd -zadd", "turnoutd", "", "Redis does not let turnoutd use ZADD "},
    {"ACL SETUSER turnoutd -zrem", "turnoutd", "", "Redis does not let turnoutd use ZREM "},
    {"ACL SETUSER turnoutd resetkeys ~other:*", "turnoutd", "", "Redis does not let turnoutd use HSET "},
    {"ACL SETUSER turnoutd resetkeys %%R~turnout:*", "turnoutd", "", "Redis does not let turnoutd use HSET "},
};

LOOP_TEST(test_logins, COUNT(logins))
{
    struct store_address *address = &store.options.address;
    if (logins[_i].users != NULL) {
        redis_fixture_run(&store.redis, logins[_i].users);
    }
    (void)snprintf(address->user, sizeof address->user, "%s", logins[_i].user);
    (void)snprintf(address->password, sizeof address->password, "%s", logins[_i].password);
    int64_t start_ms = clock_monotonic_ms();
    enum turnout_error failed = prepare();
    /* Nobody waits for what waiting does not mend, and not for all the patience of store_fixture_prepare(). */
    ck_assert_int_lt(clock_monotonic_ms() - start_ms, 5000);
    if (logins[_i].says == NULL) {
        ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
        check_seeded();
        return;
    }
    ck_assert_int_eq(failed, TURNOUT_CONFLICT);
    ck_assert_msg(strncmp(error.text, logins[_i].says, strlen(logins[_i].says)) == 0, "%s", error.text);
    const char *advice = strstr(logins[_i].says, "PASS ") != NULL || strstr(logins[_i].says, "AUTH ") != NULL
                             ? "set redis-user and redis-password-file"
                             : "config/redis/users.acl";
    ck_assert_msg(strstr(error.text, advice) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "ecret") == NULL, "%s", error.text);
}

TEST(test_several_servers_at_the_same_time)
{
    enum { SERVERS = 6 };
    pid_t servers[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
        servers[i] = fork();
        ck_assert_int_ge(servers[i], 0);
        if (servers[i] == 0) {
            _exit(prepare() == TURNOUT_OK && durable ? 0 : 1);
        }
    }
    for (int i = 0; i < SERVERS; i++) {
        int status;
        ck_assert_int_eq(waitpid(servers[i], &status, 0), servers[i]);
        ck_assert_int_eq(status, 0);
    }
    check_seeded();
}

/* Parts of two counts: put together by hand, or a change of generation that was lost in part. */
TEST(a_province_of_another_generation_is_refused)
{
    ck_assert_int_eq(prepare(), TURNOUT_OK);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals generation 00000000000000aa");
    ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, "of another generation than the election's meta") != NULL, "%s",
                  error.text);
}

/* ---- durability under other settings of Redis ---- */

static const struct {
    const char *settings[5];
    const char *field; /* NULL: durable */
    const char *says;
} durabilities[] = {
    {{"--appendonly", "no"}, "appendonly", "appendonly is no, must be yes"},
    {{"--appendfsync", "everysec"}, "appendfsync", "appendfsync is everysec, must be always"},
    {{"--no-appendfsync-on-rewrite", "yes"}, "no-appendfsync-on-rewrite", "is yes, must be no"},
    {{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"},
     "maxmemory-policy",
     "is allkeys-lru, must be"},
    {{"--maxmemory", "0", "--maxmemory-policy", "allkeys-lru"}, NULL, NULL},
    {{"--maxmemory", "100mb", "--maxmemory-policy", "noeviction"}, NULL, NULL},
    {{"--appendonly", "no", "--appendfsync", "no"},
     "appendonly",
     "appendonly is no, must be yes; appendfsync is no, must be always"},
    {{"--rename-command", "CONFIG", ""}, "redis", "unknown command"},
};

CASE("durability");
TIMEOUT(60);

LOOP_TEST(test_durability, COUNT(durabilities))
{
    store_fixture_start(&store, durabilities[_i].settings);
    if (durabilities[_i].field == NULL) {
        ck_assert_int_eq(prepare(), TURNOUT_OK);
        ck_assert(durable);
    } else {
        ck_assert_int_eq(prepare(), TURNOUT_CONFLICT);
        ck_assert_str_eq(error.field, durabilities[_i].field);
        ck_assert_msg(strstr(error.text, durabilities[_i].says) != NULL, "%s", error.text);
        redisReply *reply = redis_fixture_command(&store.redis, "DBSIZE");
        ck_assert_int_eq(reply->integer, 0);
        freeReplyObject(reply);

        durable = true;
        ck_assert_int_eq(store_fixture_prepare(&store, 1, true, &durable, &error), TURNOUT_OK);
        ck_assert(!durable);
        check_seeded();
    }
    store_fixture_end(&store);
}

SUITE("prepare");
