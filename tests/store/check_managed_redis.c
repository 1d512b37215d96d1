/* The Redis that turnoutd keeps for itself: started, restarted, taken over, stopped. */
#include <turnout/store/managed_redis.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "suite.h"
#include "workspace.h"

enum { EVENTS_MOST = 16, WAIT_MS = 10000, PATH_BYTES = 256 };

/* What the process went through, in order. */
struct history {
    char events[EVENTS_MOST][32];
    uint32_t count;
    pid_t pid;
    char detail[256];
};

static struct workspace data;
static struct history history;
static struct managed_redis *redis;
static struct store_address address;
static struct event_base *base;
static struct error error;

static void on_event(void *context, const char *event, pid_t pid, const char *detail)
{
    struct history *seen = context;
    ck_assert_uint_lt(seen->count, EVENTS_MOST);
    ck_assert_int_lt(snprintf(seen->events[seen->count], sizeof seen->events[0], "%s", event), 32);
    seen->count++;
    seen->pid = pid;
    (void)snprintf(seen->detail, sizeof seen->detail, "%s", detail);
}

static void begin(void)
{
    workspace_init(&data);
    history = (struct history){0};
    redis = NULL;
    base = event_base_new();
    ck_assert_ptr_nonnull(base);
}

static void end(void)
{
    managed_redis_stop(redis);
    event_base_free(base);
    workspace_done(&data);
}

static void start(void)
{
    ck_assert_msg(managed_redis_start(data.path, on_event, &history, &redis, &address, &error) == TURNOUT_OK,
                  "%s", error.text);
}

static bool is_loading(const struct redisReply *reply)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "LOADING", strlen("LOADING")) == 0;
}

static void wait_a_little(int64_t deadline_ms)
{
    ck_assert_msg(clock_monotonic_ms() < deadline_ms, "Redis does not serve");
    ck_assert_int_ge(poll(NULL, 0, 5), 0);
}

static void log_in(struct redisContext *link)
{
    struct redisReply *reply = redisCommand(link, "AUTH %s %s", address.user, address.password);
    ck_assert_ptr_nonnull(reply);
    ck_assert_str_eq(reply->str, "OK");
    freeReplyObject(reply);
}

/* A server that was started may not listen yet. */
static struct redisContext *connect_to_it(int64_t deadline_ms)
{
    for (;;) {
        struct redisContext *link = redisConnectUnix(address.path);
        ck_assert_ptr_nonnull(link);
        if (link->err == 0) {
            log_in(link);
            return link;
        }
        redisFree(link);
        wait_a_little(deadline_ms);
    }
}

/* One that listens may still be loading what it knows. */
static struct redisReply *ask(const char *command)
{
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    struct redisContext *link = connect_to_it(deadline_ms);
    struct redisReply *reply = redisCommand(link, command);
    ck_assert_ptr_nonnull(reply);
    while (is_loading(reply)) {
        freeReplyObject(reply);
        wait_a_little(deadline_ms);
        reply = redisCommand(link, command);
        ck_assert_ptr_nonnull(reply);
    }
    redisFree(link);
    return reply;
}

static void check_reply(const char *command, const char *wanted)
{
    struct redisReply *reply = ask(command);
    ck_assert_str_eq(reply->str, wanted);
    freeReplyObject(reply);
}

/* Something to find again after whatever happens to the server. */
static void put(void)
{
    struct redisReply *reply = ask("HSET turnout:{e}:meta k kept");
    ck_assert_int_eq(reply->type, REDIS_REPLY_INTEGER);
    freeReplyObject(reply);
}

static void check_kept(void)
{
    check_reply("HGET turnout:{e}:meta k", "kept");
}

static void run_until_events(uint32_t least)
{
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    while (history.count < least) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "waited in vain");
        ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
    }
}

