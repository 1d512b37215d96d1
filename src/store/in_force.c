/* Copies the election's files into the folder `in-force`, as whole files. */
#include <turnout/store/in_force.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <turnout/base/file.h>
#include <turnout/base/private_file.h>
#include <turnout/store/election_keys.h>

#include "election_ini.h"
#include "folder_reading.h"

enum { REGISTER_FILES = 3, ALL_FILES }; /* those of the register come first */

static const char *const files[ALL_FILES] = {ELECTION_INI_FILE, "areas.csv", "units.csv", ELECTION_KEYS_FILE};

static bool join(const char *folder, const char *name, char ret_path[PATH_MAX])
{
    int length = snprintf(ret_path, PATH_MAX, "%s/%s", folder, name);
    return length > 0 && length < PATH_MAX;
}

bool in_force_path(const char *data, char ret_path[PATH_MAX])
{
    return join(data, IN_FORCE_FOLDER, ret_path);
}

bool in_force_has_register(const char *data)
{
    char folder[PATH_MAX];
    char path[PATH_MAX];
    size_t there = 0;
    for (size_t i = 0; in_force_path(data, folder) && i < REGISTER_FILES; i++) {
        there += join(folder, files[i], path) && access(path, F_OK) == 0 ? 1 : 0;
    }
    return there == REGISTER_FILES;
}

/* Where the same is there nothing is written: the disk may be slow. */
static enum turnout_error copy(const struct private_folder *folder, const char *election, const char *name,
                               struct error *error)
{
    char path[PATH_MAX];
    char *bytes = NULL;
    size_t length = 0;
    if (!join(election, name, path)) {
        return error_fail(error, TURNOUT_TOO_LARGE, "election", "the path of %s is too long", name);
    }
    enum turnout_error failed = file_read(path, ELECTION_FILE_BYTES_MAX, &bytes, &length, error);
    if (failed == TURNOUT_OK && !private_file_holds(folder, name, bytes, length)) {
        failed = private_file_write(folder, name, bytes, length, PRIVATE_FILE_REPLACE, error);
    }
    free(bytes);
    return failed;
}

static enum turnout_error copy_all(const char *data, const char *election, const char *const *names,
                                   size_t count, struct error *error)
{
    char path[PATH_MAX];
    struct private_folder folder;
    if (!in_force_path(data, path)) {
        return error_fail(error, TURNOUT_TOO_LARGE, "data", "the path of " IN_FORCE_FOLDER " is too long");
    }
    enum turnout_error failed = private_folder_open(path, PRIVATE_FOLDER_MADE, "data", &folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    for (size_t i = 0; failed == TURNOUT_OK && i < count; i++) {
        failed = copy(&folder, election, names[i], error);
    }
    private_folder_close(&folder);
    return failed;
}

enum turnout_error in_force_keep_register(const char *data, const char *election, struct error *error)
{
    return copy_all(data, election, files, REGISTER_FILES, error);
}

enum turnout_error in_force_keep_keys(const char *data, const char *election, struct error *error)
{
    enum turnout_error failed = copy_all(data, election, &files[REGISTER_FILES], 1, error);
    return failed == TURNOUT_NOT_FOUND ? TURNOUT_OK : failed;
}

static enum turnout_error remove_one(const char *path, int flags, struct error *error)
{
    return unlinkat(AT_FDCWD, path, flags) == 0 || errno == ENOENT
               ? TURNOUT_OK
               : error_fail_system(error, errno, "data", "cannot remove %s", path);
}

enum turnout_error in_force_remove(const char *data, struct error *error)
{
    char folder[PATH_MAX];
    char path[PATH_MAX];
    enum turnout_error failed = TURNOUT_OK;
    if (!in_force_path(data, folder)) {
        return TURNOUT_OK; /* then it was never made */
    }
    for (size_t i = 0; failed == TURNOUT_OK && i < ALL_FILES; i++) {
        failed = join(folder, files[i], path) ? remove_one(path, 0, error) : TURNOUT_OK;
    }
    return failed == TURNOUT_OK ? remove_one(folder, AT_REMOVEDIR, error) : failed;
}
