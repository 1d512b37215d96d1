/* The fixture of the end-to-end tests. */
#include "turnoutd.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "committee.h"
#include "http.h"
#include "redis_fixture.h"

enum { ARGUMENTS_MAX = 64, ASK_AGAIN_MS = 20 };

struct arguments {
    const char *words[ARGUMENTS_MAX + 1];
    size_t count;
};

static void add(struct arguments *arguments, const char *word)
{
    ck_assert_uint_lt(arguments->count, ARGUMENTS_MAX);
    arguments->words[arguments->count++] = word;
}

static bool has_setting(const char *const settings[], const char *name)
{
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        if (strcmp(settings[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds a setting of the fixture's, unless the test has its own idea of it. */
static void add_setting(struct arguments *arguments, const char *const settings[], const char *name,
                        const char *value)
{
    if (!has_setting(settings, name)) {
        add(arguments, name);
        add(arguments, value);
    }
}

static void launch(struct turnoutd *turnoutd, const struct workspace *workspace, const char *const launcher[],
                   const char *const settings[], int stderr_fd)
{
    *turnoutd = (struct turnoutd){0};
    char election[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, "election", election);
    workspace_path(workspace, "data", data);
    if (access(election, F_OK) != 0) {
        workspace_add_small_election(workspace, "election");
    }
    committee_register(workspace);

    struct arguments arguments = {.count = 0};
    for (size_t i = 0; launcher != NULL && launcher[i] != NULL; i++) {
        add(&arguments, launcher[i]);
    }
    add(&arguments, TURNOUT_BIN_DIR "/turnoutd");
    add_setting(&arguments, settings, "--election", election);
    add_setting(&arguments, settings, "--data", data);
    add_setting(&arguments, settings, "--public", "127.0.0.1:0");
    add_setting(&arguments, settings, "--intake-http", "127.0.0.1:0");
    add_setting(&arguments, settings, "--intake-stream", "127.0.0.1:0");
    add_setting(&arguments, settings, "--operate", "127.0.0.1:0");
    add_setting(&arguments, settings, "--intake", "open");
    add_setting(&arguments, settings, "--publish-ms", "100");
    add_setting(&arguments, settings, "--workers", "1");
    add_setting(&arguments, settings, "--hosts", "x h");         /* as tests name it */
    add_setting(&arguments, settings, "--proxies", "127.0.0.1"); /* from where they look, and ask much */
    if (has_setting(settings, "--redis")) {
        add_setting(&arguments, settings, "--redis-user", "turnoutd");
    }
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        add(&arguments, settings[i]);
    }
    process_start_into(&turnoutd->process, workspace, "turnoutd", arguments.words, stderr_fd);
}

void turnoutd_launch_into(struct turnoutd *turnoutd, const struct workspace *workspace,
                          const char *const settings[], int stderr_fd)
{
    launch(turnoutd, workspace, NULL, settings, stderr_fd);
}

void turnoutd_launch_by(struct turnoutd *turnoutd, const struct workspace *workspace,
                        const char *const launcher[], const char *const settings[])
{
    launch(turnoutd, workspace, launcher, settings, -1);
}

void turnoutd_launch(struct turnoutd *turnoutd, const struct workspace *workspace,
                     const char *const settings[])
{
    turnoutd_launch_into(turnoutd, workspace, settings, -1);
}

/* A number that stands behind ` key=` in the first line of the log with these words. */
static uint64_t logged_number(struct turnoutd *turnoutd, const char *words, const char *key, uint64_t most)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd->process, turnoutd->process.stderr_path, words, line);
    const char *text = strstr(line, key);
    ck_assert_msg(text != NULL, "no%s in: %s", key, line);
    struct slice rest = slice_of(text + strlen(key));
    uint64_t number;
    ck_assert_msg(text_parse_unsigned(text_split(&rest, ' '), most, &number), "no%s in: %s", key, line);
    return number;
}

/* From the log: `... listening listener=public address=127.0.0.1 port=41234`. */
static uint16_t port_of(struct turnoutd *turnoutd, const char *listener)
{
    char wanted[64];
    int length = snprintf(wanted, sizeof wanted, " listening listener=%s ", listener);
    ck_assert(length > 0 && (size_t)length < sizeof wanted);
    return (uint16_t)logged_number(turnoutd, wanted, " port=", UINT16_MAX);
}

/* From the log: `... managed-redis is=started pid=123 ...`. */
pid_t turnoutd_redis_pid(struct turnoutd *turnoutd)
{
    pid_t pid = (pid_t)logged_number(turnoutd, " managed-redis is=started ", " pid=", INT32_MAX);
    ck_assert_int_gt(pid, 1);
    return pid;
}

void turnoutd_wait_ready(const struct turnoutd *turnoutd)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        struct http_answer answer;
        http_request(turnoutd->operate_port, "GET", "/readyz", "", &answer);
        int status = answer.status;
        if (status != 200) {
            ck_assert_msg(clock_monotonic_ms() < deadline, "not ready: %d %s", status, answer.body);
        }
        http_answer_done(&answer);
        if (status == 200) {
            return;
        }
        /* Nothing announces readiness to a reader, so it is asked for again, and not without a breath. */
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

void turnoutd_await_operate(struct turnoutd *turnoutd)
{
    turnoutd->operate_port = port_of(turnoutd, "operate");
}

void turnoutd_await_ports(struct turnoutd *turnoutd)
{
    turnoutd_await_operate(turnoutd);
    turnoutd->public_port = port_of(turnoutd, "public");
    turnoutd->intake_http_port = port_of(turnoutd, "intake-http");
    turnoutd->intake_stream_port = port_of(turnoutd, "intake-stream");
    (void)snprintf(turnoutd->intake_url, sizeof turnoutd->intake_url, "http://127.0.0.1:%u",
                   turnoutd->intake_http_port);
    (void)snprintf(turnoutd->stream_address, sizeof turnoutd->stream_address, "127.0.0.1:%u",
                   turnoutd->intake_stream_port);
}

void turnoutd_await(struct turnoutd *turnoutd)
{
    turnoutd_await_ports(turnoutd);
    turnoutd_wait_ready(turnoutd);
}

void turnoutd_start(struct turnoutd *turnoutd, const struct workspace *workspace,
                    const char *const settings[])
{
    turnoutd_launch(turnoutd, workspace, settings);
    turnoutd_await(turnoutd);
}

void turnoutd_start_second(struct turnoutd *turnoutd, const struct workspace *workspace, const char *setting,
                           const char *value)
{
    char redis[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    char address[WORKSPACE_PATH_BYTES + sizeof "unix:"];
    workspace_path(workspace, "data/redis/redis.sock", redis);
    workspace_path(workspace, "data-2", data);
    (void)snprintf(address, sizeof address, "unix:%s", redis);
    turnoutd_start(turnoutd, workspace,
                   (const char *const[]){"--redis", address, "--data", data, setting, value, NULL});
}

static bool is_serving(const struct turnoutd *turnoutd)
{
    char *log = workspace_read(turnoutd->process.stderr_path);
    bool is_there = strstr(log, " info serving ") != NULL;
    free(log);
    return is_there;
}

bool turnoutd_try_start(struct turnoutd *turnoutd, const struct workspace *workspace,
                        const char *const settings[])
{
    turnoutd_launch(turnoutd, workspace, settings);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (!is_serving(turnoutd)) {
        if (clock_monotonic_ms() >= deadline) { /* it waits for a Redis that it can use */
            process_kill(&turnoutd->process);
            return false;
        }
        struct pollfd ended = {.fd = turnoutd->process.pidfd, .events = POLLIN};
        if (poll(&ended, 1, ASK_AGAIN_MS) > 0) {
            (void)process_wait_exit(&turnoutd->process, PROCESS_DEADLINE_MS);
            return false;
        }
    }
    turnoutd_await_ports(turnoutd);
    return true;
}

void turnoutd_stop(struct turnoutd *turnoutd)
{
    process_signal(&turnoutd->process, SIGTERM);
    int status = process_wait_exit(&turnoutd->process, PROCESS_DEADLINE_MS);
    if (status != 0) {
        char *log = workspace_read(turnoutd->process.stderr_path);
        (void)fprintf(stderr, "%s", log);
        free(log);
        ck_abort_msg("turnoutd ended with status %d", status);
    }
}

struct redisContext *turnoutd_redis(const struct workspace *workspace)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, "data/redis/redis.sock", path);
    return redis_fixture_log_in(path, "turnoutd");
}
