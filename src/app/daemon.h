/* The daemon: everything turnoutd is made of, started in order and torn down in reverse. */
#ifndef TURNOUT_APP_DAEMON_H
#define TURNOUT_APP_DAEMON_H

#include <turnout/base/error.h>

#include "server_settings.h"

/* Exit statuses (DESIGN section 10). */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_BAD_SETTINGS = 2 };

/* Reads and checks the election; writes what it is to `out` and every fault to standard error. */
int daemon_check(const struct server_settings *settings, FILE *out);

/* Runs until SIGTERM or SIGINT. Returns the exit status; what went wrong has been logged. */
int daemon_run(const struct server_settings *settings);

#endif
