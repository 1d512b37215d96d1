/* Signing keys from one end to the other: `turnout keys` makes them, `turnout report` and `turnout simulate` sign with
 * them, a real turnoutd takes what is signed, and no longer once the key is revoked. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "process.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;
static char election[WORKSPACE_PATH_BYTES];
static char out[WORKSPACE_PATH_BYTES];
static char spool[WORKSPACE_PATH_BYTES];

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "out", out);
    workspace_path(&workspace, "spool", spool);
}

static void tear_down(void)
{
    process_kill(&turnoutd.process);
    workspace_done(&workspace);
}

static void start_server(void)
{
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--intake", "signed", NULL});
}

/* Waits until turnoutd has read a keys.csv of so many keys. */
static void wait_keys(unsigned count)
{
    char wanted[64];
    char line[PROCESS_LINE_BYTES];
    (void)snprintf(wanted, sizeof wanted, " keys-renewed keys=%u", count);
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, wanted, line);
}

/* One report of a unit, signed with the private key in the file of `file_id`, under the name `key_id`. */
static void check_report(int status, const char *said, const char *unit, const char *seq, const char *file_id,
                         const char *key_id)
{
    char file[2 * WORKSPACE_PATH_BYTES];
    (void)snprintf(file, sizeof file, "%s/%s.pem", out, file_id);
    command_check(&workspace, status, said, NULL, "report", "--server", turnoutd.intake_url, "--spool", spool,
                  "--election", "small", "--test", "--unit", unit, "--seq", seq, "--voted", "7", "--as-of",
                  "2026-03-15T09:00:00+07:00", "--key", file, "--key-id", key_id, NULL);
}

#define MAKE "keys", "make", "--election", election, "--out", out

FIXTURE(set_up, tear_down);

TEST(who_has_the_key_is_heard)
{
    command_check(&workspace, 0, "10 keys for polling units\n4 keys for communes\n2 keys for provinces\n",
                  NULL, MAKE, "--units", "--communes", "--provinces", NULL);
    command_check(&workspace, 0, "16 keys", NULL, "register", "check", election, NULL);
    start_server();
    command_check(&workspace, 3, "bad-signature", NULL, "report", "--server", turnoutd.intake_url, "--spool",
                  spool, "--election", "small", "--test", "--unit", "0101-001", "--seq", "1", "--voted", "7",
                  NULL);
    check_report(0, "accepted: unit 0101-001, report 1", "0101-001", "1", "0101-001.1", "0101-001.1");
    check_report(3, "out-of-scope", "0101-001", "2", "0101-002.1", "0101-002.1");
    check_report(3, "bad-signature", "0101-001", "2", "0101-002.1", "0101-001.1");
    check_report(3, "unknown-key", "0101-001", "2", "0101-001.1", "0101-001.2");
    check_report(0, "accepted", "0101-002", "1", "0101.1", "0101.1");
    check_report(0, "accepted", "0102-001", "1", "01.1", "01.1");
    check_report(3, "out-of-scope", "0201-001", "1", "0101.1", "0101.1");
    small_wait_voted(turnoutd.public_port, 21);
    turnoutd_stop(&turnoutd);
}

TEST(a_revoked_key_is_heard_no_longer)
{
    char again[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "again", again);
    command_check(&workspace, 0, "10 keys for", NULL, MAKE, NULL);
    start_server();
    check_report(0, "accepted", "0201-003", "1", "0201-003.1", "0201-003.1");
    command_check(&workspace, 0, "0201-003.1 of 0201-003: revoked from 2", NULL, "keys", "revoke",
                  "--election", election, "0201-003.1", NULL);
    wait_keys(10);
    check_report(3, "unknown-key", "0201-003", "2", "0201-003.1", "0201-003.1");
    check_report(0, "accepted", "0201-004", "1", "0201-004.1", "0201-004.1");
    command_check(&workspace, 0, "was revoked before, from 2", NULL, "keys", "revoke", "--election", election,
                  "0201-003.1", NULL);

    command_check(&workspace, 0, "1 of them in addition to existing keys", NULL, "keys", "make", "--election",
                  election, "--out", again, "--area", "0201-003", NULL);
    wait_keys(11);
    (void)snprintf(out, sizeof out, "%s", again);
    check_report(0, "accepted", "0201-003", "2", "0201-003.2", "0201-003.2");
    turnoutd_stop(&turnoutd);
}

