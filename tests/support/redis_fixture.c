/* Starts redis-server by its path in PATH, waits until it answers, stops it by its pid. */
#include "redis_fixture.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

enum { START_DEADLINE_MS = 10000, ASK_AGAIN_MS = 5, ARGUMENTS_MAX = 48 };

static const char users_file[] = "users.acl";

/* The users that are shipped, and one for what tests do. */
static void write_users(const struct redis_fixture *fixture)
{
    char *shipped = workspace_read(TURNOUT_SOURCE_DIR "/config/redis/users.acl");
    workspace_write(&fixture->workspace, users_file, shipped);
    workspace_append(&fixture->workspace, users_file, "user " REDIS_FIXTURE_USER " on nopass ~* &* +@all\n");
    free(shipped);
}

static void become_redis(const struct redis_fixture *fixture)
{
    char users[WORKSPACE_PATH_BYTES];
    workspace_path(&fixture->workspace, users_file, users);
    const char *arguments[ARGUMENTS_MAX] = {
        "redis-server",
        "--port",
        "0",
        "--unixsocket",
        fixture->address.path,
        "--dir",
        fixture->workspace.path,
        "--appendonly",
        "yes",
        "--save",
        "",
        "--appendfsync",
        "always",
        "--logfile",
        "redis.log",
        "--aclfile",
        users,
        "--daemonize",
        "no",
    };
    size_t count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    for (size_t i = 0; fixture->settings[i] != NULL; i++) {
        arguments[count++] = fixture->settings[i];
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
    char *writable[ARGUMENTS_MAX];
    memcpy(writable, arguments, sizeof writable);
    execvp(writable[0], writable);
    _exit(127);
}

static bool is_taken(struct redisContext *redis, const char *command)
{
    redisReply *reply = redis->err == 0 ? redisCommand(redis, command) : NULL;
    bool taken = reply != NULL && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    return taken;
}

/* NULL when it cannot be had. */
static struct redisContext *try_log_in(const char *path, const char *user)
{
    char login[64];
    int length = snprintf(login, sizeof login, "AUTH %s none", user);
    ck_assert(length > 0 && (size_t)length < sizeof login);
    struct redisContext *redis = redisConnectUnixWithTimeout(path, (struct timeval){.tv_sec = 5});
    ck_assert_ptr_nonnull(redis);
    if (!is_taken(redis, login)) {
        redisFree(redis);
        return NULL;
    }
    return redis;
}

struct redisContext *redis_fixture_log_in(const char *path, const char *user)
{
    struct redisContext *redis = try_log_in(path, user);
    ck_assert_msg(redis != NULL, "no Redis for %s at %s", user, path);
    return redis;
}

/* NULL while it does not serve: one that is loading lets us in, but does nothing. */
static struct redisContext *try_own_link(const struct redis_fixture *fixture)
{
    struct redisContext *redis = try_log_in(fixture->address.path, REDIS_FIXTURE_USER);
    if (redis != NULL && !is_taken(redis, "PING")) {
        redisFree(redis);
        return NULL;
    }
    return redis;
}

void redis_fixture_launch(struct redis_fixture *fixture)
{
    ck_assert_int_eq(fixture->pid, 0);
    fixture->pid = fork();
    ck_assert_int_ge(fixture->pid, 0);
    if (fixture->pid == 0) {
        become_redis(fixture);
    }
}

/* False: it has ended instead. */
static bool await(struct redis_fixture *fixture)
{
    int64_t deadline_ms = clock_monotonic_ms() + START_DEADLINE_MS;
    while ((fixture->redis = try_own_link(fixture)) == NULL) {
        if (waitpid(fixture->pid, NULL, WNOHANG) != 0) {
            fixture->pid = 0;
            return false;
        }
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "redis-server does not answer");
        (void)poll(NULL, 0, ASK_AGAIN_MS);
    }
    return true;
}

void redis_fixture_await(struct redis_fixture *fixture)
{
    ck_assert_msg(await(fixture), "redis-server ended; is it installed?");
}

bool redis_fixture_try_restart(struct redis_fixture *fixture)
{
    redis_fixture_launch(fixture);
    return await(fixture);
}

void redis_fixture_restart(struct redis_fixture *fixture)
{
    redis_fixture_launch(fixture);
    redis_fixture_await(fixture);
}

void redis_fixture_start(struct redis_fixture *fixture, const char *const *settings)
{
    *fixture = (struct redis_fixture){.address = {.user = "turnoutd"}};
    workspace_init(&fixture->workspace);
    write_users(fixture);
    int length = snprintf(fixture->address.path, sizeof fixture->address.path, "%s/redis.sock",
                          fixture->workspace.path);
    ck_assert_int_gt(length, 0);
    length = snprintf(fixture->url, sizeof fixture->url, "unix:%s", fixture->address.path);
    ck_assert_int_gt(length, 0);
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
        ck_assert_uint_lt(i, REDIS_FIXTURE_SETTINGS_MAX - 1);
        fixture->settings[i] = settings[i];
    }
    redis_fixture_restart(fixture);
}

void redis_fixture_signal(struct redis_fixture *fixture, int signal_number)
{
    ck_assert_int_gt(fixture->pid, 0);
    ck_assert_int_eq(kill(fixture->pid, signal_number), 0);
    if (signal_number == SIGKILL || signal_number == SIGTERM) {
        ck_assert_int_eq(waitpid(fixture->pid, NULL, 0), fixture->pid);
        fixture->pid = 0;
        if (fixture->redis != NULL) {
            redisFree(fixture->redis);
            fixture->redis = NULL;
        }
    }
}

static redisReply *command(struct redis_fixture *fixture, const char *format, va_list arguments)
{
    redisReply *reply = redisvCommand(fixture->redis, format, arguments);
    ck_assert_msg(reply != NULL, "%s: %s", format, fixture->redis->errstr);
    return reply;
}

struct redisReply *redis_fixture_command(struct redis_fixture *fixture, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    redisReply *reply = command(fixture, format, arguments);
    va_end(arguments);
    return reply;
}

void redis_fixture_run(struct redis_fixture *fixture, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    redisReply *reply = command(fixture, format, arguments);
    va_end(arguments);
    ck_assert_msg(reply->type != REDIS_REPLY_ERROR, "%s: %s", format, reply->str);
    freeReplyObject(reply);
}

void redis_fixture_digest(struct redis_fixture *fixture, char ret_digest[REDIS_DIGEST_BYTES])
{
    struct redisReply *reply = redis_fixture_command(fixture, "DEBUG DIGEST");
    ck_assert_int_eq(reply->type, REDIS_REPLY_STATUS);
    ck_assert_int_lt(snprintf(ret_digest, REDIS_DIGEST_BYTES, "%s", reply->str), REDIS_DIGEST_BYTES);
    freeReplyObject(reply);
}

void redis_fixture_stop(struct redis_fixture *fixture)
{
    if (fixture->pid != 0) {
        redis_fixture_signal(fixture, SIGKILL);
    }
    workspace_done(&fixture->workspace);
}
