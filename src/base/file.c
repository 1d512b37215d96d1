/* Reading and replacing whole files. */
#include <turnout/base/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

/* Reads up to `size` bytes; fewer when the file became shorter meanwhile. */
static bool read_up_to(int fd, char *bytes, size_t size, size_t *ret_length)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(fd, bytes + length, size - length);
        if (got == 0) {
            break;
        }
        if (got > 0) {
            length += (size_t)got;
        } else if (errno != EINTR) {
            return false;
        }
    }
    *ret_length = length;
    return true;
}

enum turnout_error file_read_open(int fd, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                  struct error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return error_fail_system(error, errno, "", "cannot be examined");
    }
    if (!S_ISREG(status.st_mode)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "is not a regular file");
    }
    size_t size = (size_t)status.st_size;
    if (size > bytes_max) {
        return error_fail(error, TURNOUT_TOO_LARGE, "", "has %zu bytes, more than %zu", size, bytes_max);
    }
    char *bytes = memory_new_array(size + 1, 1);
    if (!read_up_to(fd, bytes, size, ret_length)) {
        int failure = errno;
        free(bytes);
        return error_fail_system(error, failure, "", "cannot be read");
    }
    *ret_bytes = bytes;
    return TURNOUT_OK;
}

enum turnout_error file_read(const char *path, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                             struct error *error)
{
    /* Not blocking, so that a named pipe in the file's place cannot hold us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        int failure = errno;
        enum turnout_error code = error_fail_system(error, failure, "", "cannot be opened");
        return failure == ENOENT ? TURNOUT_NOT_FOUND : code;
    }
    enum turnout_error code = file_read_open(fd, bytes_max, ret_bytes, ret_length, error);
    (void)close(fd); /* only read: nothing can be lost */
    return code;
}

bool file_write_all(int fd, const void *bytes, size_t length)
{
    size_t written = 0;
    while (written < length) {
        ssize_t took = write(fd, (const char *)bytes + written, length - written);
        if (took >= 0) {
            written += (size_t)took;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* 0 once the bytes are on the disk, or the errno of what went wrong. */
static int write_new(const char *path, const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return errno;
    }
    int failure = file_write_all(fd, bytes, length) && fsync(fd) == 0 ? 0 : errno;
    if (close(fd) != 0 && failure == 0) {
        failure = errno;
    }
    return failure;
}

enum turnout_error file_write(const char *path, const void *bytes, size_t length, struct error *error)
{
    struct buffer new_path = {0};
    buffer_printf(&new_path, "%s.new", path);
    int failure = write_new(new_path.bytes, bytes, length);
    if (failure == 0 && rename(new_path.bytes, path) != 0) {
        failure = errno;
    }
    if (failure != 0) {
        (void)unlink(new_path.bytes); /* it may not even be there */
    }
    buffer_done(&new_path);
    return failure == 0 ? TURNOUT_OK : error_fail_system(error, failure, "", "cannot be written");
}
