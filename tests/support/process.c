/* Starting programs, and waiting for what they say and for their end. The waits sleep in poll() on an inotify
 * watch of the output file and on the process itself, so nothing is polled by the clock. */
#include "process.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <turnout/base/clock.h>

/* For the child between fork and exec: nothing to be done but to end. */
static void child_redirect(int to, const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd < 0 || dup2(fd, to) < 0 || close(fd) != 0) {
        _exit(127);
    }
}

/* `stderr_fd` is -1 for the process's own file. */
static _Noreturn void child_run(const struct process *process, const char *const arguments[], int stderr_fd)
{
    /* A group of its own, which Check's kill of the test's group spares: the program is asked to end instead, as
     * soon as the test is gone, and can end what it started itself. */
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) {
        _exit(127);
    }
    child_redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    child_redirect(STDOUT_FILENO, process->stdout_path, O_WRONLY | O_APPEND);
    if (stderr_fd < 0) {
        child_redirect(STDERR_FILENO, process->stderr_path, O_WRONLY | O_APPEND);
    } else if (dup2(stderr_fd, STDERR_FILENO) < 0) {
        _exit(127);
    }

    /* execvp() takes them as char * for history's sake and changes none. */
    union {
        const char *const *given;
        char *const *taken;
    } words = {.given = arguments};
    execvp(words.given[0], words.taken);
    _exit(127);
}

static void add_output(const struct workspace *workspace, const char *name, const char *end,
                       char ret_path[WORKSPACE_PATH_BYTES])
{
    char file[64];
    int length = snprintf(file, sizeof file, "%s.%s", name, end);
    ck_assert(length > 0 && (size_t)length < sizeof file);
    workspace_write(workspace, file, "");
    workspace_path(workspace, file, ret_path);
}

void process_start_into(struct process *process, const struct workspace *workspace, const char *name,
                        const char *const arguments[], int stderr_fd)
{
    *process = (struct process){.pidfd = -1};
    add_output(workspace, name, "out", process->stdout_path);
    add_output(workspace, name, "err", process->stderr_path);

    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        child_run(process, arguments, stderr_fd);
    }
    process->pid = pid;
    process->pidfd = pidfd_open(pid, 0);
    ck_assert_int_ge(process->pidfd, 0);
}

void process_start(struct process *process, const struct workspace *workspace, const char *name,
                   const char *const arguments[])
{
    process_start_into(process, workspace, name, arguments, -1);
}

static void show_output(const struct process *process)
{
    const char *const paths[] = {process->stdout_path, process->stderr_path};
    for (size_t i = 0; i < 2; i++) {
        char *text = workspace_read(paths[i]);
        (void)fprintf(stderr, "---- %s\n%s", paths[i], text);
        free(text);
    }
    (void)fprintf(stderr, "----\n");
}

/* Returns when something happened to either, or fails at the deadline. Descriptors of -1 are passed over. */
static void wait_for_either(const struct process *process, int watch, int64_t deadline, const char *what)
{
    struct pollfd fds[] = {{.fd = process->pidfd, .events = POLLIN}, {.fd = watch, .events = POLLIN}};
    int ready;
    do {
        int64_t left_ms = deadline - clock_monotonic_ms();
        ready = poll(fds, 2, left_ms > 0 ? (int)left_ms : 0);
    } while (ready < 0 && errno == EINTR);
    ck_assert_int_ge(ready, 0);
    if (ready == 0) {
        show_output(process);
        ck_abort_msg("waited in vain for %s", what);
    }
}

/* Copies the first whole line that contains `substring`. */
static bool find_line(const char *path, const char *substring, char ret_line[PROCESS_LINE_BYTES])
{
    char *text = workspace_read(path);
    bool found = false;
    char *line = text;
    for (char *end = strchr(line, '\n'); end != NULL && !found; end = strchr(line, '\n')) {
        *end = '\0';
        if (strstr(line, substring) != NULL) {
            size_t length = strlen(line);
            ck_assert_uint_lt(length, PROCESS_LINE_BYTES);
            memcpy(ret_line, line, length + 1);
            found = true;
        }
        line = end + 1;
    }
    free(text);
    return found;
}

bool process_is_running(const struct process *process)
{
    struct pollfd ended = {.fd = process->pidfd, .events = POLLIN};
    return process->pid != 0 && poll(&ended, 1, 0) == 0;
}

void process_wait_line(struct process *process, const char *path, const char *substring,
                       char ret_line[PROCESS_LINE_BYTES])
{
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    ck_assert_int_ge(watch, 0);
    ck_assert_int_ge(inotify_add_watch(watch, path, IN_MODIFY), 0);

    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        /* Asked before looking, so that a last line and then the end is not missed. */
        bool running = process_is_running(process);
        if (find_line(path, substring, ret_line)) {
            break;
        }
        if (!running) {
            show_output(process);
            ck_abort_msg("ended without a line with '%s'", substring);
        }
        wait_for_either(process, watch, deadline, substring);
        char changes[4096];
        while (read(watch, changes, sizeof changes) > 0) {
        }
    }
    ck_assert_int_eq(close(watch), 0);
}

void process_signal(const struct process *process, int signal_number)
{
    ck_assert_int_gt(process->pid, 0);
    ck_assert_int_eq(kill(process->pid, signal_number), 0);
}

int process_wait_exit(struct process *process, int deadline_ms)
{
    ck_assert_int_gt(process->pid, 0);
    wait_for_either(process, -1, clock_monotonic_ms() + deadline_ms, "its end");
    int status = 0;
    ck_assert_int_eq(waitpid(process->pid, &status, 0), process->pid);
    ck_assert_int_eq(close(process->pidfd), 0);
    process->pid = 0;
    process->pidfd = -1;
    int result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

void process_kill(struct process *process)
{
    if (process->pid != 0) {
        process_signal(process, SIGKILL);
        (void)process_wait_exit(process, PROCESS_DEADLINE_MS);
    }
}
