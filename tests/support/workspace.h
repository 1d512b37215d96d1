/* A folder of its own for a test: made empty, removed with everything in it. A test that fails leaves its folder
 * behind, to be looked at. All functions end the test when they cannot do their work. */
#ifndef TURNOUT_TESTS_WORKSPACE_H
#define TURNOUT_TESTS_WORKSPACE_H

#include <stdbool.h>

enum { WORKSPACE_PATH_BYTES = 128 };

struct workspace {
    char path[40]; /* short, so that a unix socket in it has a path that fits */
};

void workspace_init(struct workspace *workspace);
void workspace_done(struct workspace *workspace); /* a zeroed one is passed over */

/* The path of something inside. */
void workspace_path(const struct workspace *workspace, const char *name, char ret_path[WORKSPACE_PATH_BYTES]);

void workspace_make_folder(const struct workspace *workspace, const char *name); /* 0700 */
void workspace_write(const struct workspace *workspace, const char *name, const char *text);
void workspace_append(const struct workspace *workspace, const char *name, const char *text);

/* Gives what is at this path to another user. False where only root could. */
bool workspace_give_away(const char *path);

/* A whole file as text, wherever it is; the caller frees it. */
char *workspace_read(const char *path);

/* The election `small` of tests/support/small-election, in a folder of this name: a nation T of two provinces,
 * four communes and ten units, 6,150 voters. 0202 is a commune without units, 0102-003 a unit without voters. Its
 * day, 2026-03-15 in +07:00, is long past, so that no report is ahead of the clock. */
void workspace_add_small_election(const struct workspace *workspace, const char *name);

#endif
