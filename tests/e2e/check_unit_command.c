/* `turnout unit void` and `excuse` against a real turnoutd. */
#include <check.h>
#include <sys/stat.h>

#include "command.h"
#include "committee.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static char token_path[WORKSPACE_PATH_BYTES];

static void set_up(void)
{
    char token[TOKEN_BYTES_MAX + 1];
    start_server();
    workspace_path(&workspace, "token", token_path);
    token_of(&workspace, ROLE_DECIDE, "0101", 3600, token);
    workspace_write(&workspace, "token", token);
    ck_assert_int_eq(chmod(token_path, 0600), 0);
}

#define TO_INTAKE "--token-file", token_path, "--server", turnoutd.intake_url, "--unit"
#define VOID      "unit", "void", TO_INTAKE
#define EXCUSE    "unit", "excuse", TO_INTAKE

FIXTURE(set_up, stop_server);

TEST(a_unit_is_voided)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 60}, 201);
    small_wait_voted(turnoutd.public_port, 60);
    command_check(&workspace, 0, "unit 0101-001: none of its reports counts any more", NULL, VOID, "0101-001",
                  "--reason", "it was 0101-002's", NULL);
    small_wait_voted(turnoutd.public_port, 0);
    command_check(&workspace, 0, "nothing was changed", NULL, VOID, "0101-001", "--reason", "again", NULL);
    command_check(&workspace, 1, NULL, "out-of-scope", VOID, "0201-001", "--reason", "so", NULL);
    command_check(&workspace, 2, NULL, "--reason is missing", VOID, "0101-001", NULL);
}

TEST(a_unit_is_excused)
{
    command_check(&workspace, 0, "unit 0101-001: no-signal", NULL, EXCUSE, "0101-001", "--status",
                  "no-signal", "--note", "they come by boat", NULL);
    command_check(&workspace, 0, "unit 0101-001: merged", NULL, EXCUSE, "0101-001", "--status", "merged",
                  "--into", "0101-002", NULL);
    command_check(&workspace, 0, "unit 0101-001: expected", NULL, EXCUSE, "0101-001", "--status", "expected",
                  "--until", "2999-01-01T00:00:00+07:00", NULL);
    command_check(&workspace, 1, NULL, "must be no-signal, not-opening, merged, expected or none", EXCUSE,
                  "0101-001", "--status", "asleep", NULL);
    command_check(&workspace, 0, "unit 0101-001: none", NULL, EXCUSE, "0101-001", "--status", "none", NULL);
}

SUITE("unit_command");
