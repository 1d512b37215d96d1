/* A Redis that is hard to have: it cannot read its file, it loads for long, its name takes long to look up. turnoutd
 * says what it waits for, and answers everybody meanwhile. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/clock.h>

#include <hiredis/hiredis.h>

#include "fault_controls.h"
#include "http.h"
#include "readyz.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { FAILED = 1, SOON_MS = 20000, ASK_AGAIN_MS = 20 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;

static void setup(void)
{
    workspace_init(&workspace);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

static void expect_status(uint16_t port, const char *target, int status, const char *words)
{
    struct http_answer answer;
    http_request(port, "GET", target, "", &answer);
    ck_assert_msg(answer.status == status && strstr(answer.body, words) != NULL, "%s: %d %s", target,
                  answer.status, answer.body);
    http_answer_done(&answer);
}

static void expect_report(int seq, int status)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = seq, .voted = seq}, status);
}

FIXTURE(setup, teardown);

/* ---- a file that cannot be read ---- */

static void put_a_folder(const char *file)
{
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(mkdir(file, 0700), 0);
}

static void shut(const char *file)
{
    ck_assert_int_eq(chmod(file, 0), 0);
}

static void put_other_bytes(const char *file)
{
    FILE *out = fopen(file, "we");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs("this was never written by Redis", out), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static const struct {
    void (*spoil)(const char *file);
    const char *says;
    bool is_nothing_to_root;
} spoilt[] = {
    {put_a_folder, "Is a directory", false},
    {put_other_bytes, "Bad file format reading the append only file", false},
    {shut, "Permission denied", true}, /* as after root has rewritten it */
};

/* It ends at once, with Redis's own words. */
LOOP_TEST(why_redis_gives_up_is_said, COUNT(spoilt))
{
    if (spoilt[_i].is_nothing_to_root && geteuid() == 0) {
        return;
    }
    turnoutd_start(&turnoutd, &workspace, NULL);
    expect_report(1, 201);
    turnoutd_stop(&turnoutd);
    char file[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/redis/appendonlydir/appendonly.aof.1.incr.aof", file);
    spoilt[_i].spoil(file);
    turnoutd_launch(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, SOON_MS), FAILED);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_msg(strstr(log, "cannot-use-redis") != NULL || strstr(log, "cannot-start-redis") != NULL, "%s",
                  log);
    ck_assert_msg(strstr(log, spoilt[_i].says) != NULL, "%s", log);
    free(log);
}

/* ---- a Redis that loads for long ---- */

/* From the next start on. */
static void make_loading_slow(void)
{
    redis_fixture_run(&redis, "EVAL %s 0", "for i = 1, 15000 do redis.call('SET', 'key-' .. i, 'value') end");
    redis_fixture_signal(&redis, SIGTERM);
    static const char *const slow[] = {"--key-load-delay", "400", "--loading-process-events-interval-bytes",
                                       "1024"};
    for (size_t i = 0; i < COUNT(slow); i++) {
        redis.settings[i] = slow[i];
    }
}

/* Redis answers now and then while it loads. */
static void await_why(const char *words)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct readyz_verdict verdict;
    do {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "never: %s", words);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        readyz_ask(&turnoutd, "store-link", &verdict);
    } while (verdict.is_ready || strstr(verdict.why, words) == NULL);
}

TEST(a_start_on_a_redis_that_loads)
{
    redis_fixture_start(&redis, NULL);
    make_loading_slow();
    redis_fixture_launch(&redis);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    turnoutd_await_ports(&turnoutd);
    await_why("Redis loads its data: ");
    expect_status(turnoutd.operate_port, "/livez", 200, "");
    expect_status(turnoutd.public_port, "/v1/turnout", 503, "starting");
    expect_report(1, 503);
    turnoutd_wait_ready(&turnoutd);
    expect_report(1, 201);
    small_wait_voted(turnoutd.public_port, 1);
    turnoutd_stop(&turnoutd);
}

