/* Paths and folders of the demo. */
#include "demo/demo_folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/file.h>

#include "register/register_make.h"

/* The number of folders that nftw() keeps open; ours are two deep. */
enum { FOLDERS_OPEN_MAX = 8, PARENTS_MAX = 4, FILE_BYTES_MAX = 1 << 30 };

static enum turnout_error join(char ret_path[PATH_MAX], struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum turnout_error join(char ret_path[PATH_MAX], struct error *error, const char *format, ...)
{
    va_list parts;
    va_start(parts, format);
    int length = vsnprintf(ret_path, PATH_MAX, format, parts);
    va_end(parts);
    if (length < 0 || length >= PATH_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, "", "the path is too long: %.100s...", ret_path);
    }
    return TURNOUT_OK;
}

/* The folder of this program. */
static enum turnout_error find_own_folder(char ret_path[PATH_MAX], struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", ret_path, PATH_MAX - 1);
    if (length < 0) {
        return error_fail_system(error, errno, "", "/proc/self/exe cannot be read");
    }
    ret_path[length] = '\0';
    *strrchr(ret_path, '/') = '\0';
    return TURNOUT_OK;
}

enum turnout_error demo_find_server(char ret_path[PATH_MAX], struct error *error)
{
    char own[PATH_MAX];
    enum turnout_error code = find_own_folder(own, error);
    return code == TURNOUT_OK ? join(ret_path, error, "%s/turnoutd", own) : code;
}

static bool has_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return join(path, NULL, "%s/%s", folder, name) == TURNOUT_OK && access(path, R_OK) == 0;
}

/* In a build tree the program is below the source root; installed, it is next to or below `etc`. */
static enum turnout_error find_election(char ret_path[PATH_MAX], struct error *error)
{
    static const char *const places[] = {"config/elections/vn-2026", "etc/turnout/elections/vn-2026"};
    char parent[PATH_MAX];
    enum turnout_error code = find_own_folder(parent, error);
    if (code != TURNOUT_OK) {
        return code;
    }
    char *end = strrchr(parent, '/');
    for (int i = 0; i < PARENTS_MAX && end != NULL; i++) {
        *end = '\0';
        for (size_t place = 0; place < sizeof places / sizeof places[0]; place++) {
            code = join(ret_path, error, "%s/%s", parent, places[place]);
            if (code != TURNOUT_OK || has_file(ret_path, "election.ini")) {
                return code;
            }
        }
        end = strrchr(parent, '/');
    }
    return error_fail(error, TURNOUT_NOT_FOUND, "election",
                      "elections/vn-2026 was not found near this program; name the folder with --election");
}

static enum turnout_error open_data(const char *data, struct demo_folder *folder, struct error *error)
{
    if (data != NULL) {
        if (mkdir(data, 0700) != 0 && errno != EEXIST) {
            return error_fail_system(error, errno, "data", "%s cannot be made", data);
        }
        return join(folder->data, error, "%s", data);
    }
    const char *temporary = getenv("TMPDIR");
    bool is_named = temporary != NULL && temporary[0] == '/';
    enum turnout_error code =
        join(folder->data, error, "%s/turnout-demo-XXXXXX", is_named ? temporary : "/tmp");
    if (code != TURNOUT_OK) {
        return code;
    }
    if (mkdtemp(folder->data) == NULL) {
        return error_fail_system(error, errno, "", "no temporary folder %s", folder->data);
    }
    folder->is_temporary = true;
    return TURNOUT_OK;
}

static enum turnout_error copy_file(const char *from, const char *to, const char *name, struct error *error)
{
    char source[PATH_MAX];
    char target[PATH_MAX];
    char *bytes = NULL;
    size_t length = 0;
    struct error cause = {0};
    enum turnout_error code = join(source, error, "%s/%s", from, name);
    if (code == TURNOUT_OK) {
        code = join(target, error, "%s/%s", to, name);
    }
    if (code != TURNOUT_OK) {
        return code;
    }
    code = file_read(source, FILE_BYTES_MAX, &bytes, &length, &cause);
    if (code != TURNOUT_OK) {
        return error_fail(error, code, "election", "%s %s", source, cause.text);
    }
    code = file_write(target, bytes, length, &cause);
    free(bytes);
    return code == TURNOUT_OK ? TURNOUT_OK : error_fail(error, code, "data", "%s %s", target, cause.text);
}

/* Copies an election with its register, but without keys: the demo signs with its own. */
static enum turnout_error copy_election(const char *from, const char *to, struct error *error)
{
    static const char *const files[] = {"election.ini", "areas.csv", "units.csv", "checkpoints.csv"};
    if (mkdir(to, 0700) != 0 && errno != EEXIST) {
        return error_fail_system(error, errno, "data", "%s cannot be made", to);
    }
    enum turnout_error code = TURNOUT_OK;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && code == TURNOUT_OK; i++) {
        code = copy_file(from, to, files[i], error);
    }
    return code;
}

/* Fills folder->election: a copy of `from`, or a register made from its tables. */
static enum turnout_error open_election(const char *from, struct demo_folder *folder, struct error *error)
{
    char found[PATH_MAX];
    if (from == NULL) {
        enum turnout_error code = find_election(found, error);
        if (code != TURNOUT_OK) {
            return code;
        }
        from = found;
    }
    enum turnout_error code = join(folder->election, error, "%s/election", folder->data);
    if (code != TURNOUT_OK) {
        return code;
    }
    return has_file(from, "provinces.csv") ? register_make(from, folder->election, error)
                                           : copy_election(from, folder->election, error);
}

enum turnout_error demo_folder_open(const char *data, const char *from, struct demo_folder *ret_folder,
                                    struct error *error)
{
    struct demo_folder folder = {.is_temporary = false};
    enum turnout_error code = open_data(data, &folder, error);
    if (code != TURNOUT_OK) {
        return code;
    }
    code = join(folder.log, error, "%s/turnoutd.log", folder.data);
    if (code == TURNOUT_OK) {
        code = open_election(from, &folder, error);
    }
    if (code != TURNOUT_OK) {
        (void)demo_folder_close(&folder, NULL);
        return code;
    }
    *ret_folder = folder;
    return TURNOUT_OK;
}

static int remove_one(const char *path, const struct stat *standing, int kind, struct FTW *where)
{
    (void)standing;
    (void)kind;
    (void)where;
    return remove(path);
}

enum turnout_error demo_folder_close(const struct demo_folder *folder, struct error *error)
{
    if (folder->is_temporary && nftw(folder->data, remove_one, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS) != 0) {
        return error_fail_system(error, errno, "", "%s cannot be removed", folder->data);
    }
    return TURNOUT_OK;
}
