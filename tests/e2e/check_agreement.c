/* Two servers on one Redis whose election.ini differ: who differs is not ready, and says by which key. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "readyz.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */
static struct turnoutd second;

static const char as_it_is[] =
    "[election]\nid = small\nname = S\ndate = 2026-03-15\ntimezone = Asia/Ho_Chi_Minh\n"
    "opens = 2026-03-15T07:00:00+07:00\ncloses = 2026-03-15T19:00:00+07:00\nrounds = 09:00 11:00\n";

static void write_second(const char *ini)
{
    workspace_write(&workspace, "election-2/election.ini", ini);
}

/* The server of the folder `election-2`; returns whether it started. */
static bool start_second(void)
{
    char redis[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    char folder[WORKSPACE_PATH_BYTES];
    char address[WORKSPACE_PATH_BYTES + 8];
    workspace_path(&workspace, "data/redis/redis.sock", redis);
    workspace_path(&workspace, "data-2", data);
    workspace_path(&workspace, "election-2", folder);
    (void)snprintf(address, sizeof address, "unix:%s", redis);
    return turnoutd_try_start(
        &second, &workspace,
        (const char *const[]){"--redis", address, "--data", data, "--election", folder, NULL});
}

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_add_small_election(&workspace, "election-2");
    workspace_write(&workspace, "election/election.ini", as_it_is);
    turnoutd_start(&first, &workspace, NULL);
}

static void tear_down(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

/* As it is, with another line in the place of one. */
static void write_second_with(const char *line, const char *other)
{
    const char *at = strstr(as_it_is, line);
    struct buffer ini = {0};
    ck_assert_ptr_nonnull(at);
    buffer_append(&ini, as_it_is, (size_t)(at - as_it_is));
    buffer_append_text(&ini, other);
    buffer_append_text(&ini, at + strlen(line));
    write_second(ini.bytes);
    buffer_done(&ini);
}

static const struct {
    const char *line;
    const char *other;
    const char *why;
} times[] = {
    {"closes = 2026-03-15T19:00:00+07:00", "closes = 2026-03-15T20:00:00+07:00", "`closes` of election.ini"},
    {"rounds = 09:00 11:00", "rounds = 09:00 11:00 13:00", "`rounds` of election.ini"},
    {"rounds = 09:00 11:00", "rounds =", "`rounds` of election.ini"},
    {"timezone = Asia/Ho_Chi_Minh", "timezone = Asia/Bangkok", "`timezone` of election.ini"},
    {"rounds = 09:00 11:00", "rounds = 09:00 11:00\nbulletin-delay-s = 60",
     "`bulletin-delay-s` of election.ini"},
    {"rounds = 09:00 11:00", "rounds = 09:00 11:00\nunit-figures = committee",
     "`unit-figures` of election.ini"},
};

FIXTURE(set_up, tear_down);

LOOP_TEST(who_has_other_times_is_not_ready, COUNT(times))
{
    const struct small_report report = {.seq = 1, .voted = 10};
    write_second_with(times[_i].line, times[_i].other);
    ck_assert(start_second());
    readyz_expect_broken(&second, "register", times[_i].why);
    small_report_expect(second.intake_http_port, &report, 503);
    turnoutd_wait_ready(&first);
    small_report_expect(first.intake_http_port, &report, 201);
    turnoutd_stop(&second);
    write_second(as_it_is);
    ck_assert(start_second());
    turnoutd_wait_ready(&second);
    small_report_expect(second.intake_http_port, &report, 200);
    turnoutd_stop(&second);
}

/* Rules stand in the register's fingerprint. */
TEST(who_has_other_rules_does_not_start)
{
    struct buffer ini = {0};
    buffer_printf(&ini, "%s[rules]\njump = hold\n", as_it_is);
    write_second(ini.bytes);
    buffer_done(&ini);
    ck_assert(!start_second());
    char *log = workspace_read(second.process.stderr_path);
    ck_assert_ptr_nonnull(strstr(log, "another register"));
    free(log);
    turnoutd_wait_ready(&first);
}

/* The polls close later than was planned: the file is changed, and the only server started again. */
TEST(new_times_count_when_all_have_been_stopped)
{
    char line[PROCESS_LINE_BYTES];
    turnoutd_stop(&first);
    write_second_with("closes = 2026-03-15T19:00:00+07:00", "closes = 2026-03-15T21:00:00+07:00");
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election-2/election.ini", path);
    char *ini = workspace_read(path);
    workspace_write(&workspace, "election/election.ini", ini);
    free(ini);
    turnoutd_start(&first, &workspace, NULL);
    process_wait_line(&first.process, first.process.stderr_path, "times-changed", line);
    write_second(as_it_is);
    ck_assert(start_second());
    readyz_expect_broken(&second, "register", "`closes` of election.ini");
    turnoutd_stop(&second);
}

SUITE("agreement");
