/* For each check of /readyz: its cause is broken under a running turnoutd, and /readyz says so, with the reason; it is
 * mended, and turnoutd is ready again. Throughout units report, and what was
 * acknowledged stands in the totals afterwards, also after Redis was killed. proto/health.md has a row for each of
 * these tests. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include <hiredis/hiredis.h>

#include "http.h"
#include "readyz.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 20, WATCHED_MS = 5000 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;
static int seq;   /* of the last report */
static int voted; /* what was acknowledged last; the next report has one more */

static void start_with(const char *const more[])
{
    const char *settings[16] = {"--redis", redis.url};
    for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
        settings[2 + i] = more[i];
    }
    turnoutd_start(&turnoutd, &workspace, settings);
}

static void setup(void)
{
    seq = 0;
    voted = 0;
    workspace_init(&workspace);
    redis_fixture_start(&redis, NULL);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

/* ---- reports ---- */

/* One voter more. The status, which is never that of a refusal for good. */
static int report(void)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, &(struct small_report){.seq = seq + 1, .voted = voted + 1},
                      &answer);
    int status = answer.status;
    ck_assert_msg(status == 201 || status == 200 || status == 503, "%d %s", status, answer.body);
    if (status != 503) {
        seq++;
        voted++;
    }
    http_answer_done(&answer);
    return status;
}

static void expect_stored(void)
{
    ck_assert_int_ne(report(), 503);
}

static void expect_not_stored(void)
{
    ck_assert_int_eq(report(), 503);
    readyz_expect_for_readers(&turnoutd, 200);
}

/* Everything acknowledged is there, and Redis can be killed. */
static void expect_nothing_lost(void)
{
    redis_fixture_signal(&redis, SIGKILL);
    readyz_expect_broken(&turnoutd, "store-link", "");
    redis_fixture_restart(&redis);
    readyz_expect_ready(&turnoutd);
    small_wait_voted(turnoutd.public_port, voted);
    expect_stored();
    small_wait_voted(turnoutd.public_port, voted);
    turnoutd_stop(&turnoutd);
}

FIXTURE(setup, teardown);

/* ---- Redis itself ---- */

TEST(redis_is_gone)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_signal(&redis, SIGKILL);
    readyz_expect_broken(&turnoutd, "store-link", "");
    expect_not_stored();
    redis_fixture_restart(&redis);
    readyz_expect_ready(&turnoutd); /* the link's back-off comes on top */
    expect_nothing_lost();
}

/* Whoever runs the server is answered while Redis answers nothing. */
TEST(redis_stands_still)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_signal(&redis, SIGSTOP);
    readyz_expect_broken(&turnoutd, "store-writes", "has answered no write");
    static const char *const paths[] = {"/livez", "/readyz", "/metrics"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_answer answer;
        http_request(turnoutd.operate_port, "GET", paths[i], "", &answer);
        http_answer_done(&answer);
    }
    readyz_expect_broken(&turnoutd, "publication-age", "not confirmed");
    readyz_expect_for_readers(&turnoutd, 200);
    redis_fixture_signal(&redis, SIGCONT);
    readyz_expect_ready(&turnoutd); /* a link may have been dropped meanwhile */
    expect_stored();
    expect_nothing_lost();
}

struct refusal {
    const char *setting, *value, *mended;
    const char *says;
};

static const struct refusal refusals[] = {
    {"maxmemory", "1", "0", "OOM"},
    {"min-replicas-to-write", "1", "0", "NOREPLICAS"},
    {"replicaof", "127.0.0.1 1", "no one", "READONLY"},
};

static void set(const struct refusal *refusal, const char *value)
{
    if (strcmp(refusal->setting, "replicaof") != 0) {
        redis_fixture_run(&redis, "CONFIG SET %s %s", refusal->setting, value);
    } else if (strcmp(value, "no one") == 0) {
        redis_fixture_run(&redis, "REPLICAOF NO ONE");
    } else {
        redis_fixture_run(&redis, "REPLICAOF 127.0.0.1 1");
    }
}

/* It answers, but takes no writes. */
LOOP_TEST(redis_refuses_writes, COUNT(refusals))
{
    const struct refusal *refusal = &refusals[_i];
    start_with(NULL);
    expect_stored();
    set(refusal, refusal->value);
    readyz_expect_broken(&turnoutd, "store-writes", refusal->says);
    expect_not_stored();
    set(refusal, refusal->mended);
    readyz_expect_mended(&turnoutd, "store-writes");
    expect_stored();
    expect_nothing_lost();
}

static long long memory_used(void)
{
    redisReply *reply = redis_fixture_command(&redis, "INFO memory");
    const char *at = strstr(reply->str, "\nused_memory:");
    ck_assert_ptr_nonnull(at);
    long long used = strtoll(at + strlen("\nused_memory:"), NULL, 10);
    freeReplyObject(reply);
    return used;
}

