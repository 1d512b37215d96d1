/* Blocks of a page, and a shell. */
#include "shell_page.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>

#include "process.h"

void shell_extract(const struct workspace *workspace, const char *page, const char *mark)
{
    struct buffer path = {0};
    struct buffer fence = {0};
    struct buffer block = {0};
    buffer_printf(&path, "%s%s", TURNOUT_SOURCE_DIR, page);
    buffer_printf(&fence, "\n```sh %s\n", mark);
    char *text = workspace_read(path.bytes);
    const char *begin = strstr(text, fence.bytes);
    ck_assert_msg(begin != NULL, "%s has no block %s", page, mark);
    begin += fence.length;
    const char *end = strstr(begin, "\n```\n");
    ck_assert_ptr_nonnull(end);
    buffer_append(&block, begin, (size_t)(end - begin) + 1);
    workspace_write(workspace, mark, block.bytes);
    free(text);
    buffer_done(&block);
    buffer_done(&fence);
    buffer_done(&path);
}

struct shell_result shell_run(const struct workspace *workspace, const char *file)
{
    const char *const arguments[] = {"sh", "-euc", "cd \"$1\" && . \"./$2\"", "sh", workspace->path,
                                     file, NULL};
    struct process process = {0};
    process_start(&process, workspace, "shell", arguments);
    struct shell_result result = {.status = process_wait_exit(&process, PROCESS_DEADLINE_MS)};
    result.out = workspace_read(process.stdout_path);
    result.errors = workspace_read(process.stderr_path);
    return result;
}

void shell_result_done(struct shell_result *result)
{
    free(result->out);
    free(result->errors);
}
