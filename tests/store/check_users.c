/* The users of config/redis/users.acl on a real Redis: each may do what it is there for, and nothing else of all the
 * commands that this Redis knows. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"

enum { WORDS_MAX = 32, COMMAND_NAME = 0, COMMAND_ARITY = 1, COMMAND_FLAGS = 2, COMMAND_SUBCOMMANDS = 9 };

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

/* ---- every command there is ---- */

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

static bool has_flag(const redisReply *command, const char *flag)
{
    const redisReply *flags = command->element[COMMAND_FLAGS];
    for (size_t i = 0; i < flags->elements; i++) {
        if (strcmp(flags->element[i]->str, flag) == 0) {
            return true;
        }
    }
    return false;
}

/* As many words as the command wants at the least: `config|get` is two, the others are keys of ours. */
static bool may(const char *user, const redisReply *command)
{
    char name[64];
    const char *words[WORDS_MAX] = {"ACL", "DRYRUN", user, name};
    int length = snprintf(name, sizeof name, "%s", command->element[COMMAND_NAME]->str);
    ck_assert(length > 0 && (size_t)length < sizeof name);
    int count = 4;
    char *bar = strchr(name, '|');
    if (bar != NULL) {
        *bar = '\0';
        words[count++] = bar + 1;
    }
    int wanted = 3 + abs((int)command->element[COMMAND_ARITY]->integer);
    while (count < wanted) {
        ck_assert_int_lt(count, WORDS_MAX);
        words[count++] = "turnout:{e-1:01}:log";
    }
    redisReply *reply = redisCommandArgv(store.redis.redis, count, words, NULL);
    ck_assert_ptr_nonnull(reply);
    ck_assert_msg(reply->type != REDIS_REPLY_ERROR, "%s: %s", command->element[COMMAND_NAME]->str,
                  reply->str);
    bool allowed = strcmp(reply->str, "OK") == 0;
    ck_assert_msg(allowed || strstr(reply->str, "no permission") != NULL, "%s", reply->str);
    freeReplyObject(reply);
    return allowed;
}

typedef void command_fn(void *context, const redisReply *command);

/* Containers count by their subcommands. */
static void for_each_command(command_fn *on_command, void *context)
{
    redisReply *commands = redis_fixture_command(&store.redis, "COMMAND");
    ck_assert_uint_gt(commands->elements, 200);
    for (size_t i = 0; i < commands->elements; i++) {
        const redisReply *command = commands->element[i];
        const redisReply *subcommands = command->element[COMMAND_SUBCOMMANDS];
        for (size_t j = 0; j < subcommands->elements; j++) {
            on_command(context, subcommands->element[j]);
        }
        if (subcommands->elements == 0) {
            on_command(context, command);
        }
    }
    freeReplyObject(commands);
}

/* What Redis lets everybody do, to log in and to leave. */
static const char *const of_everybody[] = {"auth", "hello", "quit", "reset", NULL};

struct expectation {
    const char *user;
    const char *const *commands;
    size_t seen;
};

static void expect_exactly(void *context, const redisReply *command)
{
    struct expectation *expected = context;
    const char *name = command->element[COMMAND_NAME]->str;
    bool listed = is_among(expected->commands, name);
    expected->seen += listed ? 1 : 0;
    ck_assert_msg(may(expected->user, command) == (listed || is_among(of_everybody, name)), "%s: %s",
                  expected->user, name);
}

static void expect_commands(const char *user, const char *const *commands)
{
    struct expectation expected = {.user = user, .commands = commands};
    size_t count = 0;
    while (commands[count] != NULL) {
        count++;
    }
    for_each_command(expect_exactly, &expected);
    ck_assert_uint_eq(expected.seen, count); /* this Redis knows them all */
}

FIXTURE(setup, teardown);

TEST(turnoutd_may_do_this_and_nothing_else)
{
    static const char *const commands[] = {
        "ping",     "time",   "info",   "config|get", "acl|dryrun", "function|list", "function|load", "fcall",
        "fcall_ro", "exists", "hget",   "hmget",      "hgetall",    "hlen",          "hexists",       "hset",
        "hsetnx",   "hdel",   "xadd",   "xlen",       "xrange",     "xrevrange",     "zadd",          "zrem",
        "zcard",    "zcount", "zrange", "zmscore",    NULL};
    expect_commands("turnoutd", commands);
}

TEST(reset_may_do_this_and_nothing_else)
{
    static const char *const commands[] = {"ping", "scan", "hget", "hmget", "hset", "hdel", "unlink", NULL};
    expect_commands("turnout-reset", commands);
}

