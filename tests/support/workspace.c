/* Folders for tests. */
#include "workspace.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/error.h>
#include <turnout/base/file.h>

enum { OPEN_FOLDERS_MAX = 16, FILE_BYTES_MAX = 64 * 1024 * 1024 };

static const char workspace_template[] = "/tmp/turnout-test-XXXXXX";

void workspace_init(struct workspace *workspace)
{
    _Static_assert(sizeof workspace_template <= sizeof workspace->path, "the path fits");
    memcpy(workspace->path, workspace_template, sizeof workspace_template);
    ck_assert_msg(mkdtemp(workspace->path) != NULL, "no folder like %s could be made", workspace_template);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void workspace_done(struct workspace *workspace)
{
    if (workspace->path[0] == '\0') {
        return;
    }
    /* FTW_PHYS: a link is removed, never what it points at. */
    int failed = nftw(workspace->path, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    ck_assert_msg(failed == 0, "%s could not be removed", workspace->path);
    workspace->path[0] = '\0';
}

void workspace_path(const struct workspace *workspace, const char *name, char ret_path[WORKSPACE_PATH_BYTES])
{
    int length = snprintf(ret_path, WORKSPACE_PATH_BYTES, "%s/%s", workspace->path, name);
    ck_assert_msg(length > 0 && length < WORKSPACE_PATH_BYTES, "the name %s is too long", name);
}

void workspace_make_folder(const struct workspace *workspace, const char *name)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, name, path);
    ck_assert_msg(mkdir(path, 0700) == 0, "%s could not be made", path);
}

static void write_text(const struct workspace *workspace, const char *name, const char *mode,
                       const char *text)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, name, path);
    FILE *file = fopen(path, mode);
    ck_assert_msg(file != NULL, "%s could not be opened", path);
    int failed = fputs(text, file);
    ck_assert_int_ne(failed, EOF);
    ck_assert_int_eq(fclose(file), 0);
}

void workspace_write(const struct workspace *workspace, const char *name, const char *text)
{
    write_text(workspace, name, "w", text);
}

void workspace_append(const struct workspace *workspace, const char *name, const char *text)
{
    write_text(workspace, name, "a", text);
}

bool workspace_give_away(const char *path)
{
    enum { SOMEBODY_ELSE = 65534 };
    if (geteuid() != 0) {
        return false;
    }
    ck_assert_int_eq(chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE), 0);
    return true;
}

char *workspace_read(const char *path)
{
    char *text;
    size_t length;
    struct error error;
    enum turnout_error failed = file_read(path, FILE_BYTES_MAX, &text, &length, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s: %s", path, error.text);
    return text;
}

void workspace_add_small_election(const struct workspace *workspace, const char *name)
{
    static const char *const files[] = {"election.ini", "areas.csv", "units.csv"};
    workspace_make_folder(workspace, name);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char from[512];
        int length =
            snprintf(from, sizeof from, "%s/tests/support/small-election/%s", TURNOUT_SOURCE_DIR, files[i]);
        ck_assert(length > 0 && (size_t)length < sizeof from);
        char to[WORKSPACE_PATH_BYTES];
        length = snprintf(to, sizeof to, "%s/%s", name, files[i]);
        ck_assert(length > 0 && (size_t)length < sizeof to);
        char *content = workspace_read(from);
        workspace_write(workspace, to, content);
        free(content);
    }
}
