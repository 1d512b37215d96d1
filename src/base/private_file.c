/* Private files: what is checked is what was opened, never what a path leads to a moment later. */
#include <turnout/base/private_file.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/file.h>

enum {
    FOLDER_MODE = S_IRWXU,
    FILE_MODE = S_IRUSR | S_IWUSR,
    OTHERS = S_IRWXG | S_IRWXO,
    OTHERS_WRITE = S_IWGRP | S_IWOTH,
};

static bool is_ours(const struct stat *status)
{
    return status->st_uid == geteuid() || status->st_uid == 0;
}

/* ---- folders ---- */

static enum turnout_error check_folder(int fd, const char *path, enum private_folder_kind kind,
                                       const char *setting, struct error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return error_fail_system(error, errno, setting, "%s cannot be examined", path);
    }
    if (!is_ours(&status)) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, setting,
            "%s belongs to another user (uid %u), who can put any file there: choose a folder of "
            "your own, or run this as its owner",
            path, (unsigned)status.st_uid);
    }
    if (kind == PRIVATE_FOLDER_SHUT && (status.st_mode & OTHERS) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, setting,
                          "%s is open to others than its owner: close it with `chmod 700`, or choose another",
                          path);
    }
    if ((status.st_mode & OTHERS_WRITE) != 0 && (status.st_mode & S_ISVTX) == 0) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, setting,
            "others than its owner can put files into %s: close it with `chmod go-w`, or choose "
            "another folder",
            path);
    }
    return TURNOUT_OK;
}

enum turnout_error private_folder_open(const char *path, enum private_folder_kind kind, const char *setting,
                                       struct private_folder *ret_folder, struct error *error)
{
    if (kind != PRIVATE_FOLDER_FOUND && mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
        return error_fail_system(error, errno, setting, "the folder %s cannot be made", path);
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        int failure = errno;
        enum turnout_error code =
            error_fail_system(error, failure, setting, "the folder %s cannot be opened", path);
        return failure == ENOENT ? TURNOUT_NOT_FOUND : failure == ENOTDIR ? TURNOUT_BAD_INPUT : code;
    }
    enum turnout_error failed = check_folder(fd, path, kind, setting, error);
    if (failed != TURNOUT_OK) {
        (void)close(fd);
        return failed;
    }
    *ret_folder = (struct private_folder){.fd = fd, .path = path, .setting = setting};
    return TURNOUT_OK;
}

void private_folder_close(struct private_folder *folder)
{
    (void)close(folder->fd); /* only looked at: nothing can be lost */
    folder->fd = -1;
}

enum turnout_error private_folder_sync(const struct private_folder *folder, struct error *error)
{
    return syncfs(folder->fd) == 0 ? TURNOUT_OK
                                   : error_fail_system(error, errno, folder->setting,
                                                       "the files in %s cannot be kept", folder->path);
}

enum turnout_error private_path_split(const char *path, const char *setting, char ret_folder[PATH_MAX],
                                      const char **ret_name, struct error *error)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    /* "/" is the folder of "/name", "." that of "name". */
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (*name == '\0') {
        return error_fail(error, TURNOUT_BAD_INPUT, setting, "\"%s\" is not the path of a file", path);
    }
    if (length >= PATH_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, setting, "%.100s... is too long a path", path);
    }
    memcpy(ret_folder, slash == NULL ? "." : path, slash == NULL ? 1 : length);
    ret_folder[slash == NULL ? 1 : length] = '\0';
    *ret_name = name;
    return TURNOUT_OK;
}

/* ---- files ---- */

/* "PATH/NAME DID: WHY". */
static enum turnout_error fail_system(const struct private_folder *folder, const char *name, int reason,
                                      const char *did, struct error *error)
{
    return error_fail_system(error, reason, folder->setting, "%s/%s %s", folder->path, name, did);
}

static enum turnout_error fail_open(const struct private_folder *folder, const char *name, int reason,
                                    struct error *error)
{
    switch (reason) {
    case ENOENT:
        (void)fail_system(folder, name, reason, "cannot be opened", error);
        return TURNOUT_NOT_FOUND;
    case EEXIST:
        return error_fail(error, TURNOUT_CONFLICT, folder->setting,
                          "%s/%s is there already: name another, or move it away", folder->path, name);
    case ELOOP: /* it is a link */
    case ENXIO: /* a pipe or a socket */
    case EISDIR:
        return error_fail(error, TURNOUT_BAD_INPUT, folder->setting, "%s/%s is not a regular file",
                          folder->path, name);
    default:
        return fail_system(folder, name, reason, "cannot be opened", error);
    }
}

static enum turnout_error check_file(const struct private_folder *folder, const char *name, int fd,
                                     struct error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return fail_system(folder, name, errno, "cannot be examined", error);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail_open(folder, name, ELOOP, error);
    }
    if (!is_ours(&status)) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, folder->setting,
            "%s/%s belongs to another user (uid %u), who knows what it holds: remove it, or run "
            "this as its owner",
            folder->path, name, (unsigned)status.st_uid);
    }
    if ((status.st_mode & OTHERS) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, folder->setting,
                          "%s/%s must be for its owner alone: `chmod 600`, and if others may have got at it, "
                          "replace what it holds",
                          folder->path, name);
    }
    return TURNOUT_OK;
}

enum turnout_error private_file_open(const struct private_folder *folder, const char *name, int flags,
                                     int *ret_fd, struct error *error)
{
    /* Not blocking, so that a named pipe in the file's place cannot hold us. */
    int fd = openat(folder->fd, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        return fail_open(folder, name, errno, error);
    }
    enum turnout_error failed = check_file(folder, name, fd, error);
    if (failed != TURNOUT_OK) {
        (void)close(fd);
        return failed;
    }
    *ret_fd = fd;
    return TURNOUT_OK;
}

