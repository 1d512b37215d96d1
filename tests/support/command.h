/* The command `turnout`, run to its end. */
#ifndef TURNOUT_TESTS_COMMAND_H
#define TURNOUT_TESTS_COMMAND_H

#include <stdarg.h>

#include "process.h"
#include "workspace.h"

/* How a run ended, and what it said. */
struct command_run {
    int status;
    char *out;
    char *err;
};

/* Runs `turnout` with the arguments up to a NULL. The caller ends with command_run_done(). */
struct command_run command_run(const struct workspace *workspace, va_list arguments);
void command_run_done(struct command_run *run);

/* Runs it by a shell, `words` as they would be typed there, with `typed`, in printf's notation, on its standard input.
 * `out` is its output and complaints together. */
struct command_run command_run_typed(const struct workspace *workspace, const char *typed, const char *words);

/* Like command_run(), and checks the exit status, and that output and errors hold these texts (NULL: must be empty). */
void command_check(const struct workspace *workspace, int status, const char *said, const char *complained,
                   ...);

#endif