TEST(a_simulation_signs)
{
    command_check(&workspace, 0, "10 keys for", NULL, MAKE, NULL);
    start_server();
    command_check(&workspace, 1, "bad-signature", NULL, "simulate", "--election", election, "--stream",
                  turnoutd.stream_address, NULL);
    command_check(&workspace, 0, "accepted   50", NULL, "simulate", "--election", election, "--stream",
                  turnoutd.stream_address, "--keys", out, "--reports-a-unit", "5", NULL);
    turnoutd_stop(&turnoutd);
    command_check(&workspace, 0, "revoked from", NULL, "keys", "revoke", "--election", election, "0102-003.1",
                  NULL);
    command_check(&workspace, 2, NULL, "no valid key for unit 0102-003", "simulate", "--election", election,
                  "--stream", turnoutd.stream_address, "--keys", out, NULL);
    command_check(&workspace, 2, NULL, "cannot be opened", "simulate", "--election", election, "--keys",
                  "/nowhere", NULL);
}

TEST(keys_are_listed_by_what_they_are_worth)
{
    command_check(&workspace, 0, NULL, NULL, "keys", "list", "--election", election, NULL);
    command_check(&workspace, 0, "1 key for ", NULL, MAKE, "--area", "0101-001", NULL);
    command_check(&workspace, 0, "1 key for ", NULL, MAKE, "--area", "0102-001", "--from",
                  "9000-01-01T00:00:00Z", NULL);
    command_check(&workspace, 0, "1 key for ", NULL, MAKE, "--area", "0201-001", "--until",
                  "2026-03-15T00:00:00+07:00", NULL);
    command_check(&workspace, 0, "1 key for ", NULL, MAKE, "--area", "02", "--provinces", NULL);
    command_check(&workspace, 0, "revoked from 2026-03-15T12:00:00+07:00", NULL, "keys", "revoke",
                  "--election", election, "--at", "2026-03-15T05:00:00Z", "02.1", NULL);
    command_check(&workspace, 0,
                  "0101-001.1            0101-001          good\n"
                  "0102-001.1            0102-001          not yet\n"
                  "0201-001.1            0201-001          expired\n"
                  "02.1                  02                revoked\n",
                  NULL, "keys", "list", "--election", election, NULL);
    command_check(&workspace, 0, "0201-001.1            0201-001          expired\n02.1 ", NULL, "keys",
                  "list", "--election", election, "--area", "02", NULL);
    command_check(&workspace, 0, NULL, NULL, "keys", "list", "--election", election, "--area", "0202", NULL);
    command_check(&workspace, 2, NULL, "no unit or area has the code nobody", "keys", "list", "--election",
                  election, "--area", "nobody", NULL);
}

