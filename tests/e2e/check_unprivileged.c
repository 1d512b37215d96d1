/* turnoutd needs nothing but its data folder: it runs as a user without any right, on a root that nobody can write. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "committee.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { NOBODY = 65534 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static bool was_root;

/* Of this test alone: what it sees is read-only, but for the workspace. False where the kernel refuses. */
static bool shut_root(void)
{
    struct mount_attr shut = {.attr_set = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE};
    struct mount_attr opened = {.attr_clr = MOUNT_ATTR_RDONLY};
    char map[48];
    (void)snprintf(map, sizeof map, "%u %u 1", (unsigned)getuid(), (unsigned)getuid());
    if (unshare(CLONE_NEWNS | (was_root ? 0 : CLONE_NEWUSER)) != 0) {
        return false;
    }
    if (!was_root) {
        int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        bool is_mapped = fd >= 0 && write(fd, map, strlen(map)) == (ssize_t)strlen(map);
        (void)close(fd);
        if (!is_mapped) {
            return false;
        }
    }
    return mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &shut, sizeof shut) == 0 &&
           mount(workspace.path, workspace.path, NULL, MS_BIND, NULL) == 0 &&
           mount_setattr(AT_FDCWD, workspace.path, 0, &opened, sizeof opened) == 0;
}

static void setup(void)
{
    was_root = geteuid() == 0;
    workspace_init(&workspace);
}

static void teardown(void)
{
    workspace_done(&workspace);
}

static void run(const char *const words[])
{
    struct process process;
    process_start(&process, &workspace, "run", words);
    ck_assert_int_eq(process_wait_exit(&process, PROCESS_DEADLINE_MS), 0);
}

/* Everybody may read the election; the data folder becomes that user's. */
static void give_away(void)
{
    char election[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "data", data);
    run((const char *const[]){"chmod", "a+rX", workspace.path, NULL});
    run((const char *const[]){"chmod", "-R", "a+rX", election, NULL});
    run((const char *const[]){"chown", "-R", "65534:65534", data, NULL});
}

static void start(void)
{
    static const char *const launcher[] = {
        "setpriv",        "--reuid=65534",   "--regid=65534",       "--clear-groups",
        "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", NULL};
    static const char *const alone[] = {"setpriv", "--no-new-privs", NULL};
    turnoutd_launch_by(&turnoutd, &workspace, was_root ? launcher : alone, NULL);
    turnoutd_await(&turnoutd);
}

/* A line of /proc/PID/status. */
static void expect_status(const char *line)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)turnoutd.process.pid);
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    char found[128];
    bool is_there = false;
    while (fgets(found, sizeof found, file) != NULL) {
        is_there = is_there || strncmp(found, line, strlen(line)) == 0;
    }
    (void)fclose(file);
    ck_assert_msg(is_there, "%s", line);
}

static void serve(void)
{
    char decide[TOKEN_HEADER_BYTES];
    char admin[TOKEN_HEADER_BYTES];
    ck_assert_int_eq(was_root ? seteuid(NOBODY) : 0, 0); /* the secret is that user's alone */
    token_header(&workspace, ROLE_DECIDE, "T", decide);
    token_header(&workspace, ROLE_ADMIN, "T", admin);
    ck_assert_int_eq(was_root ? seteuid(0) : 0, 0);
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 100}, 201);
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.seq = 2, .voted = 110, .more = ",\"registered\":1300"}, 202);
    committee_expect(turnoutd.intake_http_port, "/v1/held/0101-001.2", decide,
                     "{\"decision\":\"release\",\"reason\":\"so\"}", 200);
    committee_expect(turnoutd.intake_http_port, "/v1/publication", admin, "{\"mode\":\"rounds\"}", 200);
    committee_expect(turnoutd.intake_http_port, "/v1/publication", admin, "{\"mode\":\"live\"}", 200);
    small_wait_voted(turnoutd.public_port, 110);
}

/* Serves, is killed, serves again over the Redis that was left behind, ends. */
static void live_on_a_shut_root(void)
{
    if (!shut_root()) {
        (void)printf("nothing_but_the_data_folder_is_needed: skipped, the kernel refuses: %s\n",
                     strerror(errno));
        return;
    }
    ck_assert_int_eq(open("/tmp/turnout-test-must-not-be", O_CREAT | O_WRONLY | O_CLOEXEC, 0600), -1);
    ck_assert_int_eq(errno, EROFS);
    start();
    expect_status(was_root ? "Uid:\t65534\t65534\t65534\t65534" : "Uid:");
    expect_status("CapEff:\t0000000000000000");
    expect_status("NoNewPrivs:\t1");
    serve();
    process_signal(&turnoutd.process, SIGKILL);
    (void)process_wait_exit(&turnoutd.process, PROCESS_DEADLINE_MS);
    start();
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 100}, 200);
    small_wait_voted(turnoutd.public_port, 110);
    turnoutd_stop(&turnoutd);
}

FIXTURE(setup, teardown);

/* In a process of its own, for there is no way back to a root that can be written. */
TEST(nothing_but_the_data_folder_is_needed)
{
    int status;
    workspace_add_small_election(&workspace, "election");
    committee_register(&workspace);
    if (was_root) {
        give_away();
    }
    pid_t child = check_fork();
    if (child == 0) {
        live_on_a_shut_root();
        (void)fflush(stdout);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

SUITE("unprivileged");