/* Whether somebody else than we have this process; it may be a zombie of ours otherwise. */
static void check_gone(pid_t pid)
{
    ck_assert_int_eq(kill(pid, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
}

static unsigned mode_of(const char *name)
{
    char path[WORKSPACE_PATH_BYTES];
    struct stat found;
    workspace_path(&data, name, path);
    ck_assert_int_eq(stat(path, &found), 0);
    return found.st_mode & 0777U;
}

FIXTURE(begin, end);
TIMEOUT(60);

TEST(test_starts_private_and_durable)
{
    static const char *const settings[][2] = {
        {"appendonly", "yes"},
        {"appendfsync", "always"},
        {"no-appendfsync-on-rewrite", "no"},
        {"maxmemory-policy", "noeviction"},
        {"save", ""},
        {"port", "0"},
    };
    start();
    ck_assert_uint_eq(history.count, 1);
    ck_assert_str_eq(history.events[0], "started");
    ck_assert_int_gt(history.pid, 0);
    check_reply("PING", "PONG");
    ck_assert_uint_eq(mode_of("redis"), 0700);
    ck_assert_uint_eq(mode_of("redis/redis.conf"), 0600);
    ck_assert_uint_eq(mode_of("redis/users.acl"), 0600);
    ck_assert_uint_eq(mode_of("redis/redis.sock"), 0700);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        char command[64];
        ck_assert_int_gt(snprintf(command, sizeof command, "CONFIG GET %s", settings[i][0]), 0);
        struct redisReply *reply = ask(command);
        ck_assert_uint_eq(reply->elements, 2);
        ck_assert_str_eq(reply->element[1]->str, settings[i][1]);
        freeReplyObject(reply);
    }
    struct redisReply *limit = ask("CONFIG GET maxmemory"); /* half the machine's, at most */
    long long most = strtoll(limit->element[1]->str, NULL, 10);
    ck_assert_int_gt(most, 0);
    ck_assert_int_le(most, (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 2);
    freeReplyObject(limit);
    ck_assert_int_ne(getsid(history.pid), getsid(0)); /* Ctrl-C in our terminal is not for it */
}

TEST(test_stops_and_keeps_what_it_knows)
{
    start();
    pid_t pid = history.pid;
    put();
    managed_redis_stop(redis);
    ck_assert_str_eq(history.events[1], "stopped");
    ck_assert_str_eq(history.detail, "exit status 0");
    check_gone(pid);
    redis = NULL;
    start();
    check_kept();
}

TEST(test_restarts_when_killed)
{
    start();
    put();
    managed_redis_watch(redis, base);
    for (uint32_t times = 1; times <= 2; times++) {
        pid_t killed = history.pid;
        ck_assert_int_eq(kill(killed, SIGKILL), 0);
        run_until_events(1 + 3 * times);
        ck_assert_str_eq(history.events[3 * times - 2], "ended");
        ck_assert_str_eq(history.events[3 * times - 1], "restarting");
        ck_assert_str_eq(history.events[3 * times], "started");
        ck_assert_int_ne(history.pid, killed);
        check_gone(killed);
    }
    managed_redis_stop(redis);
    redis = NULL;
    start();
    check_kept();
}

TEST(test_backs_off_when_it_ends_again_and_again)
{
    start();
    managed_redis_watch(redis, base);
    int64_t start_ms = clock_monotonic_ms();
    for (uint32_t times = 1; times <= 3; times++) { /* waits of 100, 200 and 400 ms */
        ck_assert_int_eq(kill(history.pid, SIGKILL), 0);
        run_until_events(1 + 3 * times);
    }
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, 700);
}

TEST(test_stopped_while_waiting_to_restart)
{
    start();
    managed_redis_watch(redis, base);
    ck_assert_int_eq(kill(history.pid, SIGKILL), 0);
    run_until_events(2);
    managed_redis_stop(redis);
    redis = NULL;
    ck_assert_uint_eq(history.count, 2);
}

/* Another process starts one and ends without stopping it, as after a crash. Returns its pid. */
static pid_t leave_one_behind(void)
{
    int pipe_ends[2];
    ck_assert_int_eq(pipe(pipe_ends), 0);
    pid_t crashing = fork();
    ck_assert_int_ge(crashing, 0);
    if (crashing == 0) {
        start();
        _exit(write(pipe_ends[1], &history.pid, sizeof history.pid) == sizeof history.pid ? 0 : 1);
    }
    pid_t pid = 0;
    int status;
    ck_assert_int_eq(waitpid(crashing, &status, 0), crashing);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(read(pipe_ends[0], &pid, sizeof pid), sizeof pid);
    ck_assert_int_eq(close(pipe_ends[0]), 0);
    ck_assert_int_eq(close(pipe_ends[1]), 0);
    return pid;
}

TEST(test_takes_over_the_one_left_behind)
{
    pid_t left = leave_one_behind();
    start();
    ck_assert_uint_eq(history.count, 1);
    ck_assert_str_eq(history.events[0], "taken-over");
    ck_assert_int_eq(history.pid, left);
    put();

    /* It is no child of ours, and is watched all the same. */
    managed_redis_watch(redis, base);
    ck_assert_int_eq(kill(left, SIGKILL), 0);
    run_until_events(4);
    ck_assert_str_eq(history.events[1], "ended");
    ck_assert_str_eq(history.events[3], "started");
    managed_redis_stop(redis);
    redis = NULL;
    start();
    check_kept();
}

/* Where the one left behind listens. */
static void name_address(const char *user)
{
    address = (struct store_address){0};
    ck_assert_int_eq(store_address_set_user(&address, user, &error), TURNOUT_OK);
    ck_assert_int_lt(snprintf(address.path, sizeof address.path, "%s/redis/redis.sock", data.path),
                     (int)sizeof address.path);
}

/* The one left behind runs under a file that is not ours any more. */
static void check_replaced(pid_t left)
{
    start();
    ck_assert_uint_eq(history.count, 2);
    ck_assert_str_eq(history.events[0], "outdated");
    ck_assert_str_eq(history.events[1], "started");
    ck_assert_int_ne(history.pid, left);
    check_kept();
}

TEST(test_replaces_one_with_other_users)
{
    char path[WORKSPACE_PATH_BYTES];
    pid_t left = leave_one_behind();
    name_address("turnoutd");
    put();
    workspace_path(&data, "redis/users.acl", path);
    FILE *file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("user more on nopass ~* +@all\n", file), 0);
    ck_assert_int_eq(fclose(file), 0);
    check_replaced(left);
}

