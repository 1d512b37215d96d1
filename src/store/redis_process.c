/* Starting, taking over and stopping one redis-server.
 *
 * Two servers on one append-only file would ruin it, so a new one is started only when the socket is certain to
 * have nobody behind it: there is none, or the connection is refused. */
#include "redis_process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <turnout/base/clock.h>

enum { LOOK_AGAIN_MS = 10 };

/* Connects to the socket; -1 with errno. */
static int connect_to(const struct managed_folder *folder)
{
    int link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link < 0) {
        return -1;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    static_assert(sizeof address.sun_path >= sizeof folder->address.path, "the path fits");
    memcpy(address.sun_path, folder->address.path, sizeof folder->address.path);
    if (connect(link, (const struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        (void)close(link);
        errno = reason;
        return -1;
    }
    return link;
}

static bool is_listening(const struct managed_folder *folder)
{
    int link = connect_to(folder);
    if (link < 0) {
        return false;
    }
    (void)close(link);
    return true;
}

enum turnout_error redis_process_find(const struct managed_folder *folder, struct redis_process *ret_process,
                                      struct error *error)
{
    *ret_process = (struct redis_process){.pidfd = -1};
    int link = connect_to(folder);
    if (link < 0 && (errno == ENOENT || errno == ECONNREFUSED)) {
        return TURNOUT_OK;
    }
    if (link < 0) {
        return error_fail_system(error, errno, "data", "cannot tell whether a Redis runs in %s",
                                 folder->path);
    }
    struct ucred listener;
    socklen_t length = sizeof listener;
    int failed = getsockopt(link, SOL_SOCKET, SO_PEERCRED, &listener, &length);
    int reason = errno;
    (void)close(link);
    if (failed != 0) {
        return error_fail_system(error, reason, "data", "cannot tell who listens in %s", folder->path);
    }
    if (listener.uid != geteuid()) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, "data",
            "a process of another user (uid %u), pid %d, listens in %s: find out whose it is, and end it",
            (unsigned)listener.uid, (int)listener.pid, folder->path);
    }
    int pidfd = pidfd_open(listener.pid, 0);
    if (pidfd < 0 && errno != ESRCH) {
        return error_fail_system(error, errno, "data", "cannot watch the Redis that runs in %s (pid %d)",
                                 folder->path, (int)listener.pid);
    }
    *ret_process = (struct redis_process){.pid = listener.pid, .pidfd = pidfd, .taken_over = true};
    return TURNOUT_OK;
}

/* A session of its own, so that Ctrl-C in turnoutd's terminal does not reach it; no descriptors but the standard
 * ones, so that it cannot hold turnoutd's sockets and locks after a crash. */
static int spawn(const struct managed_folder *folder, pid_t *ret_pid)
{
    char name[] = "redis-server";
    char conf[PATH_MAX];
    memcpy(conf, folder->conf, sizeof conf);
    char *const arguments[] = {name, conf, NULL};
    sigset_t none;
    sigset_t all;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;

    int failed = sigemptyset(&none) != 0 || sigfillset(&all) != 0 || posix_spawnattr_init(&attributes) != 0 ||
                 posix_spawn_file_actions_init(&actions) != 0;
    assert(!failed);
    failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                       POSIX_SPAWN_SETSIGDEF) != 0 ||
             posix_spawnattr_setsigmask(&attributes, &none) != 0 ||
             posix_spawnattr_setsigdefault(&attributes, &all) != 0 ||
             posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
             posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder->log,
                                              O_WRONLY | O_CREAT | O_APPEND, 0600) != 0 ||
             posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO) != 0 ||
             posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1) != 0;
    assert(!failed);

    int reason = posix_spawnp(ret_pid, name, &actions, &attributes, arguments, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return reason;
}

/* True when the process ended within the time. */
static bool wait_for_end(const struct redis_process *process, int64_t patience_ms)
{
    int64_t deadline_ms = clock_monotonic_ms() + patience_ms;
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        struct pollfd ended = {.fd = process->pidfd, .events = POLLIN};
        int found = poll(&ended, 1, left_ms < 0 ? 0 : (int)left_ms);
        if (found > 0) {
            return true;
        }
        if (found == 0 && left_ms <= 0) {
            return false;
        }
    }
}

static enum turnout_error wait_until_listening(const struct managed_folder *folder, int64_t patience_ms,
                                               struct redis_process *process, struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + patience_ms;
    while (!is_listening(folder) && clock_monotonic_ms() < deadline_ms) {
        if (wait_for_end(process, LOOK_AGAIN_MS)) {
            char detail[PROCESS_DETAIL_BYTES];
            (void)redis_process_reap(process, folder, detail);
            return error_fail(error, TURNOUT_SYSTEM, "redis", "redis-server ended at once (%s): see %s",
                              detail, folder->log);
        }
    }
    return TURNOUT_OK;
}

enum turnout_error redis_process_start(const struct managed_folder *folder, int64_t patience_ms,
                                       struct redis_process *ret_process, struct error *error)
{
    struct redis_process process;
    enum turnout_error failed = redis_process_find(folder, &process, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (process.pidfd >= 0) {
        *ret_process = process;
        return TURNOUT_OK;
    }
    process = (struct redis_process){.pidfd = -1};
    int reason = spawn(folder, &process.pid);
    if (reason != 0) {
        return error_fail_system(error, reason, "redis",
                                 "cannot start redis-server (Debian: apt install redis-server)");
    }
    process.pidfd = pidfd_open(process.pid, 0);
    if (process.pidfd < 0) { /* without it we could not watch it: better none than one unwatched */
        reason = errno;
        (void)kill(process.pid, SIGKILL);
        (void)waitpid(process.pid, NULL, 0);
        return error_fail_system(error, reason, "redis", "cannot watch redis-server");
    }
    failed = wait_until_listening(folder, patience_ms, &process, error);
    if (failed == TURNOUT_OK) {
        *ret_process = process;
    }
    return failed;
}

bool redis_process_reap(struct redis_process *process, const struct managed_folder *folder,
                        char ret_detail[PROCESS_DETAIL_BYTES])
{
    int status = 0;
    bool gave_up = false;
    if (waitpid(process->pid, &status, WNOHANG) != process->pid) { /* taken over: its parent was told */
        (void)snprintf(ret_detail, PROCESS_DETAIL_BYTES, "ended");
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(ret_detail, PROCESS_DETAIL_BYTES, "killed by signal %d", WTERMSIG(status));
    } else if (WEXITSTATUS(status) == 0) {
        (void)snprintf(ret_detail, PROCESS_DETAIL_BYTES, "exit status 0");
    } else {
        char words[MANAGED_LAST_WORDS_BYTES];
        managed_folder_last_words(folder, process->pid, words);
        (void)snprintf(ret_detail, PROCESS_DETAIL_BYTES, "exit status %d: %s", WEXITSTATUS(status), words);
        gave_up = true;
    }
    (void)close(process->pidfd);
    process->pidfd = -1;
    return gave_up;
}

void redis_process_stop(struct redis_process *process, int64_t patience_ms)
{
    if (pidfd_send_signal(process->pidfd, SIGTERM, NULL, 0) == 0 && !wait_for_end(process, patience_ms)) {
        (void)pidfd_send_signal(process->pidfd, SIGKILL, NULL, 0);
        (void)wait_for_end(process, patience_ms); /* only a disk that hangs can outlast this */
    }
}
