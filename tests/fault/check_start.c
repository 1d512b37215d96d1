/* A turnoutd that cannot start says what is wrong and where, and ends with the status for it: 2 for settings and
 * elections, 1 for what others hold. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own_workspace.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"

enum { FAILED = 1, BAD_SETTINGS = 2 };

/* Every word must stand in one and the same line of the log. `words` ends with a NULL. */
static void check_logged(const struct turnoutd *turnoutd, const char *const words[])
{
    char *log = workspace_read(turnoutd->process.stderr_path);
    bool found = false;
    char *rest = log;
    for (char *line = strsep(&rest, "\n"); line != NULL && !found; line = strsep(&rest, "\n")) {
        found = true;
        for (size_t i = 0; words[i] != NULL; i++) {
            found = found && strstr(line, words[i]) != NULL;
        }
    }
    free(log);
    if (!found) {
        log = workspace_read(turnoutd->process.stderr_path);
        ck_abort_msg("no line with '%s' and the rest in:\n%s", words[0], log);
    }
}

/* Starts it and returns once all that it says of its start is in its log, which a thread of its own writes. */
static void start_logged(struct turnoutd *turnoutd, const struct workspace *where)
{
    char line[PROCESS_LINE_BYTES];
    turnoutd_start(turnoutd, where, NULL);
    process_wait_line(&turnoutd->process, turnoutd->process.stderr_path, " info ready ", line);
}

static void check_refusal(const struct workspace *where, const char *const settings[], int status,
                          const char *const words[])
{
    struct turnoutd turnoutd;
    turnoutd_launch(&turnoutd, where, settings);
    int ended = process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS);
    ck_assert_msg(ended == status, "%s: status %d, not %d", words[0], ended, status);
    check_logged(&turnoutd, words);
}

FIXTURE(make_workspace, remove_workspace);

TEST(bad_settings_are_refused)
{
    static const struct {
        const char *settings[3];
        const char *words[3];
    } cases[] = {
        {{"--colour", "red"}, {"bad-setting", "colour"}},
        {{"--publish-ms", "49"}, {"bad-setting", "publish-ms"}},
        {{"--publish-ms", "many"}, {"bad-setting", "publish-ms"}},
        {{"--workers", "0"}, {"bad-setting", "workers"}},
        {{"--intake", "shut"}, {"bad-setting", "intake"}},
        {{"--public", "127.0.0.1:65536"}, {"bad-setting", "public"}},
        {{"--redis", "http://x"}, {"bad-setting", "redis"}},
        {{"--election", "/nowhere"}, {"bad-election", "/nowhere"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_refusal(&workspace, cases[i].settings, BAD_SETTINGS, cases[i].words);
    }
}

/* Two faults in one file: both are told, each with its line. */
TEST(a_bad_register_is_refused)
{
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/units.csv",
                    "code,commune,name,registered\n"
                    "0101-001,0101,One,1000\n"
                    "0101-002,0109,Two,500\n"
                    "0101-003,0101,Three,many\n");
    struct turnoutd turnoutd;
    turnoutd_launch(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS), BAD_SETTINGS);
    static const char *const unknown_commune[] = {"bad-election", "units.csv", "line=3", "0109", NULL};
    static const char *const bad_roll[] = {"bad-election", "units.csv", "line=4", "registered", NULL};
    check_logged(&turnoutd, unknown_commune);
    check_logged(&turnoutd, bad_roll);
}

TEST(a_port_in_use_is_refused)
{
    struct turnoutd first;
    turnoutd_start(&first, &workspace, NULL);
    const struct {
        const char *setting;
        uint16_t port;
    } cases[] = {
        {"--public", first.public_port},
        {"--intake-http", first.intake_http_port},
        {"--intake-stream", first.intake_stream_port},
        {"--operate", first.operate_port},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char address[32];
        int length = snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)cases[i].port);
        ck_assert(length > 0 && (size_t)length < sizeof address);
        struct workspace own;
        workspace_init(&own);
        const char *const settings[] = {cases[i].setting, address, NULL};
        const char *const words[] = {"cannot-listen", cases[i].setting + strlen("--"), address, NULL};
        check_refusal(&own, settings, FAILED, words);
        workspace_done(&own);
    }
    turnoutd_stop(&first);
}