enum turnout_error private_file_read(const struct private_folder *folder, const char *name, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error)
{
    int fd = -1;
    enum turnout_error failed = private_file_open(folder, name, O_RDONLY, &fd, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct error cause;
    failed = file_read_open(fd, bytes_max, ret_bytes, ret_length, &cause);
    (void)close(fd); /* only read: nothing can be lost */
    return failed == TURNOUT_OK
               ? TURNOUT_OK
               : error_fail(error, failed, folder->setting, "%s/%s %s", folder->path, name, cause.text);
}

bool private_file_holds(const struct private_folder *folder, const char *name, const void *bytes,
                        size_t length)
{
    char *there = NULL;
    size_t there_length;
    struct error unreadable;
    bool is_same =
        private_file_read(folder, name, length, &there, &there_length, &unreadable) == TURNOUT_OK &&
        there_length == length && memcmp(there, bytes, length) == 0;
    free(there);
    return is_same;
}

enum turnout_error private_file_write(const struct private_folder *folder, const char *name,
                                      const void *bytes, size_t length, enum private_file_other other,
                                      struct error *error)
{
    struct private_draft draft = {.fd = -1};
    enum turnout_error failed = private_draft_open(folder, &draft, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!file_write_all(draft.fd, bytes, length)) {
        failed = fail_system(folder, name, errno, "cannot be written", error);
        private_draft_drop(folder, &draft);
        return failed;
    }
    failed = private_draft_keep(folder, &draft, name, other, error);
    if (failed == TURNOUT_OK) {
        (void)close(draft.fd); /* it is on the disk already */
    }
    return failed;
}

/* ---- one file ---- */

enum turnout_error private_file_read_at(const char *folder_path, const char *name, const char *setting,
                                        size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                        struct error *error)
{
    struct private_folder folder = {.fd = -1};
    enum turnout_error failed =
        private_folder_open(folder_path, PRIVATE_FOLDER_FOUND, setting, &folder, error);
    if (failed == TURNOUT_OK) {
        failed = private_file_read(&folder, name, bytes_max, ret_bytes, ret_length, error);
        private_folder_close(&folder);
    }
    return failed;
}

enum turnout_error private_file_replace_at(const char *folder_path, const char *name, const char *setting,
                                           const void *bytes, size_t length, struct error *error)
{
    struct private_folder folder = {.fd = -1};
    enum turnout_error failed =
        private_folder_open(folder_path, PRIVATE_FOLDER_FOUND, setting, &folder, error);
    if (failed == TURNOUT_OK) {
        failed = private_file_write(&folder, name, bytes, length, PRIVATE_FILE_REPLACE, error);
        private_folder_close(&folder);
    }
    return failed;
}

enum turnout_error private_path_read(const char *path, const char *setting, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error)
{
    char folder_path[PATH_MAX];
    const char *name = "";
    enum turnout_error failed = private_path_split(path, setting, folder_path, &name, error);
    return failed != TURNOUT_OK
               ? failed
               : private_file_read_at(folder_path, name, setting, bytes_max, ret_bytes, ret_length, error);
}

/* ---- drafts ---- */

enum turnout_error private_draft_open(const struct private_folder *folder, struct private_draft *ret_draft,
                                      struct error *error)
{
    uint64_t chance[2];
    ssize_t got = getrandom(chance, sizeof chance, 0);
    assert(got == (ssize_t)sizeof chance); /* up to 256 bytes always come whole */
    struct private_draft draft = {.fd = -1};
    int length = snprintf(draft.name, sizeof draft.name, ".%016llx%016llx.new", (unsigned long long)chance[0],
                          (unsigned long long)chance[1]);
    assert(length > 0 && (size_t)length < sizeof draft.name);
    enum turnout_error failed =
        private_file_open(folder, draft.name, O_RDWR | O_APPEND | O_CREAT | O_EXCL, &draft.fd, error);
    if (failed != TURNOUT_OK) {
        (void)unlinkat(folder->fd, draft.name,
                       0); /* made, but on a disk where every file is open to others */
        return failed;
    }
    *ret_draft = draft;
    return TURNOUT_OK;
}

void private_draft_drop(const struct private_folder *folder, struct private_draft *draft)
{
    (void)unlinkat(folder->fd, draft->name, 0);
    (void)close(draft->fd);
    draft->fd = -1;
}

/* A second name can only be given where there is none, not even a link that leads nowhere. */
static bool take_free_name(const struct private_folder *folder, const struct private_draft *draft,
                           const char *name)
{
    return linkat(folder->fd, draft->name, folder->fd, name, 0) == 0 &&
           unlinkat(folder->fd, draft->name, 0) == 0;
}

enum turnout_error private_draft_keep(const struct private_folder *folder, struct private_draft *draft,
                                      const char *name, enum private_file_other other, struct error *error)
{
    bool is_kept = fsync(draft->fd) == 0 &&
                   (other == PRIVATE_FILE_REPLACE ? renameat(folder->fd, draft->name, folder->fd, name) == 0
                                                  : take_free_name(folder, draft, name)) &&
                   fsync(folder->fd) == 0;
    if (is_kept) {
        return TURNOUT_OK;
    }
    int reason = errno;
    private_draft_drop(folder, draft);
    return reason == EEXIST ? fail_open(folder, name, reason, error)
                            : fail_system(folder, name, reason, "cannot be written", error);
}
