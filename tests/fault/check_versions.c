/* Servers of two versions on one Redis: their function libraries do not take turns. The newer one is served, the older
 * one says that it is, and takes nothing. */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>

#include "readyz.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { BAD_SETTINGS = 2, WATCHED_MS = 3000, ASK_AGAIN_MS = 100 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;

static void setup(void)
{
    workspace_init(&workspace);
    redis_fixture_start(&redis, NULL);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

/* Loads the library as another version has it, whose number is so much higher; its one change is a comment. */
static void another_version_comes(long higher)
{
    static const char key[] = "-- number ";
    char *ours = workspace_read(TURNOUT_SOURCE_DIR "/proto/turnout.lua");
    char *line = strstr(ours, key);
    ck_assert_ptr_nonnull(line);
    char *rest;
    long number = strtol(line + strlen(key), &rest, 10);
    ck_assert_int_eq(*rest, '\n');
    *line = '\0';
    struct buffer theirs = {0};
    buffer_printf(&theirs, "%s%s%ld%s-- of another version\n", ours, key, number + higher, rest);
    redis_fixture_run(&redis, "FUNCTION LOAD REPLACE %s", theirs.bytes);
    buffer_done(&theirs);
    free(ours);
}

static bool holds_theirs(void)
{
    struct redisReply *reply = redis_fixture_command(&redis, "FUNCTION LIST WITHCODE");
    ck_assert_uint_eq(reply->elements, 1);
    const struct redisReply *library = reply->element[0];
    bool is_theirs = false;
    for (size_t i = 1; i < library->elements; i += 2) {
        is_theirs = is_theirs || (library->element[i]->type == REDIS_REPLY_STRING &&
                                  strstr(library->element[i]->str, "-- of another version") != NULL);
    }
    freeReplyObject(reply);
    return is_theirs;
}

static void start(void)
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
}

static void expect_report(int seq, int status)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = seq, .voted = seq}, status);
}

FIXTURE(setup, teardown);

static const struct {
    long higher;
    const char *says;
} others[] = {{1, "a newer turnoutd"}, {0, "another turnoutd"}};

LOOP_TEST(a_server_leaves_the_functions_of_another_alone, COUNT(others))
{
    start();
    expect_report(1, 201);
    another_version_comes(others[_i].higher);
    readyz_expect_broken(&turnoutd, "functions", others[_i].says);
    for (int64_t begun = clock_monotonic_ms(); clock_monotonic_ms() - begun < WATCHED_MS;) {
        ck_assert(holds_theirs());
        expect_report(2, 503);
        readyz_expect_for_readers(&turnoutd, 200);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    redis_fixture_run(&redis, "FUNCTION DELETE turnout");
    readyz_expect_ready(&turnoutd);
    expect_report(2, 201);
    turnoutd_stop(&turnoutd);
}

TEST(older_functions_are_replaced)
{
    start();
    another_version_comes(-1);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, " functions-loaded ", line);
    ck_assert(!holds_theirs());
    readyz_expect_ready(&turnoutd);
    expect_report(1, 201);
    turnoutd_stop(&turnoutd);
}

TEST(an_older_server_does_not_start)
{
    another_version_comes(1);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS), BAD_SETTINGS);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_msg(strstr(log, "a newer turnoutd") != NULL, "%s", log);
    free(log);
    ck_assert(holds_theirs());
}

/* Of one number, the server that starts is served: whoever starts it knows. */
TEST(a_server_that_starts_replaces_its_equal)
{
    another_version_comes(0);
    start();
    ck_assert(!holds_theirs());
    expect_report(1, 201);
    turnoutd_stop(&turnoutd);
}

SUITE("versions");