TEST(an_unknown_key_revokes_none)
{
    char path[2 * WORKSPACE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/keys.csv", election);
    command_check(&workspace, 0, "10 keys for", NULL, MAKE, NULL);
    char *before = workspace_read(path);
    command_check(&workspace, 2, NULL, "has no key nobody", "keys", "revoke", "--election", election,
                  "0101-001.1", "nobody", NULL);
    char *after = workspace_read(path);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    /* Naming one twice is no harm; a revocation is put off by nobody, only brought forward. */
    command_check(&workspace, 0, "revoked from 2026-03-15T12:00:00+07:00", NULL, "keys", "revoke",
                  "--election", election, "--at", "2026-03-15T12:00:00+07:00", "0101-001.1", "0101-001.1",
                  NULL);
    command_check(&workspace, 0, "was revoked before, from 2026-03-15T12:00:00+07:00", NULL, "keys", "revoke",
                  "--election", election, "--at", "2026-03-15T13:00:00+07:00", "0101-001.1", NULL);
    command_check(&workspace, 0, ": revoked from 2026-03-15T11:00:00+07:00", NULL, "keys", "revoke",
                  "--election", election, "--at", "2026-03-15T11:00:00+07:00", "0101-001.1", NULL);
}

/* The text between BEGIN and END of a private key's file. */
static void read_secret(const char *id, char *ret_secret, size_t capacity)
{
    char path[2 * WORKSPACE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s.pem", out, id);
    char *text = workspace_read(path);
    char *line = strchr(text, '\n');
    ck_assert_ptr_nonnull(line);
    (void)snprintf(ret_secret, capacity, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
    free(text);
}

TEST(secrets_stay_in_their_files)
{
    char path[WORKSPACE_PATH_BYTES];
    char secret[128];
    struct stat status;
    command_check(&workspace, 0, "10 keys for", NULL, MAKE, NULL);
    read_secret("0101-001.1", secret, sizeof secret);
    workspace_path(&workspace, "turnout.out", path);
    char *output = workspace_read(path);
    ck_assert_ptr_null(strstr(output, secret + 22)); /* behind what all keys begin with */
    free(output);
    ck_assert_int_eq(stat(out, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0700);
    /* Neither a second run nor a folder that others may enter. */
    command_check(&workspace, 2, NULL, "0101.html is there already", MAKE, NULL);
    ck_assert_int_eq(chmod(out, 0755), 0);
    command_check(&workspace, 2, NULL, "is open to others", MAKE, NULL);
    command_check(&workspace, 0, "10 keys", NULL, "register", "check", election, NULL);
}

TEST(a_wrong_command_line_is_told)
{
    char units[2 * WORKSPACE_PATH_BYTES];
    (void)snprintf(units, sizeof units, "%s/units.csv", election);
    command_check(&workspace, 2, NULL, "expected make, revoke or list", "keys", NULL);
    command_check(&workspace, 2, NULL, "expected make, revoke or list", "keys", "lose", NULL);
    command_check(&workspace, 0, "revoke --election DIR KEY...", NULL, "keys", "--help", NULL);
    command_check(&workspace, 2, NULL, "--out is missing", "keys", "make", "--election", election, NULL);
    command_check(&workspace, 2, NULL, "--election is missing", "keys", "list", NULL);
    command_check(&workspace, 2, NULL, "unexpected `more`", MAKE, "more", NULL);
    command_check(&workspace, 2, NULL, "revoke: the key is missing", "keys", "revoke", "--election", election,
                  NULL);
    command_check(&workspace, 2, NULL, "revoke takes no --area", "keys", "revoke", "--election", election,
                  "--area", "01", "k", NULL);
    command_check(&workspace, 2, NULL, "--at noon: must be a time", "keys", "revoke", "--election", election,
                  "--at", "noon", "k", NULL);
    command_check(&workspace, 2, NULL, "--until must be after --from", MAKE, "--from", "2026-03-15T00:00:00Z",
                  "--until", "2026-03-15T00:00:00Z", NULL);
    command_check(&workspace, 1, NULL, "/nowhere cannot be opened", "keys", "make", "--election", "/nowhere",
                  "--out", out, NULL);
    command_check(&workspace, 2, NULL, "--key and --key-id belong together", "report", "--election", "small",
                  "--unit", "u", "--seq", "1", "--voted", "1", "--key", units, NULL);
    command_check(&workspace, 2, NULL, "is not a private key", "report", "--spool", spool, "--election",
                  "small", "--unit", "u", "--seq", "1", "--voted", "1", "--key", units, "--key-id", "k",
                  NULL);
    command_check(&workspace, 2, NULL, "--key-id a b: must be", "report", "--key-id", "a b", NULL);
}

SUITE("keys_command");
