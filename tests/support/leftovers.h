/* Whether a test program leaves a process running. A program that a test starts is asked to end when the test has ended
 * (process.c), but what it started itself may live on, such as the Redis of a killed turnoutd. Only a header, as
 * suite.h, which uses it around all tests. */
#ifndef TURNOUT_TESTS_LEFTOVERS_H
#define TURNOUT_TESTS_LEFTOVERS_H

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

/* Far longer than a server takes to end once it was asked to. */
enum { LEFTOVERS_PATIENCE_S = 20 };

/* From now on the descendants of this process become its children when their parents end. */
static inline void leftovers_adopt(void)
{
    int failed = prctl(PR_SET_CHILD_SUBREAPER, 1);
    assert(failed == 0);
}

/* Prints the command that the process runs. */
static inline void leftovers_name(pid_t pid)
{
    char path[64];
    char command[256];
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(command, 1, sizeof command, file) : 0;
    for (size_t i = 0; i < length; i++) {
        command[i] = command[i] == '\0' ? ' ' : command[i];
    }
    (void)fprintf(stderr, "left running by a test: %.*s\n", (int)length, command);
    if (file != NULL) {
        (void)fclose(file);
    }
}

static inline void leftovers_kill_one(void)
{
    int pid = 0;
    FILE *children = fopen("/proc/thread-self/children", "re");
    int found = children != NULL ? fscanf(children, "%d", &pid) : 0;
    assert(found == 1);
    (void)fclose(children);
    leftovers_name(pid);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

/* Waits until this process has no children. Those that do not end in time are named and killed; returns how many. */
static inline int leftovers_end(time_t patience_s)
{
    const struct timespec patience = {.tv_sec = patience_s};
    sigset_t ended;
    int failed = sigemptyset(&ended) != 0 || sigaddset(&ended, SIGCHLD) != 0 ||
                 sigprocmask(SIG_BLOCK, &ended, NULL) != 0;
    assert(!failed);
    int killed = 0;
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
        if (pid == 0 && sigtimedwait(&ended, NULL, &patience) < 0) {
            leftovers_kill_one();
            killed++;
        }
    }
    return killed;
}

#endif
