/* The shell lines of proto/bulletin.md, run as they stand there: they find a bulletin right, and whatever was changed
 * in it wrong, and say where. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "committee.h"
#include "one_server.h"
#include "shell_page.h"
#include "small_election.h"
#include "suite.h"

static void report(const char *unit, int seq, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted}, 201);
}

static void freeze(const char *label)
{
    char header[TOKEN_HEADER_BYTES];
    char body[64];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    (void)snprintf(body, sizeof body, "{\"label\":\"%s\"}", label);
    committee_expect(turnoutd.intake_http_port, "/v1/bulletins", header, body, 201);
}

static void set(const char *name, const char *value)
{
    ck_assert_int_eq(setenv(name, value, 1), 0);
}

/* Runs a block for a bulletin, and expects it to end well and to say this, and nothing else. */
static void expect(const char *block, const char *number, const char *says)
{
    set("number", number);
    struct shell_result result = shell_run(&workspace, block);
    ck_assert_msg(result.status == 0 && strcmp(result.out, says) == 0 && result.errors[0] == '\0',
                  "%s of %s: %d, %s%s", block, number, result.status, result.out, result.errors);
    shell_result_done(&result);
}

static void expect_refused(const char *number, const char *names)
{
    set("number", number);
    struct shell_result result = shell_run(&workspace, "check");
    ck_assert_msg(result.status != 0, "%s: taken for right", names);
    ck_assert_msg(strstr(result.out, names) != NULL || strstr(result.errors, names) != NULL, "%s: %s%s",
                  names, result.out, result.errors);
    shell_result_done(&result);
}

static void setup(void)
{
    char url[TURNOUTD_URL_BYTES];
    start_server();
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", turnoutd.public_port);
    set("public", url);
    shell_extract(&workspace, "/proto/bulletin.md", "fetch");
    shell_extract(&workspace, "/proto/bulletin.md", "chain");
    shell_extract(&workspace, "/proto/bulletin.md", "unit");
    report("0101-001", 1, 412);
    report("0201-004", 1, 1500);
    freeze("11:30");
    report("0101-001", 2, 640);
    report("0102-002", 1, 1);
    freeze("15:00");
    expect("fetch", "1", "");
    expect("fetch", "2", "");
    workspace_write(&workspace, "keep", "cp -r bulletin-1 kept\n");
    expect("keep", "1", "");
}

SHARED_FIXTURE(setup, stop_server);

TEST(a_shell_finds_a_bulletin_right)
{
    shell_extract(&workspace, "/proto/bulletin.md", "check");
    expect("check", "1", "11:30: 1912 of 6150 have voted\n");
    expect("check", "2", "15:00: 2141 of 6150 have voted\n");
    expect("chain", "2", "");
}

TEST(a_shell_leads_from_a_unit_to_the_nation)
{
    set("nation", "T");
    set("province", "01");
    set("commune", "0101");
    set("unit", "0101-001");
    set("number", "2");
    struct shell_result result = shell_run(&workspace, "unit");
    ck_assert_msg(result.status == 0, "%s%s", result.out, result.errors);
    ck_assert_msg(strncmp(result.out, "640 of 1000 have voted; report 2, receipt ", 42) == 0, "%s",
                  result.out);
    shell_result_done(&result);
}

/* What somebody does to a fetched bulletin, as a line of shell in its folder, and what the check then names. */
static const struct {
    const char *changes;
    const char *names;
} changes[] = {
    {"sed -i '2s/412/413/' areas/0101.csv", "areas/0101.csv: FAILED"},
    {"sed -i '/^log/s/,1,/,2,/' areas/0101.csv", "areas/0101.csv: FAILED"},
    {"sed -i '2d' areas/0201.csv", "areas/0201.csv: FAILED"},
    {"sed -i '3{h;d};4{G}' areas/0201.csv", "areas/0201.csv: FAILED"},
    {"cp ../bulletin-2/areas/0101.csv areas/0101.csv", "areas/0101.csv: FAILED"},
    {"cp ../bulletin-2/areas/01.csv areas/01.csv", "areas/01.csv: FAILED"},
    {"rm areas/0202.csv", "areas/0202.csv"},
    {"sed -i '/^T,/s/1912/1913/' areas/T.csv", "areas/T.csv: FAILED"},
    {"sed -i '4s/11:30/11:31/' bulletin.txt", "bulletin.txt: not signed"},
    {"sed -i '9s/rehearsal/unofficial/' bulletin.txt", "bulletin.txt: not signed"},
    {"cp ../bulletin-2/bulletin.txt bulletin.txt", "bulletin.txt: not signed"},
    {"cp ../bulletin-2/bulletin.sig bulletin.sig", "bulletin.txt: not signed"},
    {"cp ../bulletin-2/bulletin.??? .", "areas/T.csv: FAILED"},
    {"sed -i 's/\"public_key\":\"./\"public_key\":\"A/' keys.json", "bulletin.txt: not signed"},
    /* Every hash made anew, up to the statement. */
    {"sed -i '2s/412/413/' areas/0101.csv; for f in 0101:01 01:T; do "
     "h=$(sha256sum areas/${f%:*}.csv); sed -i \"s/^\\(${f%:*},.*,\\).*/\\1${h%% *}/\" areas/${f#*:}.csv; "
     "done; "
     "h=$(sha256sum areas/T.csv); sed -i \"8s/.*/${h%% *}/\" bulletin.txt",
     "bulletin.txt: not signed"},
};

/* To the bulletin as it was fetched. */
static void make_change(const char *line_of_shell)
{
    struct buffer line = {0};
    buffer_printf(&line, "rm -r bulletin-1\ncp -r kept bulletin-1\ncd bulletin-1\n%s\n", line_of_shell);
    workspace_write(&workspace, "change", line.bytes);
    buffer_done(&line);
    expect("change", "1", "");
}

LOOP_TEST(a_shell_finds_what_was_changed, sizeof changes / sizeof changes[0])
{
    make_change(changes[_i].changes);
    shell_extract(&workspace, "/proto/bulletin.md", "check");
    expect_refused("1", changes[_i].names);
}

/* The sums are looked at by themselves: one who signs could have written wrong ones. */
static const struct {
    const char *changes;
    const char *names;
} sums[] = {
    {"sed -i '2s/412/413/' areas/0101.csv", "areas/0101.csv: does not add up"},
    {"sed -i '/^02,/s/1500/1501/' areas/T.csv", "areas/T.csv: does not add up"},
    {"sed -i 's/1500/1501/' areas/T.csv areas/0201.csv; sed -i 's/1912/1913/' areas/T.csv",
     "areas/02.csv: is not what the area above it says"},
};

LOOP_TEST(a_shell_adds_up_by_itself, sizeof sums / sizeof sums[0])
{
    make_change(sums[_i].changes);
    shell_extract(&workspace, "/proto/bulletin.md", "check");
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "check", path);
    char *check = workspace_read(path);
    const char *begin = strstr(check, "# Each file adds up");
    ck_assert_ptr_nonnull(begin);
    struct buffer block = {0};
    buffer_printf(&block, "cd \"bulletin-$number\"\n%s", begin);
    workspace_write(&workspace, "check", block.bytes);
    buffer_done(&block);
    free(check);
    expect_refused("1", sums[_i].names);
}

SUITE("bulletin_page");
