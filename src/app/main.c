/* turnoutd: what the process needs before anything else, then the daemon. The order is important. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/app/daemon.h>
#include <turnout/app/options.h>
#include <turnout/base/log.h>

int main(int argc, char **argv)
{
    /* A peer that hangs up is an error of write(), not the end of the process. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sodium_init() < 0) {
        log_error("cannot-start", log_text("what", "the system gives neither signals nor random numbers"));
        return EXIT_FAILED;
    }
    struct options *options;
    struct error error;
    if (options_read(argc, argv, environ, &options, &error) != TURNOUT_OK) {
        log_error("bad-setting", log_text("setting", error.field), log_text("what", error.text));
        return EXIT_BAD_SETTINGS;
    }
    int status = EXIT_DONE;
    switch (options_task(options)) {
    case TASK_HELP:
        options_print_help(stdout);
        break;
    case TASK_VERSION:
        (void)puts("turnoutd " TURNOUT_VERSION);
        break;
    case TASK_PRINT_CONFIG:
        options_print(options, stdout);
        break;
    case TASK_CHECK_CONFIG:
        status = daemon_check(options_settings(options), stdout);
        break;
    case TASK_RUN:
        status = daemon_run(options_settings(options));
        break;
    }
    options_free(options);
    return status;
}
