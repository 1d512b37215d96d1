/* The signals that an operator's tools send by habit: none of them ends turnoutd but SIGTERM and SIGINT, and SIGHUP has
 * it read keys.csv and the register again. */
#include <check.h>
#include <signal.h>

#include <turnout/base/text.h>

#include "http.h"
#include "own_workspace.h"
#include "suite.h"
#include "turnoutd.h"

static struct turnoutd turnoutd;

static void wait_logged(const char *words)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, words, line);
}

FIXTURE(make_workspace, remove_workspace);

static const int habits[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGWINCH, SIGCHLD, SIGCONT, SIGURG};

TEST(no_habit_ends_it)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    for (size_t i = 0; i < COUNT(habits); i++) {
        process_signal(&turnoutd.process, habits[i]);
    }
    wait_logged(" reading-again why=SIGHUP");
    turnoutd_wait_ready(&turnoutd);
    turnoutd_stop(&turnoutd);
}

/* Also while it waits for its Redis. */
TEST(no_habit_ends_a_start)
{
    static const char *const settings[] = {"--redis", "unix:/nowhere/redis.sock", NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    turnoutd_await_operate(&turnoutd);
    for (size_t i = 0; i < COUNT(habits); i++) {
        process_signal(&turnoutd.process, habits[i]);
    }
    wait_logged(" reading-again why=SIGHUP");
    struct http_answer answer;
    http_request(turnoutd.operate_port, "GET", "/livez", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
    turnoutd_stop(&turnoutd);
}

TEST(a_hangup_has_the_files_read_again)
{
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\n");
    turnoutd_start(&turnoutd, &workspace, NULL);
    process_signal(&turnoutd.process, SIGHUP);
    wait_logged(" keys-renewed keys=0");
    wait_logged(" tokens-renewed ");
    wait_logged(" register-unchanged fingerprint=");
    workspace_append(&workspace, "election/units.csv", "0101-999,0101,One more,100\n");
    process_signal(&turnoutd.process, SIGHUP);
    wait_logged(" register-kept ");
    workspace_write(&workspace, "election/units.csv", "code,commune\n");
    process_signal(&turnoutd.process, SIGHUP);
    wait_logged(" bad-election file=units.csv ");
    turnoutd_wait_ready(&turnoutd);
    turnoutd_stop(&turnoutd);
}

/* A column that nothing is read of is no fault: it is said, at the start and when the files are read again. */
TEST(what_is_odd_about_a_file_is_a_warning)
{
    static const char units[] = "code,commune,name,registered,street\n0101-001,0101,One,100,Main\n";
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/units.csv", units);
    turnoutd_start(&turnoutd, &workspace, NULL);
    wait_logged(" warning odd-file file=units.csv line=1 ");
    workspace_write(
        &workspace, "election/areas.csv",
        "code;level;parent;name;name_en;remark\nT;nation;;T;;\n01;province;T;P;;\n0101;commune;01;C;;\n");
    process_signal(&turnoutd.process, SIGHUP);
    wait_logged(" warning odd-file file=areas.csv line=1 ");
    wait_logged(" register-kept ");
    turnoutd_stop(&turnoutd);
}

SUITE("signals");
