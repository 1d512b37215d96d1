/* The process and the addresses of the demo's turnoutd. */
#include "demo/demo_server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

#include "client/http_client.h"
#include "client/server_redis.h"

enum {
    START_DEADLINE_MS = 60000,
    STOP_DEADLINE_MS = 30000,
    READY_ASK_MS = 50, /* between two checks */
    READY_ANSWER_MS = 2000,
    ARGUMENTS_MAX = 24,
    ADDRESS_BYTES = 32,
};

static const char *const listener_names[DEMO_LISTENER_COUNT] = {"public", "intake-http", "intake-stream",
                                                                "operate"};

static const uint16_t default_ports[DEMO_LISTENER_COUNT] = {8080, 8081, 7070, 9090};

struct demo_server {
    pid_t pid;
    int pid_fd;
    const struct demo_server_options *options;       /* borrowed */
    struct host_port addresses[DEMO_LISTENER_COUNT]; /* port 0: not known yet */
};

/* ---- the child ---- */

struct arguments {
    const char *flags[ARGUMENTS_MAX];
    char names[DEMO_LISTENER_COUNT][sizeof "--intake-stream"];
    char addresses[DEMO_LISTENER_COUNT][ADDRESS_BYTES];
};

static bool is_free(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return true; /* the server reports it better */
    }
    bool is_taken = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                    bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 && errno == EADDRINUSE;
    (void)close(fd);
    return !is_taken;
}

static const char *choose_address(const struct demo_server_options *options, int listener,
                                  char room[ADDRESS_BYTES])
{
    if (options->addresses[listener] != NULL) {
        return options->addresses[listener];
    }
    uint16_t port = default_ports[listener];
    if (!is_free(port)) {
        (void)printf("Port %u is in use: the listener `%s` gets another one.\n", (unsigned)port,
                     listener_names[listener]);
        port = 0;
    }
    (void)snprintf(room, ADDRESS_BYTES, "127.0.0.1:%u", (unsigned)port);
    return room;
}

static void build_arguments(const struct demo_server_options *options, struct arguments *ret_arguments)
{
    const char *const fixed[] = {options->binary, "--election", options->election, "--data", options->data,
                                 "--redis",       "managed",    "--intake",        "signed"};
    size_t count = 0;
    for (; count < sizeof fixed / sizeof fixed[0]; count++) {
        ret_arguments->flags[count] = fixed[count];
    }
    for (size_t i = 0; i < DEMO_LISTENER_COUNT; i++) {
        char *name = ret_arguments->names[i];
        int length = snprintf(name, sizeof ret_arguments->names[i], "--%s", listener_names[i]);
        assert(length > 0 && (size_t)length < sizeof ret_arguments->names[i]);
        ret_arguments->flags[count++] = name;
        ret_arguments->flags[count++] = choose_address(options, (int)i, ret_arguments->addresses[i]);
    }
    assert(count < ARGUMENTS_MAX);
    ret_arguments->flags[count] = NULL;
}

/* In the child: only async-signal-safe calls between fork and exec. */
static _Noreturn void become_server(const struct arguments *arguments, pid_t parent, int log_fd)
{
    static const char cannot_start[] = "turnoutd cannot be started\n";
    sigset_t none;
    bool good = setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent &&
                dup2(log_fd, STDOUT_FILENO) >= 0 && dup2(log_fd, STDERR_FILENO) >= 0 &&
                signal(SIGPIPE, SIG_DFL) != SIG_ERR && sigemptyset(&none) == 0 &&
                sigprocmask(SIG_SETMASK, &none, NULL) == 0;
    if (good) {
        char *argv[ARGUMENTS_MAX];
        memcpy(argv, arguments->flags, sizeof argv);
        (void)execv(arguments->flags[0], argv);
    }
    ssize_t written = write(log_fd, cannot_start, sizeof cannot_start - 1);
    _exit(written < 0 ? 126 : 127);
}

static enum turnout_error spawn(struct demo_server *server, struct error *error)
{
    const struct demo_server_options *options = server->options;
    struct arguments arguments;
    build_arguments(options, &arguments);
    if (access(options->binary, X_OK) != 0) {
        return error_fail_system(error, errno, "", "%s cannot be run", options->binary);
    }
    int log_fd = open(options->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) {
        return error_fail_system(error, errno, "", "the server's log cannot be written to %s",
                                 options->log_path);
    }
    pid_t parent = getpid();
    server->pid = fork();
    if (server->pid == 0) {
        become_server(&arguments, parent, log_fd);
    }
    int errno_value = errno;
    (void)close(log_fd);
    if (server->pid < 0) {
        return error_fail_system(error, errno_value, "", "the server's process cannot be started");
    }
    server->pid_fd = pidfd_open(server->pid, 0);
    if (server->pid_fd < 0) {
        return error_fail_system(error, errno, "", "the server's process cannot be watched");
    }
    return TURNOUT_OK;
}

/* ---- waiting ---- */

enum demo_event demo_server_wait(const struct demo_server *server, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = server->options->interrupt_fd, .events = POLLIN},
                           {.fd = server->pid_fd, .events = POLLIN}};
    int count;
    do {
        count = poll(fds, sizeof fds / sizeof fds[0], timeout_ms);
    } while (count < 0 && errno == EINTR);
    assert(count >= 0);
    if (fds[0].revents != 0) {
        return DEMO_INTERRUPTED;
    }
    return fds[1].revents != 0 ? DEMO_SERVER_ENDED : DEMO_TIME_IS_UP;
}

