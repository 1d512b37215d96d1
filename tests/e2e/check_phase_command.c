/* `turnout phase open` and `close` against a real turnoutd: what they ask, and that nothing is changed unless it is
 * answered. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <turnout/base/clock.h>

#include "command.h"
#include "committee.h"
#include "one_server.h"
#include "process.h"
#include "small_election.h"
#include "suite.h"

enum { ASK_AGAIN_MS = 10 };

static char token_path[WORKSPACE_PATH_BYTES];

/* The polls of this election have not closed for years. */
static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/election.ini",
                    "[election]\nid = small\nname = S\ndate = 2198-03-15\ntimezone = Asia/Ho_Chi_Minh\n"
                    "opens = 2198-03-15T07:00:00+07:00\ncloses = 2198-03-15T19:00:00+07:00\nrounds =\n");
    turnoutd_start(&turnoutd, &workspace, NULL);
    token_file(&workspace, ROLE_ADMIN, "T", token_path);
}

/* Runs it with `typed` on its standard input; its output and complaints together must hold `said`. */
static void run(const char *action, const char *typed, int status, const char *said)
{
    struct buffer words = {0};
    buffer_printf(&words, "phase %s --token-file '%s' --server %s", action, token_path, turnoutd.intake_url);
    struct command_run run = command_run_typed(&workspace, typed, words.bytes);
    ck_assert_msg(run.status == status && strstr(run.out, said) != NULL, "%d, no `%s` in: %s", run.status,
                  said, run.out);
    command_run_done(&run);
    buffer_done(&words);
}

static bool shows_test(void)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    bool is_test = json_is_true(json_object_get(document, "test"));
    json_decref(document);
    return is_test;
}

static void expect_test(bool is_test)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (shows_test() != is_test) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

FIXTURE(set_up, stop_server);

TEST(an_election_is_opened_and_closed)
{
    char opening[OPENING_BYTES];
    char typed[64];
    committee_write_opening(&workspace, opening);
    const char *fingerprint = strstr(opening, "fingerprint\":\"") + strlen("fingerprint\":\"");
    (void)snprintf(typed, sizeof typed, "small\\n%.9s\\n", fingerprint);
    run("open", "", 1, "malformed");
    run("open", "small\\n0000-0000\\n", 1, "another-fingerprint");
    run("open", "smal\\n0000-0000\\n", 1, "wrong-election");
    expect_test(true);
    run("open", typed, 0, "small is now open");
    run("open", typed, 0, "small was before open");
    expect_test(false);
    run("close", "small\\n", 1, "the polls close at 2198-03-15T19:00:00+07:00");
    run("close", "small\\nyes\\n", 1, "Type `early`");
    run("close", "small\\nearly\\n", 0, "small is now closed");
    run("open", typed, 0, "small is now open");
}

TEST(a_token_that_others_may_read_is_not_shown)
{
    ck_assert_int_eq(chmod(token_path, 0644), 0);
    run("open", "", 2, "--token-file");
    ck_assert_int_eq(chmod(token_path, 0600), 0);
    workspace_write(&workspace, "token", "two words\nor more\n");
    run("open", "", 2, "must hold one token");
    workspace_write(&workspace, "token", "admin.T.1.x.y\n");
    run("open", "small\\nx\\n", 1, "unauthorized");
}

SUITE("phase_command");
