/* The file with the secret: made once, and never read when others could have read it too. */
#include <turnout/store/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>

enum { HEX_BYTES = TOKEN_SECRET_HEX_BYTES + 1, FILE_BYTES_MAX = 256 };

/* Whether only the owner can get at the file. */
static enum turnout_error check_mode(const char *path, struct error *error)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        int failure = errno;
        enum turnout_error code = error_fail_system(error, failure, "data", "%s", path);
        return failure == ENOENT ? TURNOUT_NOT_FOUND : code;
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, "data",
            "%s must be a file that only its owner can read; whoever has read it can make tokens: "
            "remove it, and a new one is made at the next start; tokens made with it are void then",
            path);
    }
    return TURNOUT_OK;
}

static enum turnout_error parse(const char *path, const char *bytes, size_t length,
                                unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    struct slice hex = {bytes, length};
    if (length > 0 && bytes[length - 1] == '\n') {
        hex.length--;
    }
    if (!token_secret_parse(hex, ret_secret)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "data",
                          "%s does not hold a secret, %d hex digits: put the right file back, or remove it",
                          path, (int)TOKEN_SECRET_HEX_BYTES);
    }
    return TURNOUT_OK;
}

static enum turnout_error read_secret(const char *path, unsigned char ret_secret[TOKEN_SECRET_BYTES],
                                      struct error *error)
{
    char *bytes;
    size_t length;
    struct error cause;
    enum turnout_error failed = check_mode(path, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = file_read(path, FILE_BYTES_MAX, &bytes, &length, &cause);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "data", "%s %s", path, cause.text);
    }
    failed = parse(path, bytes, length, ret_secret, error);
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}

/* ---- making ---- */

/* 0, or the errno of what went wrong. A file that is left over from a crash is made anew. */
static int write_private(const char *path, const char *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    int failure = 0;
    errno = EIO; /* should write() take a part only */
    if (fchmod(fd, 0600) != 0 || write(fd, bytes, length) != (ssize_t)length || fsync(fd) != 0) {
        failure = errno;
    }
    if (close(fd) != 0 && failure == 0) {
        failure = errno;
    }
    return failure;
}

/* So that the file's name is on the disk as well. */
static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    int failure = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return failure;
}

static enum turnout_error make(const char *data, const char *path,
                               unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    char hex[HEX_BYTES + 1];
    randombytes_buf(secret, sizeof secret);
    (void)sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    hex[HEX_BYTES - 1] = '\n';

    struct buffer new_path = {0};
    buffer_printf(&new_path, "%s.new", path);
    int failure = write_private(new_path.bytes, hex, HEX_BYTES);
    if (failure == 0 && rename(new_path.bytes, path) != 0) {
        failure = errno;
    }
    if (failure == 0) {
        failure = sync_folder(data);
    }
    buffer_done(&new_path);
    sodium_memzero(hex, sizeof hex);
    if (failure != 0) {
        return error_fail_system(error, failure, "data", "%s cannot be written", path);
    }
    memcpy(ret_secret, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    return TURNOUT_OK;
}

enum turnout_error secret_read(const char *data, unsigned char ret_secret[TOKEN_SECRET_BYTES],
                               struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/" SECRET_FILE, data);
    enum turnout_error failed = read_secret(path.bytes, ret_secret, error);
    buffer_done(&path);
    return failed;
}

enum turnout_error secret_ensure(const char *data, unsigned char ret_secret[TOKEN_SECRET_BYTES],
                                 bool *ret_made, struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/" SECRET_FILE, data);
    enum turnout_error failed = read_secret(path.bytes, ret_secret, error);
    bool is_new = failed == TURNOUT_NOT_FOUND;
    if (is_new) {
        failed = make(data, path.bytes, ret_secret, error);
    }
    if (failed == TURNOUT_OK) {
        *ret_made = is_new;
    }
    buffer_done(&path);
    return failed;
}