static bool all_listen(struct demo_server *server)
{
    for (size_t i = 0; i < DEMO_LISTENER_COUNT; i++) {
        if (server->addresses[i].port == 0 &&
            !demo_log_find_listener(server->options->log_path, listener_names[i], &server->addresses[i])) {
            return false;
        }
    }
    return true;
}

static bool says_ready(const struct demo_server *server)
{
    char url[DEMO_URL_BYTES];
    struct http_client *client;
    struct http_response response = {0};
    struct error error;
    demo_server_url(server, DEMO_OPERATE, url);
    if (http_client_new(url, true, READY_ANSWER_MS, &client, &error) != TURNOUT_OK) {
        return false;
    }
    bool ready =
        http_client_get(client, "/readyz", NULL, &response, &error) == TURNOUT_OK && response.status == 200;
    http_response_done(&response);
    http_client_free(client);
    return ready;
}

static enum turnout_error await_ready(struct demo_server *server, struct error *error)
{
    char words[DEMO_WORDS_BYTES];
    int64_t deadline_ms = clock_monotonic_ms() + START_DEADLINE_MS;
    while (!all_listen(server) || !says_ready(server)) {
        switch (demo_server_wait(server, READY_ASK_MS)) {
        case DEMO_INTERRUPTED:
            return error_fail(error, TURNOUT_UNAVAILABLE, "", "interrupted");
        case DEMO_SERVER_ENDED:
            demo_log_last_words(server->options->log_path, words);
            return error_fail(error, TURNOUT_SYSTEM, "", "the server did not start: %s", words);
        case DEMO_TIME_IS_UP:
        case DEMO_STALLED:
            break;
        }
        if (clock_monotonic_ms() > deadline_ms) {
            demo_log_last_words(server->options->log_path, words);
            return error_fail(error, TURNOUT_SYSTEM, "", "the server is not ready after %d s: %s",
                              START_DEADLINE_MS / 1000, words);
        }
    }
    return TURNOUT_OK;
}

/* ---- starting and stopping ---- */

enum turnout_error demo_server_start(const struct demo_server_options *options,
                                     struct demo_server **ret_server, struct error *error)
{
    struct demo_server *server = memory_new(sizeof *server);
    server->pid = -1;
    server->pid_fd = -1;
    server->options = options;
    enum turnout_error code = spawn(server, error);
    if (code == TURNOUT_OK) {
        code = await_ready(server, error);
    }
    if (code != TURNOUT_OK) {
        (void)demo_server_stop(server, NULL);
        return code;
    }
    *ret_server = server;
    return TURNOUT_OK;
}

const struct host_port *demo_server_address(const struct demo_server *server, enum demo_listener listener)
{
    return &server->addresses[listener];
}

void demo_server_url(const struct demo_server *server, enum demo_listener listener,
                     char ret_url[DEMO_URL_BYTES])
{
    const struct host_port *address = &server->addresses[listener];
    bool has_colons = strchr(address->host, ':') != NULL && address->host[0] != '[';
    int length = snprintf(ret_url, DEMO_URL_BYTES, has_colons ? "http://[%s]:%u" : "http://%s:%u",
                          address->host, (unsigned)address->port);
    assert(length > 0 && length < DEMO_URL_BYTES);
}

void demo_server_last_words(const struct demo_server *server, char ret_words[DEMO_WORDS_BYTES])
{
    demo_log_last_words(server->options->log_path, ret_words);
}

static bool ends_within(const struct demo_server *server, int timeout_ms)
{
    struct pollfd fd = {.fd = server->pid_fd, .events = POLLIN};
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        int count = poll(&fd, 1, left_ms > 0 ? (int)left_ms : 0);
        if (count >= 0) {
            return count > 0;
        }
        assert(errno == EINTR);
    }
}

/* A killed server leaves its Redis running for the next one to take over. Here there is no next one. */
static void stop_orphaned_redis(const struct demo_server *server)
{
    const struct server_redis_options options = {.data = server->options->data};
    struct server_redis redis;
    if (server_redis_open("turnout demo", &options, REDIS_OF_A_STOPPED_SERVER, SERVER_REDIS_USER, &redis) ==
        EXIT_DONE) {
        server_redis_close(&redis);
    }
}

/* Waits for the child; when it must be killed, its process group is killed, too. */
static enum turnout_error end_process(const struct demo_server *server, struct error *error)
{
    int status = 0;
    bool in_time = false;
    if (kill(server->pid, SIGTERM) == 0 && server->pid_fd >= 0) {
        in_time = ends_within(server, STOP_DEADLINE_MS);
    }
    if (!in_time) {
        (void)kill(-server->pid, SIGKILL);
        (void)kill(server->pid, SIGKILL);
    }
    pid_t ended;
    do {
        ended = waitpid(server->pid, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (WIFSIGNALED(status)) {
        stop_orphaned_redis(server);
    }
    if (!in_time) {
        return error_fail(error, TURNOUT_SYSTEM, "", "the server did not stop in %d s and was killed",
                          STOP_DEADLINE_MS / 1000);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return error_fail(error, TURNOUT_SYSTEM, "", "the server ended with %s %d",
                          WIFEXITED(status) ? "status" : "signal",
                          WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    }
    return TURNOUT_OK;
}

enum turnout_error demo_server_stop(struct demo_server *server, struct error *error)
{
    if (server == NULL) {
        return TURNOUT_OK;
    }
    enum turnout_error code = server->pid > 0 ? end_process(server, error) : TURNOUT_OK;
    if (server->pid_fd >= 0) {
        (void)close(server->pid_fd);
    }
    free(server);
    return code;
}
