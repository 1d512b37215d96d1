/* `turnout register diff` and `turnout register apply` against a real turnoutd. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "command.h"
#include "committee.h"
#include "one_server.h"
#include "readyz.h"
#include "small_election.h"
#include "suite.h"

enum { OUTPUT_BYTES = 4096, ASK_AGAIN_MS = 20 };

static char token_path[WORKSPACE_PATH_BYTES];
static char output[OUTPUT_BYTES]; /* of the last run */

static void set_up(void)
{
    start_server();
    token_file(&workspace, ROLE_ADMIN, "T", token_path);
}

/* Runs it with `typed` on its standard input; its output and complaints together must hold `said`. */
static void run(const char *action, const char *typed, int status, const char *said)
{
    struct buffer words = {0};
    buffer_printf(&words, "register %s --token-file '%s' --server %s", action, token_path,
                  turnoutd.intake_url);
    struct command_run run = command_run_typed(&workspace, typed, words.bytes);
    ck_assert_msg(run.status == status && strstr(run.out, said) != NULL, "%d, no `%s` in: %s", run.status,
                  said, run.out);
    (void)snprintf(output, sizeof output, "%s", run.out);
    command_run_done(&run);
    buffer_done(&words);
}

#define APPLY "apply --reason 'a new station'"

/* Until the server has read the files. */
static void wait_for_difference(const char *said)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct readyz_verdict verdict;
    readyz_ask(&turnoutd, "files", &verdict);
    while (strstr(verdict.why, said) == NULL) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s was never noticed", said);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        readyz_ask(&turnoutd, "files", &verdict);
    }
}

FIXTURE(set_up, stop_server);

TEST(a_unit_is_added)
{
    run("diff", "", 0, "the files match the register in force");
    run(APPLY, "", 0, "the files match the register in force");
    workspace_append(&workspace, "election/units.csv", "0101-009,0101,Khu vực 9,40\n");
    wait_for_difference("0101-009");
    run("diff", "", 0, "what would change:\n  unit 0101-009 is added to commune 0101 with 40 registered\n");
    run(APPLY, "0000-0000\\n", 1, "nothing was changed");
    const char *files = strstr(output, "the files: ");
    ck_assert_ptr_nonnull(files);
    char typed[32];
    (void)snprintf(typed, sizeof typed, "%.9s\\n", files + strlen("the files: "));
    run(APPLY, typed, 0, "taken up: 1 changes");
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "registered"), 6190);
    json_decref(document);
    run("diff", "", 0, "the files match the register in force");
}

TEST(what_cannot_be_taken_up_is_told)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 5}, 201);
    workspace_append(&workspace, "election/areas.csv", "03,province,T,Miền Bắc,North\n");
    wait_for_difference("03");
    run("diff", "", 3,
        "what cannot be taken up, and what to do first:\n  province 03 is added to T: a province");
    run(APPLY, "", 3, "a province cannot be added");
}

TEST(a_token_that_is_none_is_told)
{
    workspace_write(&workspace, "token", "nothing");
    run("diff", "", 1, "unauthorized");
    run("apply", "", 2, "--reason");
}

SUITE("register_command");
