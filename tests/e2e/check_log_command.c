/* `turnout log`: a unit's lines as they were sent, beside a turnoutd that runs and after it was stopped. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "command.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { LINE_BYTES = 256 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static char data[WORKSPACE_PATH_BYTES];
static char election[WORKSPACE_PATH_BYTES];

static void setup(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "election", election);
}

static void teardown(void)
{
    workspace_done(&workspace);
}

static void report(const char *unit, int seq, int voted)
{
    const struct small_report report = {.unit = unit, .seq = seq, .voted = voted};
    small_report_expect(turnoutd.intake_http_port, &report, 201);
}

#define LOG_OF(unit) "log", "--election", election, "--unit", unit

/* The head that Redis has of commune 0101, which has three lines, as the command tells it. */
static void read_chain(char ret_said[LINE_BYTES])
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    redisReply *reply = redisCommand(redis, "HGET turnout:{small:01}:communes 0101");
    ck_assert(reply != NULL && reply->type == REDIS_REPLY_STRING);
    struct slice rest = {reply->str, reply->len};
    ck_assert(slice_equals(text_split(&rest, ' '), "3"));
    struct slice head = text_split(&rest, ' ');
    int length = snprintf(ret_said, LINE_BYTES, "chain of commune 0101: 3 lines, head %.*s, matches\n",
                          (int)head.length, head.bytes);
    ck_assert(length > 0 && length < LINE_BYTES);
    freeReplyObject(reply);
    redisFree(redis);
}

/* The two lines of 0101-001, each ending with its report as it was sent. */
static void expect_lines(const char *out)
{
    const char *at = out;
    for (int seq = 1; seq <= 2; seq++) {
        struct buffer end = {0};
        buffer_append_text(&end, ",\"report\":");
        small_report_write(&end, &(struct small_report){.seq = seq, .voted = 10 * seq});
        buffer_append_text(&end, "}\n");
        const char *found = strstr(at, end.bytes);
        ck_assert_msg(strncmp(at, "{\"received\":", 12) == 0 && found != NULL && strchr(at, '\n') > found,
                      "%s", out);
        at = found + end.length;
        buffer_done(&end);
    }
    ck_assert_str_eq(at, "");
}

static void expect_log(const char *chain, ...)
{
    va_list arguments;
    va_start(arguments, chain);
    struct command_run run = command_run(&workspace, arguments);
    va_end(arguments);
    ck_assert_msg(run.status == 0, "%d: %s", run.status, run.err);
    ck_assert_str_eq(run.err, chain);
    expect_lines(run.out);
    command_run_done(&run);
}

FIXTURE(setup, teardown);

TEST(a_unit_s_lines_are_printed_as_they_were_sent)
{
    char chain[LINE_BYTES];
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    report("0101-002", 1, 7);
    report("0102-001", 1, 8);
    report("0101-001", 2, 20);
    read_chain(chain);
    expect_log(chain, LOG_OF("0101-001"), "--data", data, NULL);
    command_check(&workspace, 0, NULL, "chain of commune 0201: 0 lines, head 000", LOG_OF("0201-001"),
                  "--data", data, NULL);
    report("0201-001", 1, 5); /* turnoutd's Redis is still there */
    turnoutd_stop(&turnoutd);

    expect_log(chain, LOG_OF("0101-001"), "--data", data, NULL);
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 40);
    turnoutd_stop(&turnoutd);
}

TEST(a_chain_that_does_not_hold_is_told)
{
    struct redis_fixture redis;
    redis_fixture_start(&redis, NULL);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--redis", redis.url, NULL});
    report("0101-001", 1, 10);
    report("0101-001", 2, 20);
    turnoutd_stop(&turnoutd);
    command_check(&workspace, 0, "\"seq\":2", "2 lines", LOG_OF("0101-001"), "--redis", redis.url,
                  "--redis-user", "turnout-reader", NULL);
    redis_fixture_run(&redis, "XTRIM turnout:{small:01}:log MAXLEN 0");
    command_check(&workspace, 1, NULL, "0 lines, head 0000000000", LOG_OF("0101-001"), "--redis", redis.url,
                  "--redis-user", "turnout-reader", NULL);
    command_check(&workspace, 1, NULL, "WRONGPASS", LOG_OF("0101-001"), "--redis", redis.url, "--redis-user",
                  "nobody", NULL);
    redis_fixture_run(&redis, "FLUSHALL");
    command_check(&workspace, 1, NULL, "nothing of an election small", LOG_OF("0101-001"), "--redis",
                  redis.url, "--redis-user", "turnout-reader", NULL);
    redis_fixture_stop(&redis);
}

TEST(where_no_redis_is_none_is_made)
{
    char redis[WORKSPACE_PATH_BYTES];
    workspace_add_small_election(&workspace, "election");
    workspace_make_folder(&workspace, "data");
    workspace_path(&workspace, "data/redis", redis);
    command_check(&workspace, 1, NULL, "no turnoutd has managed a Redis in", LOG_OF("0101-001"), "--data",
                  data, NULL);
    ck_assert_int_ne(access(redis, F_OK), 0);
    command_check(&workspace, 1, NULL, "/nowhere/at-all", LOG_OF("0101-001"), "--data", "/nowhere/at-all",
                  NULL);
    command_check(&workspace, 1, NULL, "No such file", LOG_OF("0101-001"), "--redis", "unix:/nowhere/at-all",
                  NULL);
}

TEST(a_wrong_command_line_is_told)
{
    workspace_add_small_election(&workspace, "election");
    command_check(&workspace, 2, NULL, "--unit is missing", "log", "--election", election, NULL);
    command_check(&workspace, 2, NULL, "--election is missing", "log", "--unit", "0101-001", NULL);
    command_check(&workspace, 2, NULL, "--unit a b", LOG_OF("a b"), NULL);
    command_check(&workspace, 2, NULL, "--unit 0101: no unit of small", LOG_OF("0101"), NULL);
    command_check(&workspace, 2, NULL, "--election: ", "log", "--election", data, "--unit", "0101-001", NULL);
    command_check(&workspace, 2, NULL, "either --data or --redis", LOG_OF("0101-001"), "--data", data,
                  "--redis", "unix:/x", NULL);
    command_check(&workspace, 2, NULL, "are for --redis", LOG_OF("0101-001"), "--redis-user", "x", NULL);
    command_check(&workspace, 2, NULL, "unexpected `more`", LOG_OF("0101-001"), "more", NULL);
    command_check(&workspace, 0, "turnout log --unit CODE", NULL, "log", "--help", NULL);
}

SUITE("log_command");
