/* A Redis that turnoutd cannot start: the error says why, and nothing is left running. */
#include <turnout/store/managed_redis.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "own_workspace.h"
#include "suite.h"

static struct managed_redis *redis;
static struct store_address address;
static struct error error;

static void on_event(void *context, const char *event, pid_t pid, const char *detail)
{
    (void)context;
    (void)event;
    (void)pid;
    (void)detail;
}

static void end(void)
{
    managed_redis_stop(redis);
    remove_workspace();
}

/* It must be refused, for this. */
static void expect_refused(const char *path, enum turnout_error wanted)
{
    ck_assert_int_eq(managed_redis_start(path, on_event, NULL, &redis, &address, &error), wanted);
}

FIXTURE(make_workspace, end);

TEST(test_no_data_folder)
{
    expect_refused("/nowhere/at/all", TURNOUT_SYSTEM);
    ck_assert_str_eq(error.field, "data");
}

TEST(test_a_file_in_the_folders_place)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "redis", path);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
    expect_refused(workspace.path, TURNOUT_BAD_INPUT);
}

/* Whoever made the folder could have put a redis-server of his own behind its socket. */
TEST(test_a_folder_of_somebody_else)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "redis", path);
    workspace_make_folder(&workspace, "redis");
    ck_assert_int_eq(chmod(path, 0770), 0);
    expect_refused(workspace.path, TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "data");
    ck_assert_int_eq(chmod(path, 0700), 0);
    if (workspace_give_away(path)) {
        expect_refused(workspace.path, TURNOUT_BAD_INPUT);
    }
}

TEST(test_no_redis_server)
{
    ck_assert_int_eq(setenv("PATH", "/nowhere", 1), 0);
    expect_refused(workspace.path, TURNOUT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(error.text, "apt install redis-server"));
}

TEST(test_a_redis_that_ends_at_once)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "redis", path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    workspace_path(&workspace, "redis/redis.sock", path);
    ck_assert_int_eq(mkdir(path, 0700), 0); /* it cannot listen there */
    expect_refused(workspace.path, TURNOUT_SYSTEM);
    ck_assert_msg(strstr(error.text, "exit status 1") != NULL && strstr(error.text, "redis.log") != NULL,
                  "%s", error.text);
}

SUITE("managed_redis_refused");
