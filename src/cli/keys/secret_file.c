/* Folders and files for secrets. Every file is opened by its name in an open folder, so that nobody can put another
 * folder in its place meanwhile. */
#include "keys/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = S_IRWXU, FILE_MODE = S_IRUSR | S_IWUSR, OTHERS = S_IRWXG | S_IRWXO };

static enum turnout_error check_folder(int fd, const char *path, struct error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return error_fail_system(error, errno, "out", "%s cannot be examined", path);
    }
    if ((status.st_mode & OTHERS) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "out",
                          "%s is open to others than its owner; close it with `chmod 700`, or name another",
                          path);
    }
    return TURNOUT_OK;
}

enum turnout_error secret_folder_open(const char *path, int *ret_fd, struct error *error)
{
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
        return error_fail_system(error, errno, "out", "%s cannot be made", path);
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return error_fail_system(error, errno, "out", "%s cannot be opened", path);
    }
    enum turnout_error failed = check_folder(fd, path, error);
    if (failed != TURNOUT_OK) {
        (void)close(fd);
        return failed;
    }
    *ret_fd = fd;
    return TURNOUT_OK;
}

enum turnout_error secret_file_new(int folder_fd, const char *name, int *ret_fd, struct error *error)
{
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0 && errno == EEXIST) {
        return error_fail(error, TURNOUT_CONFLICT, "out", "%s is there already; name another folder", name);
    }
    if (fd < 0) {
        return error_fail_system(error, errno, "out", "%s cannot be made", name);
    }
    *ret_fd = fd;
    return TURNOUT_OK;
}

enum turnout_error secret_file_append(int fd, const void *bytes, size_t length, struct error *error)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno != EINTR) {
            return error_fail_system(error, errno, "out", "a file cannot be written");
        }
        if (written > 0) {
            at += written;
            length -= (size_t)written;
        }
    }
    return TURNOUT_OK;
}

enum turnout_error secret_folder_sync(int folder_fd, struct error *error)
{
    return syncfs(folder_fd) == 0 ? TURNOUT_OK
                                  : error_fail_system(error, errno, "out", "the files cannot be kept");
}
