/* Copies a data folder: files one by one; Redis's into a folder that takes its name when it is whole. */
#include <turnout/store/data_copy.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/file.h>
#include <turnout/base/private_file.h>
#include <turnout/base/text.h>
#include <turnout/store/in_force.h>
#include <turnout/store/last_known.h>

enum { STEP_BYTES = 256 * 1024, MANIFEST_BYTES_MAX = 64 * 1024, TRIES = 5 };

#define REDIS_FOLDER "redis"
#define REDIS_DRAFT  "redis.copying"
#define APPENDONLY   "appendonlydir"
#define MANIFEST     "appendonly.aof.manifest"

/* ---- one file ---- */

static enum turnout_error pour(int from, int to, const char *name, struct error *error)
{
    static char bytes[STEP_BYTES]; /* a command copies one file at a time */
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got == 0) {
            return TURNOUT_OK;
        }
        if (got < 0 || !file_write_all(to, bytes, (size_t)got)) {
            return error_fail_system(error, errno, "data", "%s cannot be copied", name);
        }
    }
}

/* TURNOUT_CONFLICT where there is one already. */
static enum turnout_error copy_file(const struct private_folder *from, const struct private_folder *to,
                                    const char *name, struct error *error)
{
    int source;
    struct private_draft draft;
    enum turnout_error failed = private_file_open(from, name, O_RDONLY, &source, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = private_draft_open(to, &draft, error);
    if (failed == TURNOUT_OK) {
        failed = pour(source, draft.fd, name, error);
        if (failed == TURNOUT_OK) {
            failed = private_draft_keep(to, &draft, name, PRIVATE_FILE_KEEP, error);
        } else {
            private_draft_drop(to, &draft);
        }
        if (failed == TURNOUT_OK) {
            (void)close(draft.fd);
        }
    }
    (void)close(source);
    return failed;
}

static enum turnout_error copy_if_new(const struct private_folder *from, const struct private_folder *to,
                                      const char *name, struct error *error)
{
    enum turnout_error failed = copy_file(from, to, name, error);
    return failed == TURNOUT_CONFLICT || failed == TURNOUT_NOT_FOUND ? TURNOUT_OK : failed;
}

/* ---- the folder's own files ---- */

/* Whether the file is to be copied. Files that are still being written and lock files are not. */
static bool is_of_data(const struct private_folder *folder, const char *name)
{
    struct stat about;
    size_t length = strlen(name);
    static const char lock[] = ".lock";
    bool is_lock = length > strlen(lock) && strcmp(name + length - strlen(lock), lock) == 0;
    return name[0] != '.' && !is_lock && fstatat(folder->fd, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(about.st_mode);
}

static enum turnout_error copy_files(const struct private_folder *from, const struct private_folder *to,
                                     struct error *error)
{
    enum turnout_error failed = copy_if_new(from, to, LAST_KNOWN_FILE, error);
    int listed = failed == TURNOUT_OK ? openat(from->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *names = listed < 0 ? NULL : fdopendir(listed);
    if (failed == TURNOUT_OK && names == NULL) {
        return error_fail_system(error, errno, "data", "%s cannot be listed", from->path);
    }
    for (struct dirent *entry; failed == TURNOUT_OK && (entry = readdir(names)) != NULL;) {
        if (is_of_data(from, entry->d_name)) {
            failed = copy_if_new(from, to, entry->d_name, error);
        }
    }
    if (names != NULL) {
        (void)closedir(names);
    }
    return failed;
}

/* ---- Redis's files ---- */

static enum turnout_error open_below(const struct private_folder *folder, const char *name,
                                     enum private_folder_kind kind, char ret_path[PATH_MAX],
                                     struct private_folder *ret_below, struct error *error)
{
    int length = snprintf(ret_path, PATH_MAX, "%s/%s", folder->path, name);
    if (length < 0 || length >= PATH_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, "data", "the path of %s is too long", name);
    }
    return private_folder_open(ret_path, kind, "data", ret_below, error);
}

/* Lines are `file NAME seq NUMBER type LETTER`. What the manifest names and is not there, was history. */
static enum turnout_error copy_named(const struct private_folder *from, const struct private_folder *to,
                                     struct slice manifest, struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    while (failed == TURNOUT_OK && manifest.length > 0) {
        struct slice line = text_split(&manifest, '\n');
        char name[NAME_MAX + 1];
        bool is_file = slice_equals(text_split(&line, ' '), "file");
        if (is_file && slice_copy(text_split(&line, ' '), name, sizeof name)) {
            failed = copy_if_new(from, to, name, error);
        }
    }
    return failed;
}

static enum turnout_error copy_appendonly(const struct private_folder *from, const struct private_folder *to,
                                          bool *ret_is_whole, struct error *error)
{
    char *before;
    char *after = NULL;
    size_t before_bytes;
    size_t after_bytes = 0;
    enum turnout_error failed =
        private_file_read(from, MANIFEST, MANIFEST_BYTES_MAX, &before, &before_bytes, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = copy_named(from, to, (struct slice){before, before_bytes}, error);
    if (failed == TURNOUT_OK) {
        failed = private_file_read(from, MANIFEST, MANIFEST_BYTES_MAX, &after, &after_bytes, error);
    }
    *ret_is_whole =
        failed == TURNOUT_OK && before_bytes == after_bytes && memcmp(before, after, after_bytes) == 0;
    if (*ret_is_whole) {
        failed = private_file_write(to, MANIFEST, after, after_bytes, PRIVATE_FILE_KEEP, error);
    }
    free(before);
    free(after);
    return failed;
}

/* Removes the files of a copy that is not whole. */
static void clear(const struct private_folder *folder)
{
    int listed = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = listed < 0 ? NULL : fdopendir(listed);
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;) {
        (void)unlinkat(folder->fd, entry->d_name, 0);
    }
    if (names != NULL) {
        (void)closedir(names);
    }
}

static enum turnout_error copy_until_whole(const struct private_folder *from, const struct private_folder *to,
                                           struct error *error)
{
    for (int i = 0; i < TRIES; i++) {
        bool is_whole;
        clear(to);
        enum turnout_error failed = copy_appendonly(from, to, &is_whole, error);
        if (failed != TURNOUT_OK || is_whole) {
            return failed;
        }
    }
    return error_fail(error, TURNOUT_UNAVAILABLE, "data",
                      "Redis writes its files anew, again and again: try it later");
}

static enum turnout_error copy_redis(const struct private_folder *from, const struct private_folder *to,
                                     struct error *error)
{
    char path[PATH_MAX];
    char below_path[PATH_MAX];
    struct private_folder source = {.fd = -1};
    struct private_folder draft = {.fd = -1};
    struct private_folder target = {.fd = -1};
    enum turnout_error failed =
        open_below(from, REDIS_FOLDER "/" APPENDONLY, PRIVATE_FOLDER_FOUND, path, &source, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    char draft_path[PATH_MAX];
    failed = open_below(to, REDIS_DRAFT, PRIVATE_FOLDER_SHUT, draft_path, &draft, error);
    if (failed == TURNOUT_OK) {
        failed = open_below(&draft, APPENDONLY, PRIVATE_FOLDER_SHUT, below_path, &target, error);
        if (failed == TURNOUT_OK) {
            failed = copy_until_whole(&source, &target, error);
            private_folder_close(&target);
        }
        private_folder_close(&draft);
    }
    if (failed == TURNOUT_OK && renameat(to->fd, REDIS_DRAFT, to->fd, REDIS_FOLDER) != 0) {
        failed = error_fail_system(error, errno, "data", "%s/" REDIS_FOLDER " cannot be made", to->path);
    }
    private_folder_close(&source);
    return failed == TURNOUT_OK ? private_folder_sync(to, error) : failed;
}

/* ---- all of it ---- */

static bool has(const struct private_folder *folder, const char *name)
{
    return faccessat(folder->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum turnout_error look_at(const struct private_folder *from, bool *ret_has_redis, struct error *error)
{
    *ret_has_redis = has(from, REDIS_FOLDER "/" APPENDONLY "/" MANIFEST);
    return *ret_has_redis || has(from, LAST_KNOWN_FILE)
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_NOT_FOUND, "data",
                            "%s is no data folder: neither Redis's files nor " LAST_KNOWN_FILE " are there",
                            from->path);
}

static enum turnout_error copy_in_force(const struct private_folder *from, const struct private_folder *to,
                                        struct error *error)
{
    char source_path[PATH_MAX];
    char target_path[PATH_MAX];
    struct private_folder source = {.fd = -1};
    struct private_folder target = {.fd = -1};
    enum turnout_error failed =
        open_below(from, IN_FORCE_FOLDER, PRIVATE_FOLDER_FOUND, source_path, &source, error);
    if (failed != TURNOUT_OK) {
        return failed == TURNOUT_NOT_FOUND ? TURNOUT_OK : failed;
    }
    failed = open_below(to, IN_FORCE_FOLDER, PRIVATE_FOLDER_MADE, target_path, &target, error);
    if (failed == TURNOUT_OK) {
        failed = copy_files(&source, &target, error);
        private_folder_close(&target);
    }
    private_folder_close(&source);
    return failed;
}

static enum turnout_error copy_all(const struct private_folder *from, const struct private_folder *to,
                                   bool has_redis, struct error *error)
{
    if (has(to, REDIS_FOLDER)) {
        return error_fail(error, TURNOUT_CONFLICT, "data",
                          "%s/" REDIS_FOLDER " is there already: move it out of the way first", to->path);
    }
    enum turnout_error failed = copy_files(from, to, error);
    if (failed == TURNOUT_OK) {
        failed = copy_in_force(from, to, error);
    }
    return failed == TURNOUT_OK && has_redis ? copy_redis(from, to, error) : failed;
}

enum turnout_error data_copy(const char *from, const char *to, bool *ret_has_redis, struct error *error)
{
    struct private_folder source = {.fd = -1};
    struct private_folder target = {.fd = -1};
    enum turnout_error failed = private_folder_open(from, PRIVATE_FOLDER_FOUND, "data", &source, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = look_at(&source, ret_has_redis, error);
    if (failed == TURNOUT_OK) {
        failed = private_folder_open(to, PRIVATE_FOLDER_MADE, "data", &target, error);
    }
    if (failed == TURNOUT_OK) {
        failed = copy_all(&source, &target, *ret_has_redis, error);
        private_folder_close(&target);
    }
    private_folder_close(&source);
    return failed;
}