static void expect_harmless(void *context, const redisReply *command)
{
    (void)context;
    static const char *const useful[] = {"ping",     "info",          "hgetall",      "hget", "hscan",
                                         "xrange",   "xrevrange",     "xlen",         "scan", "type",
                                         "fcall_ro", "function|list", "command|docs", NULL};
    const char *name = command->element[COMMAND_NAME]->str;
    bool allowed = may("turnout-reader", command);
    ck_assert_msg(allowed || !is_among(useful, name), "%s is missing", name);
    ck_assert_msg(!allowed || (!has_flag(command, "write") && !has_flag(command, "admin") &&
                               !has_flag(command, "pubsub")),
                  "%s", name);
}

TEST(the_reader_may_change_nothing)
{
    for_each_command(expect_harmless, NULL);
}

static void expect_all_writes(void *context, const redisReply *command)
{
    (void)context;
    ck_assert_msg(!has_flag(command, "write") || may("default", command), "%s",
                  command->element[COMMAND_NAME]->str);
}

/* Redis reads its append-only file back with the rights of `default` (durability.c). */
TEST(default_may_write_everything)
{
    for_each_command(expect_all_writes, NULL);
}

/* ---- in earnest ---- */

static const struct {
    const char *user;
    const char *command;
    bool allowed;
} asked[] = {
    {"turnoutd", "PING", true},
    {"turnoutd", "CONFIG GET appendonly", true},
    {"turnoutd", "FUNCTION LIST", true},
    {"turnoutd",
     "FCALL_RO turnout_read 4 turnout:{e-1:01}:totals turnout:{e-1:01}:communes turnout:{e-1:01}:units "
     "turnout:{e-1:01}:excused -1 -1",
     true},
    {"turnoutd", "HMGET turnout:{e-1}:meta phase publication", true},
    {"turnoutd", "HSETNX turnout:{e-1}:meta more x", true},
    {"turnoutd", "XREVRANGE turnout:{e-1}:ledger + - COUNT 1", true},
    {"turnoutd", "ZRANGE turnout:{e-1:01}:waiting 0 1000", true},
    {"turnoutd", "FCALL turnout_settle 1 turnout:{e-1}:meta 1", true},
    /* keys of others */
    {"turnoutd", "HGET other f", false},
    {"turnoutd", "HSET other f x", false},
    {"turnoutd", "HSET turnou:{e-1}:meta f x", false},
    {"turnoutd",
     "FCALL_RO turnout_read 4 other turnout:{e-1:01}:communes turnout:{e-1:01}:units "
     "turnout:{e-1:01}:excused -1 -1",
     false},
    {"turnoutd",
     "FCALL_RO turnout_read 4 turnout:{e-1:01}:totals other turnout:{e-1:01}:units turnout:{e-1:01}:excused "
     "-1 -1",
     false},
    {"turnoutd", "FCALL turnout_settle 1 other 1", false},
    /* what ends, empties, or reaches further */
    {"turnoutd", "DEL turnout:{e-1}:meta", false},
    {"turnoutd", "UNLINK turnout:{e-1}:meta", false},
    {"turnoutd", "RENAME turnout:{e-1}:meta turnout:x", false},
    {"turnoutd", "EXPIRE turnout:{e-1}:meta 1", false},
    {"turnoutd", "XTRIM turnout:{e-1:01}:log MAXLEN 0", false},
    {"turnoutd", "FLUSHALL", false},
    {"turnoutd", "FLUSHDB", false},
    {"turnoutd", "SWAPDB 0 0", false},
    {"turnoutd", "KEYS *", false},
    {"turnoutd", "SCAN 0", false},
    {"turnoutd", "EVAL return(1) 0", false},
    {"turnoutd", "EVAL_RO return(1) 0", false},
    {"turnoutd", "SCRIPT FLUSH", false},
    {"turnoutd", "FUNCTION FLUSH", false},
    {"turnoutd", "FUNCTION DELETE turnout", false},
    {"turnoutd", "CONFIG SET appendonly no", false},
    {"turnoutd", "CONFIG REWRITE", false},
    {"turnoutd", "SHUTDOWN NOSAVE", false},
    {"turnoutd", "BGREWRITEAOF", false},
    {"turnoutd", "REPLICAOF NO ONE", false},
    {"turnoutd", "ACL LIST", false},
    {"turnoutd", "ACL SETUSER turnoutd allcommands", false},
    {"turnoutd", "ACL LOAD", false},
    {"turnoutd", "MONITOR", false},
    {"turnoutd", "CLIENT KILL TYPE normal", false},
    {"turnoutd", "MODULE LIST", false},
    {"turnoutd", "PUBLISH turnout:x y", false},
    {"turnoutd", "SUBSCRIBE turnout:x", false},
    {"turnoutd", "MULTI", false},
    {"turnoutd", "SELECT 1", false},

    {"turnout-reset", "SCAN 0 MATCH turnout:* COUNT 10", true},
    {"turnout-reset", "HGET turnout:{e-1:01}:totals revision", true},
    {"turnout-reset", "HSET turnout:{e-1}:meta digest clearing", true},
    {"turnout-reset", "UNLINK turnout:{e-1:01}:units", true},
    {"turnout-reset", "UNLINK other", false},
    {"turnout-reset", "FLUSHALL", false},
    {"turnout-reset",
     "FCALL_RO turnout_read 4 turnout:{e-1:01}:totals turnout:{e-1:01}:communes turnout:{e-1:01}:units "
     "turnout:{e-1:01}:excused -1 -1",
     false},

    {"turnout-reader", "HGETALL turnout:{e-1}:meta", true},
    {"turnout-reader", "HSCAN turnout:{e-1:01}:communes 0 MATCH 01.*", true},
    {"turnout-reader", "XLEN turnout:{e-1:01}:log", true},
    {"turnout-reader", "INFO", true},
    {"turnout-reader", "FUNCTION LIST LIBRARYNAME turnout", true},
    {"turnout-reader",
     "FCALL_RO turnout_read 4 turnout:{e-1:01}:totals turnout:{e-1:01}:communes turnout:{e-1:01}:units "
     "turnout:{e-1:01}:excused -1 -1",
     true},
    {"turnout-reader", "HGETALL other", false},
    {"turnout-reader", "HSET turnout:{e-1}:meta phase open", false},
    {"turnout-reader", "HDEL turnout:{e-1}:meta phase", false},
    {"turnout-reader", "UNLINK turnout:{e-1}:meta", false},
    {"turnout-reader", "SORT turnout:{e-1:01}:log STORE turnout:x", false},
    {"turnout-reader", "FCALL turnout_phase 1 turnout:{e-1:01}:totals open", false},
    {"turnout-reader", "FUNCTION FLUSH", false},
    {"turnout-reader", "CONFIG GET *", false},
    {"turnout-reader", "KEYS *", false},
    {"turnout-reader", "MONITOR", false},
};