/* It is said before they are opened: an address that is nobody's here cannot be had. */
TEST(what_others_reach_is_said)
{
    static const struct {
        const char *settings[5];
        const char *words[3];
    } cases[] = {
        {{"--operate", "192.0.2.1:1"}, {" exposed ", "listener=operate ", "192.0.2.1"}},
        {{"--intake-http", "192.0.2.1:1"}, {" exposed ", "listener=intake-http ", "intake is open"}},
        {{"--intake-stream", "192.0.2.1:1"}, {" exposed ", "listener=intake-stream ", "intake is open"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const words[] = {cases[i].words[0], cases[i].words[1], cases[i].words[2], NULL};
        check_refusal(&workspace, cases[i].settings, FAILED, words);
    }

    static const char *const usual[] = {"--intake-http", "192.0.2.1:1", "--intake", "signed", NULL};
    struct turnoutd turnoutd;
    turnoutd_launch(&turnoutd, &workspace, usual);
    ck_assert_int_eq(process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS), FAILED);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_ptr_null(strstr(log, " exposed "));
    free(log);
}

/* As ssh does; the election is served all the same. */
TEST(what_others_may_write_is_said)
{
    static const struct {
        const char *name;
        mode_t mode;
        const char *words[2];
    } cases[] = {
        {"", 0777, {"others-may-write path=", "who=everybody"}},
        {"", 01777, {NULL}},
        {"/..", 0777, {"whose key is good", "take the data folder away"}},
        {"/keys.csv", 0620, {"keys.csv", "its group"}},
        {"/units.csv", 0602, {"units.csv", "who=everybody"}},
        {"/areas.csv", 0644, {NULL}},
    };
    (void)umask(S_IWGRP | S_IWOTH);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct workspace own;
        struct turnoutd turnoutd;
        char path[WORKSPACE_PATH_BYTES];
        workspace_init(&own);
        workspace_add_small_election(&own, "election");
        workspace_write(&own, "election/keys.csv", "key,area,public_key,from,until,revoked\n");
        workspace_path(&own, "election", path);
        strncat(path, cases[i].name, sizeof path - strlen(path) - 1);
        ck_assert_int_eq(chmod(path, cases[i].mode), 0);
        start_logged(&turnoutd, &own);
        char *log = workspace_read(turnoutd.process.stderr_path);
        if (cases[i].words[0] == NULL) {
            ck_assert_msg(strstr(log, "others-may-write") == NULL, "%s", log);
        } else {
            ck_assert_msg(strstr(log, cases[i].words[0]) != NULL && strstr(log, cases[i].words[1]) != NULL,
                          "%s", log);
        }
        free(log);
        turnoutd_stop(&turnoutd);
        workspace_done(&own);
    }
}

TEST(a_data_folder_in_use_is_refused)
{
    struct turnoutd first;
    turnoutd_start(&first, &workspace, NULL);
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    struct workspace own;
    workspace_init(&own);
    const char *const settings[] = {"--data", data, NULL};
    const char *const words[] = {"data-folder-in-use", data, NULL};
    check_refusal(&own, settings, BAD_SETTINGS, words);
    workspace_done(&own);

    /* The first one took no harm. */
    small_report_expect(first.intake_http_port, &(struct small_report){.seq = 1, .voted = 1}, 201);
    turnoutd_stop(&first);
}

/* Of what was in force nothing is remembered. */
TEST(another_register_than_the_one_in_redis_is_refused)
{
    struct turnoutd turnoutd;
    turnoutd_start(&turnoutd, &workspace, NULL);
    turnoutd_stop(&turnoutd);

    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/in-force/units.csv", path);
    ck_assert_int_eq(remove(path), 0);
    workspace_path(&workspace, "election/units.csv", path);
    char *units = workspace_read(path);
    char *roll = strstr(units, ",2000\n");
    ck_assert_ptr_nonnull(roll);
    roll[1] = '3';
    workspace_write(&workspace, "election/units.csv", units);
    static const char *const words[] = {"cannot-use-redis", "register", NULL};
    check_refusal(&workspace, NULL, BAD_SETTINGS, words);

    roll[1] = '2';
    workspace_write(&workspace, "election/units.csv", units);
    turnoutd_start(&turnoutd, &workspace, NULL);
    turnoutd_stop(&turnoutd);
    free(units);
}

/* Whoever made it could have put a secret there, or a Redis, of which he knows more than we do. */
TEST(a_data_folder_of_others_is_refused)
{
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    workspace_make_folder(&workspace, "data");
    ck_assert_int_eq(chmod(data, 0770), 0);
    const char *const words[] = {"bad-data-folder", data, "chmod go-w", NULL};
    check_refusal(&workspace, NULL, BAD_SETTINGS, words);
    ck_assert_int_eq(chmod(data, 0700), 0);
    if (workspace_give_away(data)) {
        const char *const others[] = {"bad-data-folder", data, "another user", NULL};
        check_refusal(&workspace, NULL, BAD_SETTINGS, others);
    }
}

/* No core file would tell what turnoutd knows, and no file that it makes is for others. */
TEST(nothing_is_left_for_others_to_read)
{
    struct rlimit core;
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
    core.rlim_cur = core.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_CORE, &core), 0);
    (void)umask(0);
    struct turnoutd turnoutd;
    turnoutd_start(&turnoutd, &workspace, NULL);

    ck_assert_int_eq(prlimit(turnoutd.process.pid, RLIMIT_CORE, NULL, &core), 0);
    ck_assert_uint_eq(core.rlim_cur, 0);
    ck_assert_uint_eq(core.rlim_max, 0);
    char path[64];
    char line[256];
    bool is_found = false;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)turnoutd.process.pid);
    FILE *status = fopen(path, "re");
    ck_assert_ptr_nonnull(status);
    while (!is_found && fgets(line, sizeof line, status) != NULL) {
        is_found = strcmp(line, "Umask:\t0077\n") == 0;
    }
    ck_assert(is_found);
    ck_assert_int_eq(fclose(status), 0);
    turnoutd_stop(&turnoutd);
}

TEST(what_is_served_is_said_at_start)
{
    struct turnoutd turnoutd;
    start_logged(&turnoutd, &workspace);
    static const char *const words[] = {
        "info serving ", "folder=/", "/data ",      "election=small",        "phase=rehearsal",
        "revision=0",    "voted=0",  "generation=", "fingerprint=5XD2-Z7RC", NULL};
    static const char *const is_new[] = {"info new-election ", "election=small", NULL};
    check_logged(&turnoutd, words);
    check_logged(&turnoutd, is_new);
    turnoutd_stop(&turnoutd);
    start_logged(&turnoutd, &workspace);
    check_logged(&turnoutd, words);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_ptr_null(strstr(log, "new-election"));
    free(log);
    turnoutd_stop(&turnoutd);
}

SUITE("start");