static void expect_memory_warns(bool warns)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct readyz_verdict verdict;
    do {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        readyz_ask(&turnoutd, "store-memory", &verdict);
        ck_assert(verdict.is_ok && verdict.is_ready);
    } while ((strstr(verdict.why, "Redis has taken") != NULL) != warns);
}

/* Said while reports are taken. */
TEST(redis_fills_its_memory)
{
    start_with(NULL);
    redis_fixture_run(&redis, "CONFIG SET maxmemory %lld", 3 * memory_used() / 2);
    expect_memory_warns(true);
    expect_stored();
    redis_fixture_run(&redis, "CONFIG SET maxmemory 0");
    expect_memory_warns(false);
    expect_nothing_lost();
}

/* Its snapshots fail: then it takes no writes (MISCONF). */
TEST(redis_cannot_save)
{
    start_with(NULL);
    expect_stored();
    workspace_make_folder(&redis.workspace, "dump.rdb");
    redis_fixture_run(&redis, "CONFIG SET save %s", "3600 1");
    redis_fixture_run(&redis, "BGSAVE");
    readyz_expect_broken(&turnoutd, "store-writes", "MISCONF");
    expect_not_stored();
    redis_fixture_run(&redis, "CONFIG SET stop-writes-on-bgsave-error no");
    readyz_expect_mended(&turnoutd, "store-writes");
    expect_stored();
    turnoutd_stop(&turnoutd);
}

/* ---- what was prepared ---- */

TEST(functions_are_lost)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_run(&redis, "FUNCTION FLUSH");
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, " functions-loaded ", line);
    int64_t begun = clock_monotonic_ms();
    while (report() == 503) {
        ck_assert_int_lt(clock_monotonic_ms() - begun, PROCESS_DEADLINE_MS);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    readyz_expect_ready(&turnoutd);
    expect_nothing_lost();
}

TEST(functions_cannot_be_loaded)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_run(&redis, "ACL SETUSER turnoutd -function|load");
    redis_fixture_run(&redis, "FUNCTION FLUSH");
    readyz_expect_broken(&turnoutd, "functions", "does not take them again");
    expect_not_stored();
    redis_fixture_run(&redis, "ACL SETUSER turnoutd +function|load");
    readyz_expect_mended(&turnoutd, "functions");
    expect_stored();
    expect_nothing_lost();
}

struct lost_durability {
    const char *name, *value, *mended;
};

static const struct lost_durability lost_durability[] = {
    {"appendonly", "no", "yes"},
    {"appendfsync", "everysec", "always"},
    {"no-appendfsync-on-rewrite", "yes", "no"},
};

/* A report is acknowledged only where it can be found again. */
LOOP_TEST(durability_is_lost, COUNT(lost_durability))
{
    const struct lost_durability *lost = &lost_durability[_i];
    start_with(NULL);
    expect_stored();
    redis_fixture_run(&redis, "CONFIG SET %s %s", lost->name, lost->value);
    readyz_expect_broken(&turnoutd, "durability", lost->name);
    expect_not_stored();
    redis_fixture_run(&redis, "CONFIG SET %s %s", lost->name, lost->mended);
    readyz_expect_mended(&turnoutd, "durability");
    expect_stored();
    expect_nothing_lost();
}

/* The settings come back with another Redis at the same place. */
TEST(redis_is_started_again_less_durable)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_signal(&redis, SIGKILL);
    redis.settings[0] = "--appendfsync";
    redis.settings[1] = "no";
    redis_fixture_launch(&redis);
    redis_fixture_await(&redis);
    for (int64_t begun = clock_monotonic_ms(); clock_monotonic_ms() - begun < WATCHED_MS;) {
        expect_not_stored();
    }
    readyz_expect_broken(&turnoutd, "durability", "appendfsync is no");
    redis_fixture_run(&redis, "CONFIG SET appendfsync always");
    readyz_expect_mended(&turnoutd, "durability");
    expect_stored();
    turnoutd_stop(&turnoutd);
}

