/* `turnout demo` from its command line to its exit status, over the small election. */
#include <check.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"
#include "http.h"
#include "process.h"
#include "suite.h"
#include "workspace.h"

#define HEADER "as_of,code,level,registered,voted,remaining,percent,communes_complete,communes,standing\n"

/* Of 6,150 voters, 2,551 of them in province 01. */
#define CHECKPOINTS                                                                                          \
    HEADER "2026-03-15T12:30:00+07:00,01,province,2551,1500,1051,58.80,,2,\n"                                \
           "2026-03-15T19:00:00+07:00,T,nation,6150,6100,50,99.19,,4,\n"                                     \
           "2026-03-15T19:00:00+07:00,0201,commune,,,30,,,,\n"

enum { ARGUMENTS_MAX = 24, DAY_MS = 60000, SETTLE_MS = 20000 };

static const char turnout[] = TURNOUT_BIN_DIR "/turnout";
static struct workspace workspace;
static char election[WORKSPACE_PATH_BYTES];
static char temporary[WORKSPACE_PATH_BYTES];
static struct process demo;

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/checkpoints.csv", CHECKPOINTS);
    workspace_make_folder(&workspace, "tmp");
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "tmp", temporary);
    ck_assert_int_eq(setenv("TMPDIR", temporary, 1), 0);
}

static void tear_down(void)
{
    process_kill(&demo);
    workspace_done(&workspace);
}

/* Starts the demo on free ports, with these arguments, ended by a NULL, behind the usual ones. */
static void start_demo(const char *const more[])
{
    const char *arguments[ARGUMENTS_MAX] = {turnout,           "demo",        "--election",    election,
                                            "--public",        "127.0.0.1:0", "--intake-http", "127.0.0.1:0",
                                            "--intake-stream", "127.0.0.1:0", "--operate",     "127.0.0.1:0"};
    size_t count = 12;
    for (size_t i = 0; more[i] != NULL; i++) {
        arguments[count++] = more[i];
    }
    process_start(&demo, &workspace, "demo", arguments);
}

static void expect_exit(int status)
{
    char *errors = NULL;
    int ended = process_wait_exit(&demo, DAY_MS);
    if (ended != status) {
        errors = workspace_read(demo.stderr_path);
        ck_abort_msg("status %d, not %d: %s", ended, status, errors);
    }
}

static void expect_in(const char *path, const char *words)
{
    char *text = workspace_read(path);
    ck_assert_msg(strstr(text, words) != NULL, "no \"%s\" in: %s", words, text);
    free(text);
}

static void expect_last_line(const char *line)
{
    char *text = workspace_read(demo.stdout_path);
    size_t length = strlen(text);
    ck_assert_uint_ge(length, strlen(line));
    ck_assert_str_eq(text + length - strlen(line), line);
    free(text);
}

/* The demo keeps its things in TMPDIR while it runs, and leaves nothing there. */
static bool is_temporary_empty(void)
{
    DIR *folder = opendir(temporary);
    ck_assert_ptr_nonnull(folder);
    size_t entries = 0;
    while (readdir(folder) != NULL) {
        entries++;
    }
    (void)closedir(folder);
    return entries == 2; /* itself and its parent */
}

/* The port in the line that tells where the public listens. */
static uint16_t wait_public_port(void)
{
    char line[PROCESS_LINE_BYTES];
    unsigned port = 0;
    process_wait_line(&demo, demo.stdout_path, "/v1/turnout", line);
    const char *address = strstr(line, "http://127.0.0.1:");
    ck_assert_ptr_nonnull(address);
    ck_assert_int_eq(sscanf(address, "http://127.0.0.1:%u/v1/turnout", &port), 1);
    return (uint16_t)port;
}

static bool answers(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return connected;
}

FIXTURE(set_up, tear_down);
TIMEOUT(120);

