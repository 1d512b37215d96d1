/* A store that comes back other than it was: older, cut off, empty, another one. turnoutd remembers outside of Redis
 * what it has seen there (data/last-known), so it notices, also after restarts, until a person has decided. */
#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "committee.h"
#include "fault_controls.h"
#include "own_workspace.h"
#include "redis_fixture.h"
#include "shell.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"

enum { BAD_SETTINGS = 2, COMMAND_BYTES = 1024 };

static struct turnoutd turnoutd;

/* ---- what is done behind turnoutd's back ---- */

static void accept_loss(const char *options, const char *typed, int status, const char *said)
{
    char command[COMMAND_BYTES];
    (void)snprintf(command, sizeof command, "printf '%%s\\n' '%s' | '%s/turnout' accept-loss --data data %s",
                   typed, TURNOUT_BIN_DIR, options);
    char *out = shell_says(&workspace, command, status);
    ck_assert_msg(strstr(out, said) != NULL, "no `%s` in: %s", said, out);
    free(out);
}

static void put_older_copy(void)
{
    shell(&workspace, "rm -rf data/redis && cp -a older data/redis");
}

/* ---- what turnoutd says of it ---- */

static void report(const char *unit, int seq, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted}, 201);
}

/* Stops it once it shows so many voters: then it has seen them. */
static void stop_showing(int64_t voted)
{
    small_wait_voted(turnoutd.public_port, voted);
    turnoutd_stop(&turnoutd);
}

static bool is_area_verified(const char *target)
{
    json_t *document = json_get(turnoutd.public_port, target, 200);
    bool verified = json_is_true(json_object_get(json_object_of(document, "area"), "verified"));
    json_decref(document);
    return verified;
}

static bool is_verified(void)
{
    return is_area_verified("/v1/areas/T");
}

static void expect_logged(const char *event)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, event, line);
}

static void expect_ready_words(const char *words)
{
    struct http_answer answer;
    http_request(turnoutd.operate_port, "GET", "/readyz", "", &answer);
    ck_assert_msg(strstr(answer.body, words) != NULL, "no `%s` in: %s", words, answer.body);
    http_answer_done(&answer);
}

/* It must end with status 2, and say all of the words in its log. */
static void expect_refusal(const char *const settings[], const char *const words[])
{
    turnoutd_launch(&turnoutd, &workspace, settings);
    int ended = process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_msg(ended == BAD_SETTINGS, "status %d: %s", ended, log);
    for (size_t i = 0; words[i] != NULL; i++) {
        ck_assert_msg(strstr(log, words[i]) != NULL, "no `%s` in: %s", words[i], log);
    }
    free(log);
}

static void ask_to_open(void)
{
    committee_open_election(&workspace, turnoutd.intake_http_port);
    expect_logged("phase now=open");
}

/* One report, a copy of Redis's files, three more reports of two communes of province 01. */
static void lose_three_reports(void)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    stop_showing(10);
    shell(&workspace, "cp -a data/redis older");
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 2, 20);
    report("0101-002", 1, 5);
    report("0102-001", 1, 7);
    stop_showing(32);
    shell(&workspace, "cp -a data/redis newer");
    put_older_copy();
}

FIXTURE(make_workspace, remove_workspace);
TIMEOUT(120);

TEST(an_older_copy_is_noticed_after_every_restart)
{
    lose_three_reports();
    for (int start = 0; start < 2; start++) {
        turnoutd_start(&turnoutd, &workspace, NULL);
        ck_assert(!is_verified());
        ck_assert(!is_area_verified("/v1/areas/01"));
        ck_assert(is_area_verified("/v1/areas/02"));
        expect_logged("reports-missing reports=3");
        expect_ready_words("3 reports");
        turnoutd_stop(&turnoutd);
    }
    /* More reports than there were do not make up for those that are gone. */
    turnoutd_start(&turnoutd, &workspace, NULL);
    for (int seq = 2; seq < 8; seq++) {
        report("0101-001", seq, 10 + seq);
        report("0102-001", seq, seq);
    }
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified());
    expect_logged("reports-missing reports=3");
    turnoutd_stop(&turnoutd);
}

TEST(files_that_are_put_back_are_believed)
{
    lose_three_reports();
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified());
    turnoutd_stop(&turnoutd);
    shell(&workspace, "rm -rf data/redis && cp -a newer data/redis");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(is_verified());
    stop_showing(32);
}

/* Before the last two reports. More than reports is written there: milestones, and a line whenever a minute ends. */
TEST(a_file_that_was_cut_off_is_noticed)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    for (int seq = 1; seq <= 4; seq++) {
        shell(&workspace, "stat -c %s data/redis/appendonlydir/*.incr.aof >length");
        report("0101-001", seq, 10 * seq);
        report("0201-001", seq, 10 * seq);
    }
    stop_showing(80);
    shell(&workspace, "truncate -s $(($(cat length) + 100)) data/redis/appendonlydir/*.incr.aof");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified());
    expect_logged("reports-missing");
    turnoutd_stop(&turnoutd);
}

