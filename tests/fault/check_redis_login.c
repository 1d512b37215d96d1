/* turnoutd and `turnout reset` before a Redis that somebody else runs and that wants to know who asks: let in with the
 * right name and password, turned away at once and with what to do otherwise. The password shows nowhere. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { FAILED = 1, BAD_SETTINGS = 2 };

static struct workspace workspace;
static struct redis_fixture redis;
static char right[WORKSPACE_PATH_BYTES], wrong[WORKSPACE_PATH_BYTES], open_to_all[WORKSPACE_PATH_BYTES];

static void write_password(const char *name, const char *text, mode_t mode,
                           char ret_path[WORKSPACE_PATH_BYTES])
{
    workspace_write(&workspace, name, text);
    workspace_path(&workspace, name, ret_path);
    ck_assert_int_eq(chmod(ret_path, mode), 0);
}

static void setup(void)
{
    workspace_init(&workspace);
    redis_fixture_start(&redis, NULL);
    redis_fixture_run(&redis, "ACL SETUSER default off");
    redis_fixture_run(&redis, "ACL SETUSER turnoutd resetpass >opensesame");
    redis_fixture_run(&redis, "ACL SETUSER turnout-reset resetpass >opensesame");
    write_password("right", "opensesame\n", 0600, right);
    write_password("wrong", "opensesami\n", 0600, wrong);
    write_password("open-to-all", "opensesame\n", 0644, open_to_all);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    workspace_done(&workspace);
}

/* Fails the test unless the program ended so, said this, and did not give the password away. */
static void check_end(struct process *process, int status, const char *said)
{
    int ended = process_wait_exit(process, PROCESS_DEADLINE_MS);
    char *complaints = workspace_read(process->stderr_path);
    ck_assert_msg(ended == status && strstr(complaints, said) != NULL, "status %d, or no `%s` in: %s", ended,
                  said, complaints);
    ck_assert_ptr_null(strstr(complaints, "opensesam"));
    free(complaints);
}

FIXTURE(setup, teardown);

TEST(the_right_password_is_let_in)
{
    struct turnoutd turnoutd;
    const char *const settings[] = {"--redis", redis.url, "--redis-password-file", right, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 10}, 201);
    small_wait_voted(turnoutd.public_port, 10);
    turnoutd_stop(&turnoutd);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_ptr_null(strstr(log, "opensesam"));
    free(log);
}

TEST(anybody_else_is_turned_away_with_what_to_do)
{
    const struct {
        const char *user;
        const char *password_file;
        const char *said;
    } cases[] = {
        {"turnoutd", wrong, "WRONGPASS"},
        {"turnoutd", "", "set redis-user and redis-password-file"},
        {"nobody", right, "set redis-user and redis-password-file"},
        {"", right, "WRONGPASS"},
        {"", "", "NOAUTH"},
        {"turnout-reset", right, "config/redis/users.acl"},
        {"turnoutd", open_to_all, "bad-setting"},
        {"turnoutd", "/nowhere/password", "bad-setting"},
        {"two words", right, "bad-setting"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct turnoutd turnoutd;
        const char *const settings[] = {
            "--redis",     redis.url, "--redis-password-file", cases[i].password_file, "--redis-user",
            cases[i].user, NULL};
        turnoutd_launch(&turnoutd, &workspace, settings);
        check_end(&turnoutd.process, BAD_SETTINGS, cases[i].said);
    }
}

static void reset(const char *const more[4], int status, const char *said)
{
    char answer[WORKSPACE_PATH_BYTES];
    const char *arguments[16] = {"sh",
                                 "-c",
                                 "exec \"$0\" \"$@\" < \"$ANSWER\"",
                                 TURNOUT_BIN_DIR "/turnout",
                                 "reset",
                                 "--election",
                                 "small",
                                 "--redis",
                                 redis.url};
    size_t count = 9;
    for (size_t i = 0; i < 4 && more[i] != NULL; i++) {
        arguments[count++] = more[i];
    }
    workspace_write(&workspace, "answer", "small\n");
    workspace_path(&workspace, "answer", answer);
    ck_assert_int_eq(setenv("ANSWER", answer, 1), 0);
    struct process process;
    process_start(&process, &workspace, "reset", arguments);
    check_end(&process, status, said);
}

TEST(a_reset_logs_in_too)
{
    struct turnoutd turnoutd;
    const char *const settings[] = {"--redis", redis.url, "--redis-password-file", right, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    turnoutd_stop(&turnoutd);
    const struct {
        const char *more[4];
        int status;
        const char *said;
    } cases[] = {
        {{NULL}, FAILED, "NOAUTH"},
        {{"--redis-user", "turnout-reset"}, FAILED, "WRONGPASS"},
        {{"--redis-user", "turnout-reset", "--redis-password-file", wrong}, FAILED, "set redis-user"},
        {{"--redis-user", "turnoutd", "--redis-password-file", right}, FAILED, "NOPERM"},
        {{"--redis-user", "turnout-reset", "--redis-password-file", open_to_all}, BAD_SETTINGS, "chmod 600"},
        {{"--redis-user", "two words"}, BAD_SETTINGS, "--redis-user"},
        {{"--redis-user", "turnout-reset", "--redis-password-file", right}, 0, ""},
        {{"--redis-user", "turnout-reset", "--redis-password-file", right}, FAILED, "holds nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset(cases[i].more, cases[i].status, cases[i].said);
    }
}

SUITE("redis_login");
