/* What a test does to files behind a program's back, and commands with pipes. */
#ifndef TURNOUT_TESTS_SHELL_H
#define TURNOUT_TESTS_SHELL_H

#include "workspace.h"

/* Runs a shell command in the workspace, with our programs in its path; it must end with this status. Returns what it
 * and its complaints say, for the caller to free. */
char *shell_says(const struct workspace *workspace, const char *command, int status);

/* The same, which must end well. */
void shell(const struct workspace *workspace, const char *command);

#endif
