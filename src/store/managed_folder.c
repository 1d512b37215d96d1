/* Makes the managed Redis's folder. What turnoutd writes there is written anew at every start: it is ours, not the
 * operator's. */
#include "managed_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/store/managed_redis.h>

enum { FILE_BYTES_MAX = 64 * 1024 };

extern const char turnout_users_acl[]; /* config/redis/users.acl */
extern const size_t turnout_users_acl_length;

/* What promise 1 needs (durability.c reads it back), and what keeps the server private. */
static const char fixed_settings[] = "# Written by turnoutd at every start; changes are lost.\n"
                                     "port 0\n"
                                     "unixsocketperm 700\n"
                                     "daemonize no\n"
                                     "databases 1\n"
                                     "appendonly yes\n"
                                     "appendfsync always\n"
                                     "no-appendfsync-on-rewrite no\n"
                                     "aof-load-truncated yes\n"
                                     "maxmemory-policy noeviction\n"
                                     "save \"\"\n";

static bool join(char *ret_path, size_t capacity, const char *folder, const char *name)
{
    int length = snprintf(ret_path, capacity, "%s/%s", folder, name);
    return length > 0 && (size_t)length < capacity;
}

/* A value in redis.conf's double quotes. */
static void write_setting(struct buffer *out, const char *name, const char *value)
{
    buffer_printf(out, "%s \"", name);
    for (const char *c = value; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte < ' ') {
            buffer_printf(out, "\\x%02x", byte);
        } else if (*c == '"' || *c == '\\') {
            buffer_printf(out, "\\%c", *c);
        } else {
            buffer_append_char(out, *c);
        }
    }
    buffer_append_text(out, "\"\n");
}

static void write_conf(struct buffer *out, const struct managed_folder *folder)
{
    buffer_append_text(out, fixed_settings);
    write_setting(out, "dir", folder->path);
    write_setting(out, "unixsocket", folder->address.path);
    write_setting(out, "logfile", folder->log);
    write_setting(out, "aclfile", folder->users);
}

static bool write_whole(int file, struct slice content)
{
    size_t written = 0;
    while (written < content.length) {
        ssize_t count = write(file, content.bytes + written, content.length - written);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        written += count < 0 ? 0 : (size_t)count;
    }
    return true;
}

static enum turnout_error write_file(const char *path, struct slice content, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return error_fail_system(error, errno, "data", "cannot write %s", path);
    }
    enum turnout_error failed = TURNOUT_OK;
    if (fchmod(file, 0600) != 0 || !write_whole(file, content)) {
        failed = error_fail_system(error, errno, "data", "cannot write %s", path);
    }
    if (close(file) != 0 && failed == TURNOUT_OK) {
        failed = error_fail_system(error, errno, "data", "cannot write %s", path);
    }
    return failed;
}

static bool holds(const char *path, struct slice content)
{
    char *bytes;
    size_t length;
    struct error unreadable;
    if (file_read(path, FILE_BYTES_MAX, &bytes, &length, &unreadable) != TURNOUT_OK) {
        return false;
    }
    bool same = length == content.length && memcmp(bytes, content.bytes, length) == 0;
    free(bytes);
    return same;
}

bool managed_folder_is_current(const struct managed_folder *folder)
{
    struct buffer conf = {0};
    write_conf(&conf, folder);
    bool current = holds(folder->conf, (struct slice){conf.bytes, conf.length}) &&
                   holds(folder->users, (struct slice){turnout_users_acl, turnout_users_acl_length});
    buffer_done(&conf);
    return current;
}

enum turnout_error managed_folder_write(const struct managed_folder *folder, struct error *error)
{
    struct buffer conf = {0};
    write_conf(&conf, folder);
    enum turnout_error failed =
        write_file(folder->users, (struct slice){turnout_users_acl, turnout_users_acl_length}, error);
    if (failed == TURNOUT_OK) {
        failed = write_file(folder->conf, (struct slice){conf.bytes, conf.length}, error);
    }
    buffer_done(&conf);
    return failed;
}

static enum turnout_error make_folder(const char *path, struct error *error)
{
    struct stat found;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return error_fail_system(error, errno, "data", "cannot make %s", path);
    }
    if (lstat(path, &found) != 0) {
        return error_fail_system(error, errno, "data", "cannot look at %s", path);
    }
    if (!S_ISDIR(found.st_mode)) {
        return error_fail(error, TURNOUT_CONFLICT, "data", "%s is not a folder", path);
    }
    if (chmod(path, 0700) != 0) {
        return error_fail_system(error, errno, "data", "cannot make %s private", path);
    }
    return TURNOUT_OK;
}

static enum turnout_error name_paths(const char *data, struct managed_folder *ret_folder, struct error *error)
{
    char absolute[PATH_MAX];
    if (realpath(data, absolute) == NULL) {
        return error_fail_system(error, errno, "data", "%s", data);
    }
    struct store_address *address = &ret_folder->address;
    *address = (struct store_address){.user = MANAGED_REDIS_USER};
    if (!join(ret_folder->path, sizeof ret_folder->path, absolute, "redis") ||
        !join(ret_folder->conf, sizeof ret_folder->conf, ret_folder->path, "redis.conf") ||
        !join(ret_folder->users, sizeof ret_folder->users, ret_folder->path, "users.acl") ||
        !join(ret_folder->log, sizeof ret_folder->log, ret_folder->path, "redis.log") ||
        !join(address->path, sizeof address->path, ret_folder->path, "redis.sock")) {
        size_t room = sizeof address->path - sizeof "/redis/redis.sock";
        return error_fail(
            error, TURNOUT_TOO_LARGE, "data",
            "%.100s... has %zu bytes; Redis's unix socket needs a data folder whose whole path has at "
            "most %zu",
            absolute, strlen(absolute), room);
    }
    return TURNOUT_OK;
}

enum turnout_error managed_folder_make(const char *data, struct managed_folder *ret_folder,
                                       struct error *error)
{
    enum turnout_error failed = name_paths(data, ret_folder, error);
    return failed == TURNOUT_OK ? make_folder(ret_folder->path, error) : failed;
}
