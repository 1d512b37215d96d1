/* sh -c. */
#include "shell.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "process.h"

enum { COMMAND_BYTES = 1024 };

char *shell_says(const struct workspace *workspace, const char *command, int status)
{
    char line[COMMAND_BYTES];
    int length = snprintf(line, sizeof line, "cd '%s' && PATH='%s':$PATH && { %s; } 2>&1", workspace->path,
                          TURNOUT_BIN_DIR, command);
    ck_assert(length > 0 && (size_t)length < sizeof line);
    const char *const arguments[] = {"sh", "-c", line, NULL};
    struct process process = {0};
    process_start(&process, workspace, "shell", arguments);
    int ended = process_wait_exit(&process, PROCESS_DEADLINE_MS);
    char *said = workspace_read(process.stdout_path);
    ck_assert_msg(ended == status, "%s: ended with %d: %s", command, ended, said);
    return said;
}

void shell(const struct workspace *workspace, const char *command)
{
    free(shell_says(workspace, command, 0));
}
