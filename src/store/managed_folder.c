/* Makes the managed Redis's folder. What turnoutd writes there is written anew at every start: it is ours, not the
 * operator's. */
#include "managed_folder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/private_file.h>
#include <turnout/base/text.h>

#include "machine_memory.h"

#define CONF_FILE  "redis.conf"
#define USERS_FILE "users.acl"

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

/* Half of what there is: Redis needs as much again, at worst, to write its file anew. So it says no before the kernel
 * ends it. */
static void write_memory(struct buffer *out)
{
    buffer_printf(out, "maxmemory %" PRIu64 "mb\n", machine_memory() / 2 >> 20);
}

static void write_conf(struct buffer *out, const struct managed_folder *folder)
{
    buffer_append_text(out, fixed_settings);
    write_memory(out);
    write_setting(out, "dir", folder->path);
    write_setting(out, "unixsocket", folder->address.path);
    write_setting(out, "logfile", folder->log);
    write_setting(out, "aclfile", folder->users);
}

bool managed_folder_is_current(const struct managed_folder *folder)
{
    struct private_folder opened;
    struct error unreadable;
    if (private_folder_open(folder->path, PRIVATE_FOLDER_SHUT, "data", &opened, &unreadable) != TURNOUT_OK) {
        return false;
    }
    struct buffer conf = {0};
    write_conf(&conf, folder);
    bool current = private_file_holds(&opened, CONF_FILE, conf.bytes, conf.length) &&
                   private_file_holds(&opened, USERS_FILE, turnout_users_acl, turnout_users_acl_length);
    buffer_done(&conf);
    private_folder_close(&opened);
    return current;
}

enum turnout_error managed_folder_write(const struct managed_folder *folder, struct error *error)
{
    struct private_folder opened;
    enum turnout_error failed =
        private_folder_open(folder->path, PRIVATE_FOLDER_SHUT, "data", &opened, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct buffer conf = {0};
    write_conf(&conf, folder);
    failed = private_file_write(&opened, USERS_FILE, turnout_users_acl, turnout_users_acl_length,
                                PRIVATE_FILE_REPLACE, error);
    if (failed == TURNOUT_OK) {
        failed = private_file_write(&opened, CONF_FILE, conf.bytes, conf.length, PRIVATE_FILE_REPLACE, error);
    }
    buffer_done(&conf);
    private_folder_close(&opened);
    return failed;
}

/* One that others may look into is closed: they cannot have changed anything. */
static enum turnout_error make_folder(const char *path, struct error *error)
{
    struct private_folder folder;
    enum turnout_error failed = private_folder_open(path, PRIVATE_FOLDER_MADE, "data", &folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (fchmod(folder.fd, S_IRWXU) != 0) {
        failed = error_fail_system(error, errno, "data", "cannot make %s private", path);
    }
    private_folder_close(&folder);
    return failed;
}

static enum turnout_error name_paths(const char *data, struct managed_folder *ret_folder, struct error *error)
{
    char absolute[PATH_MAX];
    if (realpath(data, absolute) == NULL) {
        return error_fail_system(error, errno, "data", "%s", data);
    }
    struct store_address *address = &ret_folder->address;
    *address = (struct store_address){.user = SERVER_REDIS_USER};
    if (!join(ret_folder->path, sizeof ret_folder->path, absolute, "redis") ||
        !join(ret_folder->conf, sizeof ret_folder->conf, ret_folder->path, CONF_FILE) ||
        !join(ret_folder->users, sizeof ret_folder->users, ret_folder->path, USERS_FILE) ||
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

enum turnout_error managed_folder_find(const char *data, struct managed_folder *ret_folder,
                                       struct error *error)
{
    struct managed_folder folder;
    struct private_folder opened;
    enum turnout_error failed = name_paths(data, &folder, error);
    if (failed == TURNOUT_OK && access(folder.path, F_OK) != 0) {
        failed = error_fail(error, TURNOUT_NOT_FOUND, "data", "no turnoutd has managed a Redis in %s", data);
    }
    if (failed == TURNOUT_OK) {
        failed = private_folder_open(folder.path, PRIVATE_FOLDER_SHUT, "data", &opened, error);
    }
    if (failed == TURNOUT_OK) {
        private_folder_close(&opened);
        *ret_folder = folder;
    }
    return failed;
}

/* ---- what Redis says ---- */

enum { LOG_TAIL_BYTES = 8192 };

/* The end of the log; empty where there is none. */
static struct slice read_log_tail(const struct managed_folder *folder, char tail[LOG_TAIL_BYTES])
{
    FILE *log = fopen(folder->log, "re");
    size_t length = 0;
    if (log != NULL) {
        if (fseek(log, -LOG_TAIL_BYTES, SEEK_END) != 0) { /* it is shorter */
            rewind(log);
        }
        length = fread(tail, 1, LOG_TAIL_BYTES, log);
        (void)fclose(log);
    }
    return (struct slice){tail, length};
}

/* Lines are `PID:ROLE day month year time LEVEL text`; the level # is for what matters. Of a process that did not get
 * so far as to have a log, the last line says it. */
void managed_folder_last_words(const struct managed_folder *folder, pid_t pid,
                               char ret_words[MANAGED_LAST_WORDS_BYTES])
{
    enum { WORDS_BEFORE_LEVEL = 5 };
    char tail[LOG_TAIL_BYTES];
    char prefix[32];
    struct slice rest = read_log_tail(folder, tail);
    struct slice last = slice_of("it has left no word in its log");
    (void)snprintf(prefix, sizeof prefix, "%d", (int)pid);
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        struct slice text = line;
        bool is_its = slice_equals(text_split(&text, ':'), prefix);
        for (int i = 0; i < WORDS_BEFORE_LEVEL; i++) {
            (void)text_split(&text, ' ');
        }
        if (is_its && slice_equals(text_split(&text, ' '), "#")) {
            last = text;
        } else if (!is_its && line.length > 0 && (line.bytes[0] < '0' || line.bytes[0] > '9')) {
            last = line;
        }
    }
    size_t length = last.length < MANAGED_LAST_WORDS_BYTES ? last.length : MANAGED_LAST_WORDS_BYTES - 1;
    memcpy(ret_words, last.bytes, length);
    ret_words[length] = '\0';
}