LOOP_TEST(what_is_asked_in_earnest, COUNT(asked))
{
    struct redisContext *redis = redis_fixture_log_in(store.redis.address.path, asked[_i].user);
    redisReply *reply = redisCommand(redis, asked[_i].command);
    ck_assert_msg(reply != NULL, "%s: %s", asked[_i].command, redis->errstr);
    bool refused = reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOPERM ", strlen("NOPERM ")) == 0;
    ck_assert_msg(refused == !asked[_i].allowed, "%s: %s", asked[_i].command, reply->str);
    ck_assert_msg(refused || reply->type != REDIS_REPLY_ERROR, "%s: %s", asked[_i].command, reply->str);
    freeReplyObject(reply);
    redisFree(redis);
}

/* turnoutd may load functions, but what they call is checked against the one who called them. */
TEST(functions_give_no_rights)
{
    static const char *const bodies[] = {
        "redis.call('DEL', 'turnout:{e-1}:meta')",
        "redis.call('HSET', 'other', 'f', 'x')",
        "redis.call('FLUSHALL')",
        "redis.call('PUBLISH', 'turnout:x', 'y')",
        "redis.call('RENAME', 'turnout:{e-1}:meta', 'turnout:x')",
    };
    struct redisContext *redis = redis_fixture_log_in(store.redis.address.path, "turnoutd");
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        redisReply *reply = redisCommand(
            redis, "FUNCTION LOAD REPLACE %s%s%s",
            "#!lua name=smuggled\nredis.register_function('smuggle', function() return ", bodies[i], " end)");
        ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_STRING, "%s", bodies[i]);
        freeReplyObject(reply);
        reply = redisCommand(redis, "FCALL smuggle 0");
        ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_ERROR, "%s", bodies[i]);
        freeReplyObject(reply);
    }
    redisFree(redis);
    redisReply *reply = redis_fixture_command(&store.redis, "EXISTS turnout:{e-1}:meta");
    ck_assert_int_eq(reply->integer, 1);
    freeReplyObject(reply);
}

/* ---- after a restart ---- */

/* With a default user that may not write, Redis forgets what functions wrote. */
TEST(what_was_counted_is_read_back)
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    struct report_outcome result;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    redis_fixture_signal(&store.redis, SIGKILL);
    redis_fixture_restart(&store.redis);
    redisReply *reply = redis_fixture_command(&store.redis, "HGET turnout:{e-1:01}:totals voted");
    ck_assert_int_eq(reply->type, REDIS_REPLY_STRING);
    ck_assert_str_eq(reply->str, "10");
    freeReplyObject(reply);
}

SUITE("users");