TEST(a_lost_redis_folder_or_secret_is_refused)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    ask_to_open();
    turnoutd_stop(&turnoutd);
    shell(&workspace, "mv data/redis kept");
    static const char *const lost[] = {"data-lost", "data/redis", "open, revision 0", "accept-loss", NULL};
    expect_refusal(NULL, lost);
    shell(&workspace, "test ! -e data/redis && mv kept data/redis && mv data/secret kept");
    static const char *const no_secret[] = {"data-lost", "data/secret", "accept-loss", NULL};
    expect_refusal(NULL, no_secret);
    shell(&workspace, "test ! -e data/secret && mv kept data/secret");
    turnoutd_start(&turnoutd, &workspace, NULL);
    turnoutd_stop(&turnoutd);
}

TEST(an_opened_election_that_is_in_rehearsal_again_is_noticed)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    turnoutd_stop(&turnoutd);
    shell(&workspace, "cp -a data/redis older");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ask_to_open();
    turnoutd_stop(&turnoutd);
    put_older_copy();
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified());
    expect_logged("the election was open");
    expect_ready_words("the election was open");
    turnoutd_stop(&turnoutd);
}

TEST(a_damaged_memory_is_refused)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    stop_showing(10);
    shell(&workspace, "sed -i 's/^voted 10/voted 11/' data/last-known");
    static const char *const changed[] = {"bad-last-known", "data/last-known", NULL};
    expect_refusal(NULL, changed);
    shell(&workspace, "truncate -s 40 data/last-known");
    expect_refusal(NULL, changed);
    shell(&workspace, "rm data/last-known");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(is_verified());
    turnoutd_stop(&turnoutd);
}

TEST(a_loss_is_accepted_by_a_person)
{
    lose_three_reports();
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified());
    accept_loss("--election-id small", "small", 1, "turnoutd runs there");
    turnoutd_stop(&turnoutd);
    accept_loss("--election-id other --yes other", "", 1, "small");
    accept_loss("--election-id small", "smal", 1, "nothing was changed");
    accept_loss("--election-id small --yes smal", "", 2, "--yes");
    accept_loss("--election-id small", "small", 0, "new generation");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(is_verified());
    json_t *document = json_get(turnoutd.public_port, "/v1/corrections", 200);
    const json_t *entry = json_array_get(json_array_of(document, "corrections"), 0);
    ck_assert_str_eq(json_text_of(entry, "kind"), "loss");
    ck_assert_str_eq(json_text_of(entry, "before"), "4");
    ck_assert_str_eq(json_text_of(entry, "after"), "1");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "corrections")), 1);
    json_decref(document);
    turnoutd_stop(&turnoutd);
}

TEST(a_lost_redis_folder_is_given_up)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    stop_showing(10);
    shell(&workspace, "rm -rf data/redis data/secret");
    accept_loss("--election-id small --yes small", "", 0, "new generation");
    turnoutd_start(&turnoutd, &workspace, NULL);
    expect_logged("new-election");
    ck_assert(is_verified());
    small_wait_voted(turnoutd.public_port, 0);
    report("0101-001", 1, 10);
    turnoutd_stop(&turnoutd);
}

/* Without --data it is a folder of the place where it was started: two places, two elections. */
TEST(where_data_is_looked_for_is_said)
{
    workspace_add_small_election(&workspace, "election");
    workspace_make_folder(&workspace, "elsewhere");
    char command[COMMAND_BYTES];
    (void)snprintf(command, sizeof command,
                   "cd elsewhere && exec timeout -s TERM 5 '%s/turnoutd' --election ../election "
                   "--public 127.0.0.1:0 --intake-http 127.0.0.1:0 --intake-stream 127.0.0.1:0 "
                   "--operate 127.0.0.1:0",
                   TURNOUT_BIN_DIR);
    char *said = shell_says(&workspace, command, 124);
    ck_assert_msg(strstr(said, "data-not-given") != NULL && strstr(said, "/elsewhere/turnout-data") != NULL,
                  "%s", said);
    free(said);
}

/* A disk that takes seconds for it stops neither the publication nor the end. */
TEST(a_slow_disk_stops_nothing)
{
    enum { DELAY_US = 4000000, REPORTS = 8 };
    struct fault_controls *controls = fault_controls_map(&workspace);
    fault_preload_begin(&workspace, "disk");
    turnoutd_launch(&turnoutd, &workspace, NULL);
    fault_preload_end();
    turnoutd_await(&turnoutd);
    controls->other_sync_delay_us = DELAY_US;
    int64_t begun_ms = clock_monotonic_ms();
    for (int seq = 1; seq <= REPORTS; seq++) {
        report("0101-001", seq, seq);
        small_wait_voted(turnoutd.public_port, seq);
    }
    int64_t took_ms = clock_monotonic_ms() - begun_ms;
    ck_assert_msg(took_ms < REPORTS / 2 * DELAY_US / 1000, "%lld ms", (long long)took_ms);
    turnoutd_stop(&turnoutd);
    shell(&workspace, "grep -q '^voted 8$' data/last-known");
    fault_controls_unmap(controls);
}

