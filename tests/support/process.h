/* Programs that a test starts: their output is kept, their lines and their end are waited for. Every wait has a
 * deadline so generous that only something broken meets it; past it the test ends with the program's output. A
 * program does not outlive the test that started it. */
#ifndef TURNOUT_TESTS_PROCESS_H
#define TURNOUT_TESTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "workspace.h"

/* Where sanitizers slow everything down, this is still far off. */
enum { PROCESS_DEADLINE_MS = 20000, PROCESS_LINE_BYTES = 2048 };

struct process {
    pid_t pid; /* 0: none is running */
    int pidfd;
    char stdout_path[WORKSPACE_PATH_BYTES];
    char stderr_path[WORKSPACE_PATH_BYTES];
};

/* Starts arguments[0] (looked up in PATH unless it has a slash) with standard input empty and its output in the
 * workspace's files `<name>.out` and `<name>.err`, which are emptied. `arguments` ends with a NULL. */
void process_start(struct process *process, const struct workspace *workspace, const char *name,
                   const char *const arguments[]);

/* The same with standard error going to a descriptor of the test's; nothing of it reaches `<name>.err`. */
void process_start_into(struct process *process, const struct workspace *workspace, const char *name,
                        const char *const arguments[], int stderr_fd);

/* Waits for a whole line that contains `substring` in the file, from its beginning on, and copies it without its
 * end. Ends the test when the program ends first. */
void process_wait_line(struct process *process, const char *path, const char *substring,
                       char ret_line[PROCESS_LINE_BYTES]);

void process_signal(const struct process *process, int signal_number);

/* Waits for the end. Returns the exit status, or 128 + n for an end by signal n. */
int process_wait_exit(struct process *process, int deadline_ms);

/* SIGKILL, and waits. A process that is not running is passed over. */
void process_kill(struct process *process);

/* Whether it is running still. */
bool process_is_running(const struct process *process);

#endif
