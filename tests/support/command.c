/* Running `turnout`. */
#include "command.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>

enum { ARGUMENTS_MAX = 32 };

struct command_run command_run(const struct workspace *workspace, va_list arguments)
{
    const char *all[ARGUMENTS_MAX] = {TURNOUT_BIN_DIR "/turnout"};
    size_t count = 1;
    while ((all[count] = va_arg(arguments, const char *)) != NULL) {
        count++;
        ck_assert_uint_lt(count, ARGUMENTS_MAX);
    }
    struct process process = {0};
    process_start(&process, workspace, "turnout", all);
    int status = process_wait_exit(&process, PROCESS_DEADLINE_MS);
    return (struct command_run){status, workspace_read(process.stdout_path),
                                workspace_read(process.stderr_path)};
}

struct command_run command_run_typed(const struct workspace *workspace, const char *typed, const char *words)
{
    struct buffer command = {0};
    buffer_printf(&command, "printf '%s' | '%s/turnout' %s 2>&1", typed, TURNOUT_BIN_DIR, words);
    const char *const arguments[] = {"sh", "-c", command.bytes, NULL};
    struct process process = {0};
    process_start(&process, workspace, "turnout", arguments);
    int status = process_wait_exit(&process, PROCESS_DEADLINE_MS);
    buffer_done(&command);
    return (struct command_run){status, workspace_read(process.stdout_path),
                                workspace_read(process.stderr_path)};
}

void command_run_done(struct command_run *run)
{
    free(run->out);
    free(run->err);
}

void command_check(const struct workspace *workspace, int status, const char *said, const char *complained,
                   ...)
{
    va_list arguments;
    va_start(arguments, complained);
    struct command_run run = command_run(workspace, arguments);
    va_end(arguments);
    ck_assert_msg(run.status == status, "ended with %d\n%s\n%s", run.status, run.out, run.err);
    ck_assert_msg(said == NULL ? run.out[0] == '\0' : strstr(run.out, said) != NULL, "no `%s` in\n%s\n%s",
                  said, run.out, run.err);
    ck_assert_msg(complained == NULL ? run.err[0] == '\0' : strstr(run.err, complained) != NULL,
                  "no `%s` in\n%s", complained, run.err);
    command_run_done(&run);
}
