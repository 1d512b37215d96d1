/* The secret that turnoutd makes, and the tokens that `turnout token make` makes of it. */
#include <check.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <turnout/base/clock.h>
#include <turnout/store/secret.h>

#include "command.h"
#include "process.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { DAY_S = 86400 };

static struct workspace workspace;
static char data[WORKSPACE_PATH_BYTES];
static char election[WORKSPACE_PATH_BYTES];

static void setup(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "election", election);
}

static void teardown(void)
{
    workspace_done(&workspace);
}

/* Runs `turnout` with the arguments up to a NULL, and returns what it said: its output when it ended well, else its
 * complaint. The caller frees. */
static char *make_token(int status, ...)
{
    va_list arguments;
    va_start(arguments, status);
    struct command_run run = command_run(&workspace, arguments);
    va_end(arguments);
    ck_assert_msg(run.status == status, "ended with %d: %s", run.status, run.err);
    free(status == 0 ? run.err : run.out);
    return status == 0 ? run.out : run.err;
}

#define MAKE "token", "make"

static void run_server_once(void)
{
    struct turnoutd turnoutd;
    turnoutd_start(&turnoutd, &workspace, NULL);
    turnoutd_stop(&turnoutd);
}

FIXTURE(setup, teardown);

TEST(a_token_is_made_with_the_servers_secret)
{
    static const char *const roles[] = {"relay", "view", "decide", "admin"};
    run_server_once();
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    ck_assert_int_eq(secret_read(data, SECRET_OF_TOKENS, secret, &error), TURNOUT_OK);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        int64_t began = clock_wall_ms() / 1000;
        char *said = make_token(0, MAKE, "--label", roles[i], "--role", roles[i], "--area", "0101", "--days",
                                "2", "--election", election, "--data", data, NULL);
        size_t length = strlen(said);
        ck_assert_msg(length > 0 && said[length - 1] == '\n', "%s", said);
        struct token token;
        ck_assert_msg(token_verify((struct slice){said, length - 1}, "small", secret, &token), "%s", said);
        ck_assert_int_eq(token.role, (int)i);
        ck_assert_str_eq(token.area, "0101");
        ck_assert_int_ge(token.expires, began + 2 * DAY_S);
        ck_assert_int_le(token.expires, clock_wall_ms() / 1000 + 2 * DAY_S);
        free(said);
    }
    char *by_id = make_token(0, MAKE, "--label", "press", "--role", "view", "--area", "9", "--days", "1",
                             "--election", "small", "--data", data, NULL);
    free(by_id);
}

static void check_complaint(char *said, const char *wanted)
{
    ck_assert_msg(strstr(said, wanted) != NULL, "no `%s` in: %s", wanted, said);
    free(said);
}

#define GOOD_BUT(role, area, days)                                                                           \
    "--label", "x", "--role", role, "--area", area, "--days", days, "--election", election

TEST(what_is_wrong_with_a_token_is_told)
{
    run_server_once();
    check_complaint(make_token(2, MAKE, GOOD_BUT("owner", "0101", "1"), "--data", data, NULL),
                    "--role owner");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "0109", "1"), "--data", data, NULL), "--area 0109");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "0101-001", "1"), "--data", data, NULL),
                    "--area 0101-001");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "a b", "1"), "--data", data, NULL), "--area a b");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "0101", "0"), "--data", data, NULL), "--days 0");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "0101", "367"), "--data", data, NULL), "--days 367");
    check_complaint(
        make_token(2, MAKE, "--label", "x", "--role", "view", "--area", "0101", "--days", "1", NULL),
        "--election is missing");
    check_complaint(make_token(2, MAKE, GOOD_BUT("view", "0101", "1"), "more", NULL), "expected `make`");
    check_complaint(make_token(1, MAKE, GOOD_BUT("view", "0101", "1"), "--data", election, NULL), "secret");
}

TEST(a_secret_that_others_can_read_is_refused)
{
    run_server_once();
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/" SECRET_FILE, path);
    ck_assert_int_eq(chmod(path, 0640), 0);
    check_complaint(make_token(1, MAKE, GOOD_BUT("view", "0101", "1"), "--data", data, NULL), path);
    struct turnoutd turnoutd;
    turnoutd_launch(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS), 1);
    char *log = workspace_read(turnoutd.process.stderr_path);
    check_complaint(log, "bad-secret");
}

/* Neither at the start that makes it, nor at the one that reads it. */
TEST(the_secret_is_never_logged)
{
    run_server_once();
    char path[WORKSPACE_PATH_BYTES];
    char log_path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/" SECRET_FILE, path);
    workspace_path(&workspace, "turnoutd.err", log_path);
    char *hex = workspace_read(path);
    hex[strcspn(hex, "\n")] = '\0';
    ck_assert_uint_eq(strlen(hex), TOKEN_SECRET_HEX_BYTES);
    char *log = workspace_read(log_path);
    ck_assert_ptr_nonnull(strstr(log, "secret-made"));
    ck_assert_ptr_null(strstr(log, hex));
    free(log);
    run_server_once();
    log = workspace_read(log_path);
    ck_assert_ptr_null(strstr(log, "secret-made"));
    ck_assert_ptr_null(strstr(log, hex));
    free(log);
    free(hex);
}

SUITE("tokens");
