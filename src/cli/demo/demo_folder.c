/* Paths and folders of the demo. */
#include "demo/demo_folder.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

#include "register/register_make.h"

/* The number of folders that nftw() keeps open; ours are two deep. */
enum { FOLDERS_OPEN_MAX = 8, PARENTS_MAX = 4 };

/* The caller frees it. */
static char *join(const char *folder, const char *name)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", folder, name);
    return buffer_take(&path, NULL);
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

enum turnout_error demo_find_server(char **ret_path, struct error *error)
{
    char own[PATH_MAX];
    enum turnout_error code = find_own_folder(own, error);
    if (code == TURNOUT_OK) {
        *ret_path = join(own, "turnoutd");
    }
    return code;
}

static bool has_file(const char *folder, const char *name)
{
    char *path = join(folder, name);
    bool has = access(path, R_OK) == 0;
    free(path);
    return has;
}

/* In a build tree the program is below the source root; installed, it is next to or below `etc`. */
static enum turnout_error find_election(char **ret_path, struct error *error)
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
            char *path = join(parent, places[place]);
            if (has_file(path, "election.ini")) {
                *ret_path = path;
                return TURNOUT_OK;
            }
            free(path);
        }
        end = strrchr(parent, '/');
    }
    return error_fail(error, TURNOUT_NOT_FOUND, "election",
                      "elections/vn-2026 was not found near this program; name the folder with --election");
}

static enum turnout_error open_data(const char *data, struct demo_folder *folder, struct error *error)
{
    if (data != NULL) {
        folder->data = memory_copy_text(data);
        return mkdir(data, 0700) == 0 || errno == EEXIST
                   ? TURNOUT_OK
                   : error_fail_system(error, errno, "data", "%s cannot be made", data);
    }
    const char *temporary = getenv("TMPDIR");
    bool is_named = temporary != NULL && temporary[0] == '/';
    folder->data = join(is_named ? temporary : "/tmp", "turnout-demo-XXXXXX");
    folder->is_temporary = mkdtemp(folder->data) != NULL;
    return folder->is_temporary ? TURNOUT_OK
                                : error_fail_system(error, errno, "", "no temporary folder %s", folder->data);
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
        code = register_copy_file(from, to, files[i], error);
    }
    return code;
}

/* Fills folder->election: a copy of `from`, or a register made from its tables. */
static enum turnout_error open_election(const char *from, struct demo_folder *folder, struct error *error)
{
    char *found = NULL;
    if (from == NULL) {
        enum turnout_error code = find_election(&found, error);
        if (code != TURNOUT_OK) {
            return code;
        }
        from = found;
    }
    enum turnout_error code = has_file(from, "provinces.csv") ? register_make(from, folder->election, error)
                                                              : copy_election(from, folder->election, error);
    free(found);
    return code;
}

enum turnout_error demo_folder_open(const char *data, const char *from, struct demo_folder *folder,
                                    struct error *error)
{
    enum turnout_error code = open_data(data, folder, error);
    folder->election = join(folder->data, "election");
    folder->log = join(folder->data, "turnoutd.log");
    return code == TURNOUT_OK ? open_election(from, folder, error) : code;
}

static int remove_one(const char *path, const struct stat *standing, int kind, struct FTW *where)
{
    (void)standing;
    (void)kind;
    (void)where;
    return remove(path);
}

enum turnout_error demo_folder_close(struct demo_folder *folder, struct error *error)
{
    enum turnout_error code = TURNOUT_OK;
    if (folder->is_temporary && nftw(folder->data, remove_one, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS) != 0) {
        code = error_fail_system(error, errno, "", "%s cannot be removed", folder->data);
    }
    free(folder->data);
    free(folder->election);
    free(folder->log);
    return code;
}