/* ---- a Redis that somebody else runs ---- */

static struct redis_fixture redis;

static void setup_redis(void)
{
    workspace_init(&workspace);
    redis_fixture_start(&redis, NULL);
}

static void teardown_redis(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

static void accept_loss_there(const char *said)
{
    char options[COMMAND_BYTES / 2];
    (void)snprintf(options, sizeof options,
                   "--election-id small --yes small --redis '%s' --redis-user turnoutd", redis.url);
    accept_loss(options, "", 0, said);
}

CASE("somebody else's Redis");
FIXTURE(setup_redis, teardown_redis);
TIMEOUT(120);

TEST(an_emptied_redis_is_refused)
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    report("0101-001", 1, 10);
    stop_showing(10);
    redis_fixture_run(&redis, "FLUSHALL");
    static const char *const words[] = {"cannot-use-redis", "rehearsal, revision 1, 10 voted", "accept-loss",
                                        NULL};
    expect_refusal(settings, words);
    redisReply *reply = redis_fixture_command(&redis, "DBSIZE");
    ck_assert_int_eq(reply->integer, 0);
    freeReplyObject(reply);

    accept_loss_there("new generation");
    turnoutd_start(&turnoutd, &workspace, settings);
    ck_assert(is_verified());
    turnoutd_stop(&turnoutd);
}

TEST(another_generation_is_refused)
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    turnoutd_stop(&turnoutd);
    redis_fixture_run(&redis, "FLUSHALL");
    shell(&workspace, "mv data/last-known kept");
    turnoutd_start(&turnoutd, &workspace, settings);
    turnoutd_stop(&turnoutd);
    shell(&workspace, "mv kept data/last-known");
    static const char *const words[] = {"cannot-use-redis", "another generation", "accept-loss", NULL};
    expect_refusal(settings, words);
}

TEST(an_older_copy_is_noticed_while_it_runs)
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    report("0101-001", 1, 10);
    redis_fixture_run(&redis, "SAVE");
    char command[COMMAND_BYTES];
    (void)snprintf(command, sizeof command, "cp -a '%s/appendonlydir' older", redis.workspace.path);
    shell(&workspace, command);
    report("0101-001", 2, 20);
    report("0201-001", 1, 20);
    small_wait_voted(turnoutd.public_port, 40);
    redis_fixture_signal(&redis, SIGKILL);
    (void)snprintf(command, sizeof command, "rm -r '%s/appendonlydir' && cp -a older '%s/appendonlydir'",
                   redis.workspace.path, redis.workspace.path);
    shell(&workspace, command);
    redis_fixture_restart(&redis);
    expect_logged("reports-missing reports=2");
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, settings);
    ck_assert(!is_verified());
    turnoutd_stop(&turnoutd);
}

/* Each server that shares the Redis has a memory of its own; the loss is accepted once, for all of them. */
TEST(a_second_server_learns_what_was_decided)
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data-2", data);
    const char *const second[] = {"--redis", redis.url, "--data", data, NULL};
    turnoutd_start(&turnoutd, &workspace, second);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, settings);
    turnoutd_stop(&turnoutd);
    accept_loss_there("new generation");
    turnoutd_start(&turnoutd, &workspace, second);
    ck_assert(is_verified());
    expect_logged("loss-accepted");
    turnoutd_stop(&turnoutd);
}

static const char *const crashes[][2] = {
    {"HSET turnout:{small}:meta renewing 00000000000000aa", "PING"},
    {"HSET turnout:{small}:meta renewing 00000000000000aa",
     "HSET turnout:{small:01}:totals generation 00000000000000aa"},
};

LOOP_TEST(an_acceptance_that_was_interrupted_is_finished, COUNT(crashes))
{
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    report("0101-001", 1, 10);
    stop_showing(10);
    redis_fixture_run(&redis, crashes[_i][0]);
    redis_fixture_run(&redis, crashes[_i][1]);
    static const char *const words[] = {"cannot-use-redis", "interrupted", "accept-loss", NULL};
    expect_refusal(settings, words);
    accept_loss_there("new generation 00000000000000aa");
    turnoutd_start(&turnoutd, &workspace, settings);
    ck_assert(is_verified());
    report("0101-001", 2, 20);
    turnoutd_stop(&turnoutd);
    redisReply *reply = redis_fixture_command(&redis, "XLEN turnout:{small}:ledger");
    ck_assert_int_eq(reply->integer, 1);
    freeReplyObject(reply);
}

SUITE("last_known");