static void wait_durability(const char *wanted)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (bool is_so = false; !is_so;) {
        json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
        is_so = strcmp(json_text_of(document, "durability"), wanted) == 0;
        json_decref(document);
        ck_assert_msg(is_so || clock_monotonic_ms() < deadline, "never %s", wanted);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

TEST(relaxed_goes_on_and_says_so)
{
    static const char *const relaxed[] = {"--durability", "relaxed", NULL};
    start_with(relaxed);
    wait_durability("strict");
    redis_fixture_run(&redis, "CONFIG SET appendfsync everysec");
    wait_durability("relaxed");
    expect_stored();
    struct readyz_verdict verdict;
    int64_t begun = clock_monotonic_ms();
    do {
        readyz_ask(&turnoutd, "durability", &verdict);
        ck_assert(verdict.is_ready && verdict.is_ok);
        ck_assert_int_lt(clock_monotonic_ms() - begun, PROCESS_DEADLINE_MS);
    } while (strstr(verdict.why, "appendfsync is everysec") == NULL);
    redis_fixture_run(&redis, "CONFIG SET appendfsync always");
    wait_durability("strict");
    turnoutd_stop(&turnoutd);
}

TEST(rights_are_taken_away)
{
    start_with(NULL);
    expect_stored();
    redis_fixture_run(&redis, "ACL SETUSER turnoutd -zadd");
    readyz_expect_broken(&turnoutd, "rights", "ZADD");
    expect_not_stored();
    redis_fixture_run(&redis, "ACL SETUSER turnoutd +zadd");
    readyz_expect_mended(&turnoutd, "rights");
    expect_stored();
    expect_nothing_lost();
}

#define META "turnout:{small}:meta"

TEST(redis_holds_another_register)
{
    start_with(NULL);
    expect_stored();
    struct redisReply *ours = redis_fixture_command(&redis, "HGET " META " digest");
    redis_fixture_run(&redis, "HSET " META " digest %s", "00");
    readyz_expect_broken(&turnoutd, "register", "another register");
    expect_not_stored();
    redis_fixture_run(&redis, "HSET " META " digest %s", ours->str);
    freeReplyObject(ours);
    readyz_expect_mended(&turnoutd, "register");
    expect_stored();
    expect_nothing_lost();
}

TEST(redis_holds_another_generation)
{
    start_with(NULL);
    expect_stored();
    struct redisReply *ours = redis_fixture_command(&redis, "HGET " META " generation");
    redis_fixture_run(&redis, "HSET " META " generation %s", "of-another-count");
    readyz_expect_broken(&turnoutd, "generation", "of-another-count");
    expect_not_stored();
    readyz_expect_broken(&turnoutd, "publication-age", "not confirmed");
    redis_fixture_run(&redis, "HSET " META " generation %s", ours->str);
    freeReplyObject(ours);
    readyz_expect_mended(&turnoutd, "generation");
    expect_stored();
    expect_nothing_lost();
}

/* It is not seeded while the server runs: what was counted is somewhere else. */
TEST(redis_is_empty)
{
    start_with(NULL);
    expect_stored();
    small_wait_voted(turnoutd.public_port, voted);
    redis_fixture_run(&redis, "FLUSHALL");
    readyz_expect_broken(&turnoutd, "register", "no longer holds small");
    expect_not_stored();
    readyz_expect_broken(&turnoutd, "publication-age", "not confirmed");
    small_wait_voted(turnoutd.public_port, voted);
    struct redisReply *keys = redis_fixture_command(&redis, "DBSIZE");
    ck_assert_int_eq(keys->integer, 0);
    freeReplyObject(keys);
    turnoutd_stop(&turnoutd);
}

/* ---- the server's own ---- */

TEST(keys_are_faulty)
{
    start_with(NULL);
    workspace_write(&workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\nbroken\n");
    int64_t begun = clock_monotonic_ms(); /* the file is read at the second look, a second after the first */
    struct readyz_verdict verdict = {.is_ok = true};
    while (verdict.is_ok) {
        readyz_ask(&turnoutd, "keys", &verdict);
        ck_assert_int_lt(clock_monotonic_ms() - begun, PROCESS_DEADLINE_MS);
    }
    readyz_expect_broken(&turnoutd, "keys", "keys.csv is faulty");
    expect_stored();
    workspace_write(&workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\n");
    readyz_expect_ready(&turnoutd);
    turnoutd_stop(&turnoutd);
}

TEST(the_data_folder_is_replaced)
{
    char data[WORKSPACE_PATH_BYTES];
    char aside[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "aside", aside);
    start_with(NULL);
    ck_assert_int_eq(rename(data, aside), 0);
    readyz_expect_broken(&turnoutd, "data-folder", "not there any more");
    workspace_make_folder(&workspace, "data");
    readyz_expect_broken(&turnoutd, "data-folder", "not the folder");
    ck_assert_int_eq(rmdir(data), 0);
    ck_assert_int_eq(rename(aside, data), 0);
    readyz_expect_mended(&turnoutd, "data-folder");
    expect_nothing_lost();
}

/* Before anything was published, /readyz is there and says what is missing. */
TEST(redis_is_not_there_at_start)
{
    start_with(NULL);
    turnoutd_stop(&turnoutd);
    redis_fixture_signal(&redis, SIGKILL);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    turnoutd_await_operate(&turnoutd);
    readyz_expect_broken(&turnoutd, "store-link", "");
    readyz_expect_broken(&turnoutd, "publication-age", "nothing has been published yet");
    readyz_expect_for_readers(&turnoutd, 503);
    redis_fixture_restart(&redis);
    readyz_expect_ready(&turnoutd);
    turnoutd_stop(&turnoutd);
}

SUITE("health");
