/* turnoutd: what the process needs before anything else, then the daemon. The order is important. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "daemon.h"
#include "server_settings.h"

/* What turnoutd knows and what it writes is for nobody else: its files are made for their owner alone, and no core, no
 * debugger of another process and no /proc shows its memory. False, with errno, when the system refuses. */
static bool shut_others_out(void)
{
    const struct rlimit none = {0};
    (void)umask(S_IRWXG | S_IRWXO);
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
}

/* A peer that hangs up is an error of write() and must not end the process. The signals that tools such as log rotation
 * send must not end it either. The daemon listens to SIGHUP later. */
static bool ignore_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        if (signal(ignored[i], SIG_IGN) == SIG_ERR) {
            return false;
        }
    }
    return true;
}

/* An event_log_cb. libevent itself would write its warnings to standard error, and block while the reader is slow. */
static void log_libevent(int severity, const char *text)
{
    if (severity == EVENT_LOG_ERR) {
        log_error("libevent", log_text("what", text));
        log_stop(); /* libevent ends the process after an error */
    } else {
        log_warning("libevent", log_text("what", text));
    }
}

int main(int argc, char **argv)
{
    if (!shut_others_out()) {
        log_error("cannot-start", log_text("what", strerror(errno)));
        return EXIT_FAILED;
    }
    if (!ignore_signals() || sodium_init() < 0) {
        log_error("cannot-start", log_text("what", "the system gives neither signals nor random numbers"));
        return EXIT_FAILED;
    }
    /* Without memory jansson would call a good report malformed, and its sender would not send it again. */
    json_set_alloc_funcs(memory_new, free);
    event_set_log_callback(log_libevent);
    struct server_settings settings;
    struct error error;
    if (server_settings_read(argc, argv, environ, &settings, &error) != TURNOUT_OK) {
        log_error("bad-setting", log_text("setting", error.field), log_text("what", error.text));
        return EXIT_BAD_SETTINGS;
    }
    int status = EXIT_DONE;
    switch (server_settings_task(&settings)) {
    case TASK_HELP:
        server_settings_print_help(stdout);
        break;
    case TASK_VERSION:
        (void)puts("turnoutd " TURNOUT_VERSION);
        break;
    case TASK_PRINT_CONFIG:
        server_settings_print(&settings, stdout);
        break;
    case TASK_CHECK_CONFIG:
        status = daemon_check(&settings, stdout);
        break;
    case TASK_RUN:
        status = daemon_run(&settings);
        break;
    }
    server_settings_done(&settings);
    return status;
}
