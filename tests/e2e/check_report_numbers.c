/* The numbers of reports that `turnout report` sends: it asks for the next one, takes the one that it is told, and says
 * when what was sent does not count. */
#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static char spool[WORKSPACE_PATH_BYTES];
static char key_file[WORKSPACE_PATH_BYTES];

static void set_up(void)
{
    char election[WORKSPACE_PATH_BYTES];
    char out[WORKSPACE_PATH_BYTES];
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "out", out);
    workspace_path(&workspace, "out/0101-001.1.pem", key_file);
    workspace_path(&workspace, "spool", spool);
    command_check(&workspace, 0, "", NULL, "keys", "make", "--election", election, "--out", out, NULL);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--intake", "signed", NULL});
}

#define UNIT      "--spool", spool, "--election", "small", "--unit", "0101-001", "--test"
#define KEY       "--key", key_file, "--key-id", "0101-001.1"
#define REPORT    "report", "--server", turnoutd.intake_url, UNIT, KEY
#define TO_NOBODY "report", "--server", "http://127.0.0.1:1", UNIT, KEY
#define AT(clock) "--as-of", "2026-03-15T" clock ":00+07:00"

FIXTURE(set_up, stop_server);

TEST(the_next_number_is_asked_for)
{
    command_check(&workspace, 0, "accepted: unit 0101-001, report 1, 300 voted", NULL, REPORT, "--voted",
                  "300", AT("09:00"), NULL);
    command_check(&workspace, 0, "accepted: unit 0101-001, report 7, 310 voted", NULL, REPORT, "--seq", "7",
                  "--voted", "310", AT("09:10"), NULL);
    command_check(&workspace, 0, "accepted: unit 0101-001, report 8, 320 voted", NULL, REPORT, "--voted",
                  "320", AT("09:20"), NULL);
    small_wait_voted(turnoutd.public_port, 320);
}

/* A new telephone counts from 1 again. */
TEST(a_newer_count_takes_the_number_that_it_is_told)
{
    command_check(&workspace, 0, "accepted", NULL, REPORT, "--seq", "5", "--voted", "300", AT("09:00"), NULL);
    command_check(&workspace, 0,
                  "seq-behind: unit 0101-001, report 1: a test report, which does not count: seq 5 stands "
                  "with 300 voted as of "
                  "2026-03-15T09:00:00+07:00; send this count again with seq 6; sent again as report 6\n"
                  "accepted: unit 0101-001, report 6, 452 voted",
                  NULL, REPORT, "--seq", "1", "--voted", "452", AT("10:00"), "--kind", "final", NULL);
    command_check(&workspace, 0, "sent again as report 7\naccepted: unit 0101-001, report 7, 460 voted", NULL,
                  REPORT, "--seq", "6", "--voted", "460", AT("10:30"), NULL);
    small_wait_voted(turnoutd.public_port, 460);
}

TEST(what_was_spooled_takes_the_number_that_it_is_told)
{
    command_check(&workspace, 0, "accepted", NULL, REPORT, "--seq", "5", "--voted", "300", AT("09:00"), NULL);
    command_check(&workspace, 1, "1 kept in", NULL, TO_NOBODY, "--voted", "400", AT("10:00"), NULL);
    command_check(&workspace, 1, "2 kept in", NULL, TO_NOBODY, "--voted", "500", AT("11:00"), NULL);
    command_check(&workspace, 0, "accepted: unit 0101-001, report 7, 500 voted", NULL, "report", "--server",
                  turnoutd.intake_url, "--spool", spool, "--flush", KEY, NULL);
    ck_assert_int_eq(access(spool, F_OK), -1);
    small_wait_voted(turnoutd.public_port, 500);
}

TEST(what_does_not_count_is_no_success)
{
    command_check(&workspace, 0, "accepted", NULL, REPORT, "--seq", "5", "--voted", "300", AT("09:00"), NULL);
    command_check(&workspace, 3,
                  "superseded: unit 0101-001, report 4, 290 voted as of 2026-03-15T08:00:00+07:00: not "
                  "counted: this unit has a later report (a test report, which does not count: seq 5 "
                  "stands with 300 voted",
                  NULL, REPORT, "--seq", "4", "--voted", "290", AT("08:00"), NULL);
    /* Without its key a report keeps its number; the next one names both. */
    command_check(&workspace, 1, "1 kept in", NULL, TO_NOBODY, "--seq", "2", "--voted", "400", AT("10:00"),
                  NULL);
    command_check(&workspace, 3,
                  "(seq-behind, field seq): a test report, which does not count: seq 5 stands with 300 voted",
                  NULL, "report", "--server", turnoutd.intake_url, "--spool", spool, "--flush", NULL);
}

SUITE("report_numbers");