TEST(a_day_that_holds)
{
    start_demo((const char *const[]){"--exit", "--rate", "100000", NULL});
    uint16_t port = wait_public_port();
    expect_exit(0);
    expect_in(demo.stdout_path, "12:30  held  Miền Đông (01): registered 2551, voted 1500, remaining 1051");
    expect_in(demo.stdout_path, "19:00  held  Xã Ba (0201): remaining 30\n");
    expect_in(demo.stdout_path, "\n3 of 3 checkpoints held, 60 reports counted, 0 refused.\n");
    expect_in(demo.stdout_path, "with 60 signed reports from 10 units");
    expect_last_line("\nT 6100/6150 99.19% at 2026-03-15T19:00:00+07:00\n");
    ck_assert(is_temporary_empty());
    /* Its keys went into an election folder of its own. */
    char keys[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election/keys.csv", keys);
    ck_assert_int_eq(access(keys, F_OK), -1);
    ck_assert(!answers(port));
}

TEST(it_stays_up_until_interrupted)
{
    char line[PROCESS_LINE_BYTES];
    start_demo((const char *const[]){"--rate", "100000", NULL});
    uint16_t port = wait_public_port();
    process_wait_line(&demo, demo.stdout_path, "T 6100/6150 99.19% at 2026-03-15T19:00:00+07:00", line);
    expect_in(demo.stdout_path, "The server stays up until Ctrl-C.\n");
    struct http_answer answer;
    http_request(port, "GET", "/v1/turnout", "", &answer);
    ck_assert_msg(strstr(answer.body, "\"test\":true") != NULL, "not marked as a rehearsal: %s", answer.body);
    http_answer_done(&answer);
    ck_assert(answers(port));
    process_signal(&demo, SIGINT);
    expect_exit(0);
    ck_assert(is_temporary_empty());
    ck_assert(!answers(port));
}

TEST(it_can_be_broken_off)
{
    start_demo((const char *const[]){"--exit", "--rate", "1", NULL});
    uint16_t port = wait_public_port();
    process_signal(&demo, SIGTERM);
    expect_exit(1);
    expect_in(demo.stderr_path, "interrupted");
    ck_assert(is_temporary_empty());
    ck_assert(!answers(port));
}

/* The one process that this one has started: the demo its server, the server its Redis. */
static pid_t find_child(pid_t parent)
{
    char path[64];
    int child = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *children = fopen(path, "re");
    ck_assert_ptr_nonnull(children);
    ck_assert_int_eq(fscanf(children, "%d", &child), 1);
    (void)fclose(children);
    return child;
}

TEST(the_server_does_not_outlive_it)
{
    start_demo((const char *const[]){"--rate", "1", NULL});
    uint16_t port = wait_public_port();
    ck_assert(answers(port));
    pid_t server = find_child(demo.pid);
    struct pollfd left[] = {{.fd = pidfd_open(server, 0), .events = POLLIN},
                            {.fd = pidfd_open(find_child(server), 0), .events = POLLIN}};
    process_kill(&demo);
    for (int i = 0; i < COUNT(left); i++) {
        ck_assert_int_ge(left[i].fd, 0);
        ck_assert_int_eq(poll(&left[i], 1, SETTLE_MS), 1);
        (void)close(left[i].fd);
    }
    ck_assert(!answers(port));
}

TEST(a_server_that_dies_is_told)
{
    start_demo((const char *const[]){"--rate", "1", NULL});
    (void)wait_public_port();
    pid_t server = find_child(demo.pid);
    struct pollfd redis = {.fd = pidfd_open(find_child(server), 0), .events = POLLIN};
    ck_assert_int_ge(redis.fd, 0);
    ck_assert_int_eq(kill(server, SIGKILL), 0);
    expect_exit(1);
    expect_in(demo.stderr_path, "the server has ended");
    ck_assert(is_temporary_empty());
    ck_assert_msg(poll(&redis, 1, 0) == 1, "its Redis was left behind");
    (void)close(redis.fd);
}

TEST(a_checkpoint_that_cannot_be_is_named)
{
    workspace_write(&workspace, "election/checkpoints.csv",
                    CHECKPOINTS "2026-03-15T17:00:00+07:00,0102,commune,,900,,,,,\n");
    start_demo((const char *const[]){"--exit", NULL});
    expect_exit(2);
    expect_in(demo.stderr_path, "line 5 (0102)");
    ck_assert(is_temporary_empty());
}

TEST(a_data_folder_is_used_once)
{
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    start_demo((const char *const[]){"--exit", "--rate", "100000", "--data", data, NULL});
    expect_exit(0);
    start_demo((const char *const[]){"--exit", "--rate", "100000", "--data", data, NULL});
    expect_exit(2);
    expect_in(demo.stderr_path, "already has 60 reports");
}

/* Every bulletin of the day is recomputed from its signed reports. */
TEST(an_export_of_the_day_is_sound)
{
    char data[WORKSPACE_PATH_BYTES];
    char folder[WORKSPACE_PATH_BYTES];
    char export[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "data/election", folder); /* with the day's keys */
    workspace_path(&workspace, "export", export);
    start_demo((const char *const[]){"--exit", "--rate", "100000", "--data", data, NULL});
    expect_exit(0);
    command_check(&workspace, 0, "60 lines of the log", NULL, "export", export, "--election", folder,
                  "--data", data, NULL);
    command_check(&workspace, 0, "(19:00, rehearsal): 6100 of 6150, recomputed", NULL, "verify", export,
                  NULL);
    command_check(&workspace, 0, " 60 valid signatures of reports", NULL, "verify", export, NULL);
}

TEST(a_port_that_was_asked_for_and_is_taken)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t address_bytes = sizeof address;
    char asked[32];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &address_bytes), 0);
    (void)snprintf(asked, sizeof asked, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    start_demo((const char *const[]){"--exit", "--public", asked, NULL});
    expect_exit(1);
    expect_in(demo.stderr_path, "the server did not start");
    expect_in(demo.stderr_path, "public");
    ck_assert(is_temporary_empty());
    (void)close(fd);
}

TEST(wrong_usage)
{
    static const char *const wrong[][3] = {{"--rate", "0", NULL},
                                           {"--rate", "fast", NULL},
                                           {"--public", "", NULL},
                                           {"now", NULL},
                                           {"--what", NULL}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        start_demo(wrong[i]);
        expect_exit(2);
    }
    ck_assert(is_temporary_empty());
}

SUITE("demo");