TEST(a_redis_that_is_started_again_and_loads)
{
    redis_fixture_start(&redis, NULL);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    expect_report(1, 201);
    small_wait_voted(turnoutd.public_port, 1);
    make_loading_slow();
    redis_fixture_launch(&redis);
    await_why("Redis loads its data: ");
    small_wait_voted(turnoutd.public_port, 1);
    expect_report(2, 503);
    readyz_expect_ready(&turnoutd);
    expect_report(2, 201);
    turnoutd_stop(&turnoutd);
}

/* A signal is heard meanwhile. */
TEST(a_start_that_is_given_up)
{
    redis_fixture_start(&redis, NULL);
    make_loading_slow();
    redis_fixture_launch(&redis);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    turnoutd_await_operate(&turnoutd);
    await_why("Redis loads its data: ");
    turnoutd_stop(&turnoutd);
}

/* ---- a name that takes long to look up ---- */

enum { LOOKUP_MS = 3000 };

static struct fault_controls *controls;

/* Some port, which Redis takes only where nobody else has it, and keeps over a restart. */
static uint16_t listen_on_some_port(void)
{
    static char text[8];
    redis_fixture_run(&redis, "CONFIG SET bind 127.0.0.1");
    for (unsigned port = 20000 + (unsigned)getpid() % 10000; port < 31000; port += 7) {
        (void)snprintf(text, sizeof text, "%u", port);
        struct redisReply *reply = redis_fixture_command(&redis, "CONFIG SET port %s", text);
        bool is_taken = reply->type == REDIS_REPLY_ERROR;
        freeReplyObject(reply);
        if (!is_taken) {
            redis.settings[0] = "--port";
            redis.settings[1] = text;
            return (uint16_t)port;
        }
    }
    ck_abort_msg("no port is free");
}

static void launch_by_name(void)
{
    controls = fault_controls_map(&workspace);
    controls->lookup_delay_ms = LOOKUP_MS;
    static char url[64];
    redis_fixture_start(&redis, NULL);
    (void)snprintf(url, sizeof url, "tcp://redis.example:%u", listen_on_some_port());
    const char *const settings[] = {"--redis", url, NULL};
    fault_preload_begin(&workspace, "names");
    turnoutd_launch(&turnoutd, &workspace, settings);
    fault_preload_end();
    turnoutd_await_operate(&turnoutd);
}

TEST(a_name_is_looked_up_once)
{
    launch_by_name();
    readyz_expect_broken(&turnoutd, "store-link", "looks up the address of Redis's host redis.example");
    turnoutd_await(&turnoutd);
    ck_assert_int_eq(controls->lookups, 1);
    expect_report(1, 201);

    redis_fixture_signal(&redis, SIGKILL); /* whoever asks again blocks for longer than this */
    controls->lookup_delay_ms = INT64_C(3600000);
    readyz_expect_broken(&turnoutd, "store-link", "");
    for (int i = 0; i < 20; i++) {
        struct http_answer answer;
        http_post(turnoutd.intake_http_port, "/v1/reports", "application/json", "{", 1, &answer);
        ck_assert_int_eq(answer.status, 400);
        http_answer_done(&answer);
        expect_report(2, 503);
        expect_status(turnoutd.operate_port, "/livez", 200, "");
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    redis_fixture_restart(&redis);
    readyz_expect_ready(&turnoutd);
    expect_report(2, 201);
    ck_assert_int_eq(controls->lookups, 1);
    turnoutd_stop(&turnoutd);
    fault_controls_unmap(controls);
}

TEST(a_lookup_that_is_given_up)
{
    launch_by_name();
    controls->lookup_delay_ms = INT64_C(3600000);
    readyz_expect_broken(&turnoutd, "store-link", "looks up");
    turnoutd_stop(&turnoutd);
    fault_controls_unmap(controls);
}

SUITE("redis_start");
