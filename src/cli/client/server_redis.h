/* The Redis of a server's election, for commands that work on it directly. Where turnoutd manages its Redis and is
 * not running, the command runs that Redis for as long as it needs it. */
#ifndef TURNOUT_CLI_SERVER_REDIS_H
#define TURNOUT_CLI_SERVER_REDIS_H

#include <stdbool.h>

#include <turnout/store/address.h>
#include <turnout/store/managed_redis.h>

#include "command.h"

struct server_redis_options {
    const char *data;  /* turnoutd's data folder; NULL: not needed */
    const char *redis; /* NULL, as are the next: turnoutd manages it, in `data` */
    const char *redis_user;
    const char *redis_password_file;
};

/* Table rows that select the Redis. They fill the member `server`, a server_redis_options. `data_help` is the help of
 * --data; `user` is the suggested user of a Redis that turnoutd does not manage. */
#define SERVER_REDIS_SETTINGS(type, data_help, user)                                                         \
    DATA_FOLDER(type, server.data, data_help),                                                               \
        {.name = "redis",                                                                                    \
         .kind = SETTING_TEXT,                                                                               \
         SETTING_AT(type, server.redis),                                                                     \
         .takes = "ADDRESS",                                                                                 \
         .help = "unix:/path or tcp://host:port, when somebody else runs Redis"},                            \
        {.name = "redis-user",                                                                               \
         .kind = SETTING_TEXT,                                                                               \
         SETTING_AT(type, server.redis_user),                                                                \
         .takes = "NAME",                                                                                    \
         .help = "with --redis: the user to log in as, such as " user},                                      \
    {                                                                                                        \
        .name = "redis-password-file", .kind = SETTING_PATH, SETTING_AT(type, server.redis_password_file),   \
        .takes = "FILE", .help = "with --redis: a file with that user's password in its first line"          \
    }

enum server_redis_use {
    REDIS_OF_A_STOPPED_SERVER, /* a running turnoutd would not notice the changes */
    REDIS_OF_ANY_SERVER,       /* also while turnoutd runs; creates no Redis where there was none */
};

struct server_redis {
    struct store_address address;
    int data_fd;                 /* locked as by turnoutd; -1 when one is running there */
    struct managed_redis *redis; /* NULL: run by somebody else, or by the running turnoutd */
    int64_t patience_ms;         /* how long to wait for it: a Redis just started may have to load first */
};

/* Checks that the options for --redis are given only with it. Returns an exit status of cli/command.h. */
int server_redis_check(const char *command, const struct server_redis_options *options);

/* The same, and that --data is not given with --redis: for commands that need no data folder then. */
int server_redis_check_either(const char *command, const struct settings_values *values,
                              const struct server_redis_options *options);

/* Locks the data folder and starts the Redis in it, to be used as `managed_user`. Returns an exit status of
 * cli/command.h; errors are printed for `command`. The caller ends with server_redis_close(). */
int server_redis_open(const char *command, const struct server_redis_options *options,
                      enum server_redis_use use, const char *managed_user, struct server_redis *ret_server);

/* The same with the read-only user, also while turnoutd runs. */
int server_redis_open_to_read(const char *command, const struct server_redis_options *options,
                              struct server_redis *ret_server);
void server_redis_close(struct server_redis *server);

#endif
