/* `turnout reset`: from a rehearsal to an election that opens, and everything in the way of clearing by mistake. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "committee.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;
static char data[WORKSPACE_PATH_BYTES];

static void setup(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "data", data);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void teardown(void)
{
    workspace_done(&workspace);
}

/* Runs it with `typed` on its standard input; its output and complaints together must hold `said`. */
static void reset(const char *options, const char *typed, int status, const char *said)
{
    struct buffer words = {0};
    buffer_printf(&words, "reset %s", options);
    struct command_run run = command_run_typed(&workspace, typed, words.bytes);
    ck_assert_msg(run.status == status && strstr(run.out, said) != NULL,
                  "%s: ended with %d, or no `%s` in: %s", options, run.status, said, run.out);
    command_run_done(&run);
    buffer_done(&words);
}

/* The usual options and more. */
static void reset_here(const char *more, const char *typed, int status, const char *said)
{
    char options[256];
    int length = snprintf(options, sizeof options, "--election small --data '%s' %s", data, more);
    ck_assert(length > 0 && (size_t)length < sizeof options);
    reset(options, typed, status, said);
}

static void report(int status)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 10}, status);
}

static void ask_to_open(int status)
{
    char header[TOKEN_HEADER_BYTES];
    char body[OPENING_BYTES];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_write_opening(&workspace, body);
    committee_expect(turnoutd.intake_http_port, "/v1/phase", header, body, status);
}

FIXTURE(setup, teardown);

TEST(a_rehearsal_is_cleared)
{
    report(201);
    ask_to_open(409);
    reset_here("", "small\n", 1, "turnoutd runs there");
    turnoutd_stop(&turnoutd);
    reset_here("", "", 1, "nothing was cleared");
    reset_here("", "smal\n", 1, "nothing was cleared");
    reset_here("", "small election\n", 1, "nothing was cleared");
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 10);
    turnoutd_stop(&turnoutd);

    reset_here("", "small\n", 0, "1 reports");
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 0);
    ask_to_open(200);
    turnoutd_stop(&turnoutd);
}

static void freeze(int64_t number)
{
    char header[TOKEN_HEADER_BYTES];
    char wanted[32];
    struct http_answer answer;
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_ask(turnoutd.intake_http_port, "/v1/bulletins", header, "{\"label\":\"x\"}", &answer);
    (void)snprintf(wanted, sizeof wanted, "{\"bulletin\":%lld}", (long long)number);
    ck_assert_int_eq(answer.status, 201);
    ck_assert_str_eq(answer.body, wanted);
    http_answer_done(&answer);
}

/* What was published under a number may be kept for ever by whoever has read it. */
TEST(no_number_of_a_bulletin_is_given_again)
{
    freeze(1);
    freeze(2);
    turnoutd_stop(&turnoutd);
    reset_here("", "small\n", 0, "cleared");
    turnoutd_start(&turnoutd, &workspace, NULL);
    json_decref(json_get(turnoutd.public_port, "/v1/bulletins/1/areas/T.csv", 404));
    freeze(3);
    struct http_answer answer;
    http_request(turnoutd.public_port, "GET", "/v1/bulletins/3/bulletin.txt", "", &answer);
    ck_assert_ptr_nonnull(strstr(answer.body, "+07:00\n-\nT\n")); /* there is none before it */
    http_answer_done(&answer);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    freeze(4);
    char export[WORKSPACE_PATH_BYTES];
    char election[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "export", export);
    workspace_path(&workspace, "election", election);
    command_check(&workspace, 0, "0 lines of the log, 2 bulletins", NULL, "export", export, "--election",
                  election, "--data", data, NULL);
    command_check(&workspace, 0, "bulletin 4 (x, rehearsal)", NULL, "verify", export, NULL);
    turnoutd_stop(&turnoutd);
}

TEST(an_election_is_not_cleared_by_mistake)
{
    ask_to_open(200);
    turnoutd_stop(&turnoutd);
    reset_here("", "small\n", 1, "is not in rehearsal");
    reset_here("--force other", "small\n", 2, "must be the id again");
    reset_here("--force small", "\n", 1, "nothing was cleared");
    reset_here("--force small", "small\n", 0, "cleared");
    reset_here("", "small\n", 1, "holds nothing");
}

TEST(a_wrong_command_line_is_told)
{
    turnoutd_stop(&turnoutd);
    reset("", "small\n", 2, "--election is missing");
    reset("--election 'a b'", "small\n", 2, "--election a b");
    reset("--election small --data x --redis unix:/x", "small\n", 2, "either --data or --redis");
    reset("--election small --redis nowhere", "small\n", 2, "--redis");
    reset("--election small --redis-user x", "small\n", 2, "are for --redis");
    reset("--election small --data x --redis-password-file x", "small\n", 2, "are for --redis");
    reset("--election small --data /nowhere/at-all", "small\n", 1, "/nowhere/at-all");
    reset("--election small more", "small\n", 2, "unexpected `more`");
    reset("--help", "", 0, "--force ID");
}

SUITE("reset");
