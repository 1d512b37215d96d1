/* Shell lines that stand in a page of ours, run as they stand there. */
#ifndef TURNOUT_TESTS_SHELL_PAGE_H
#define TURNOUT_TESTS_SHELL_PAGE_H

#include "workspace.h"

/* Copies the fenced block that is marked with this word, as in "```sh WORD", into a file of the workspace of that name.
 * `page` is its path in the sources, "/proto/report.md". */
void shell_extract(const struct workspace *workspace, const char *page, const char *mark);

struct shell_result {
    int status;
    char *out;
    char *errors;
};

/* Runs a file of the workspace with the workspace as its folder (sh -eu). */
struct shell_result shell_run(const struct workspace *workspace, const char *file);
void shell_result_done(struct shell_result *result);

#endif
