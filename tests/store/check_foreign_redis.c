/* A redis-server of another user behind the socket of our own: neither taken over nor ended, and said. */
#include <turnout/store/managed_redis.h>

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/clock.h>

#include "process.h"
#include "suite.h"
#include "workspace.h"

static struct workspace data;
static struct process foreign;
static struct managed_redis *redis;

static void begin(void)
{
    workspace_init(&data);
}

static void end(void)
{
    process_kill(&foreign);
    managed_redis_stop(redis);
    workspace_done(&data);
}

static void on_event(void *context, const char *event, pid_t pid, const char *detail)
{
    (void)context;
    (void)event;
    (void)pid;
    (void)detail;
}

/* What is left of a time in which everybody could write there. */
static void put_foreign_redis(const char *folder, const char *socket_path)
{
    const char *const words[] = {"setpriv",
                                 "--reuid=65534",
                                 "--regid=65534",
                                 "--clear-groups",
                                 "redis-server",
                                 "--port",
                                 "0",
                                 "--unixsocket",
                                 socket_path,
                                 "--save",
                                 "",
                                 NULL};
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    ck_assert_int_eq(chmod(data.path, 0755), 0);
    ck_assert_int_eq(chmod(folder, 0777), 0);
    process_start(&foreign, &data, "foreign", words);
    while (access(socket_path, F_OK) != 0) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(poll(NULL, 0, 10), 0);
    }
    ck_assert_int_eq(chmod(folder, 0700), 0);
    ck_assert_int_eq(chmod(data.path, 0700), 0);
}

FIXTURE(begin, end);
TIMEOUT(60);

TEST(a_redis_of_somebody_else_is_not_taken_over)
{
    struct store_address address;
    struct error error;
    char folder[WORKSPACE_PATH_BYTES];
    char socket_path[WORKSPACE_PATH_BYTES];
    if (geteuid() != 0) {
        (void)printf("a_redis_of_somebody_else_is_not_taken_over: skipped: only root can be two users\n");
        return;
    }
    workspace_path(&data, "redis", folder);
    workspace_path(&data, "redis/redis.sock", socket_path);
    workspace_make_folder(&data, "redis");
    put_foreign_redis(folder, socket_path);
    ck_assert_int_eq(managed_redis_start(data.path, on_event, NULL, &redis, &address, &error),
                     TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "data");
    ck_assert_msg(strstr(error.text, "another user (uid 65534)") != NULL, "%s", error.text);
    ck_assert(process_is_running(&foreign));
}

/* Nor is it asked anything by a command, as long as others may put something into the folder. */
TEST(a_folder_that_others_may_enter_is_not_looked_into)
{
    struct store_address address;
    struct error error;
    char folder[WORKSPACE_PATH_BYTES];
    workspace_path(&data, "redis", folder);
    workspace_make_folder(&data, "redis");
    ck_assert_int_eq(managed_redis_find(data.path, &address, &error), TURNOUT_OK);
    ck_assert_int_eq(chmod(folder, 0770), 0);
    ck_assert_int_eq(managed_redis_find(data.path, &address, &error), TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(error.text, "open to others") != NULL, "%s", error.text);
}

SUITE("foreign_redis");