/* As turnoutd ran it before there were users: it would not know ours. */
TEST(test_replaces_one_without_users)
{
    char folder[WORKSPACE_PATH_BYTES];
    name_address("default");
    workspace_path(&data, "redis", folder);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    pid_t left = fork();
    ck_assert_int_ge(left, 0);
    if (left == 0) {
        (void)execlp("redis-server", "redis-server", "--port", "0", "--dir", folder, "--unixsocket",
                     address.path, "--appendonly", "yes", "--appendfsync", "always", "--logfile", "redis.log",
                     (char *)NULL);
        _exit(127);
    }
    put();
    check_replaced(left);
}

TEST(test_stops_the_one_left_behind)
{
    pid_t left = leave_one_behind();
    int pidfd = pidfd_open(left, 0);
    ck_assert_int_ge(pidfd, 0);
    start();
    managed_redis_stop(redis);
    redis = NULL;
    ck_assert_str_eq(history.events[1], "stopped");
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    ck_assert_int_eq(poll(&ended, 1, 0), 1);
    ck_assert_int_eq(close(pidfd), 0);
}

TEST(test_a_stopped_redis_is_killed_in_the_end)
{
    start();
    pid_t pid = history.pid;
    ck_assert_int_eq(kill(pid, SIGSTOP), 0);
    int64_t start_ms = clock_monotonic_ms();
    managed_redis_stop(redis);
    redis = NULL;
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, MANAGED_STOP_MS);
    ck_assert_str_eq(history.detail, "killed by signal 9");
    check_gone(pid);
}

/* ---- where it is ---- */

TEST(test_a_path_with_anything_in_it)
{
    char odd[WORKSPACE_PATH_BYTES];
    workspace_path(&data, "a \"b\" \\c #d é", odd);
    ck_assert_int_eq(mkdir(odd, 0700), 0);
    ck_assert_msg(managed_redis_start(odd, on_event, &history, &redis, &address, &error) == TURNOUT_OK, "%s",
                  error.text);
    check_reply("PING", "PONG");
}

TEST(test_a_path_too_long_for_a_socket)
{
    char deep[PATH_BYTES];
    int length = snprintf(deep, sizeof deep, "%s/", data.path);
    memset(deep + length, 'd', 80);
    deep[length + 80] = '\0';
    ck_assert_int_eq(mkdir(deep, 0700), 0);
    ck_assert_int_eq(managed_redis_start(deep, on_event, &history, &redis, &address, &error),
                     TURNOUT_TOO_LARGE);
    ck_assert_str_eq(error.field, "data");
    ck_assert_msg(strstr(error.text, "at most 89") != NULL, "%s", error.text);

    deep[89] = '\0'; /* and the longest that will do */
    ck_assert_int_eq(mkdir(deep, 0700), 0);
    ck_assert_msg(managed_redis_start(deep, on_event, &history, &redis, &address, &error) == TURNOUT_OK, "%s",
                  error.text);
    check_reply("PING", "PONG");
}

SUITE("managed_redis");
