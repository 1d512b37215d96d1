/* The Redis of a server's election, for a command that works on it directly. Where turnoutd manages its own Redis and does
 * not run, the command runs that Redis for as long as it needs it. */
#ifndef TURNOUT_CLI_SERVER_REDIS_H
#define TURNOUT_CLI_SERVER_REDIS_H

#include <stdbool.h>

#include <turnout/base/settings.h>
#include <turnout/store/address.h>
#include <turnout/store/managed_redis.h>

struct server_redis_options {
    const char *data;  /* turnoutd's data folder; NULL: not needed */
    const char *redis; /* NULL: turnoutd manages it, in `data`; and so the others */
    const char *redis_user;
    const char *redis_password_file;
};

/* The rows of a command's table that say which Redis. They fill the member `server` of its options, a
 * server_redis_options. `data_help` is the help of --data; `user` is whom it would log in as to a Redis that turnoutd does
 * not manage. */
#define SERVER_REDIS_SETTINGS(type, data_help, user)                                                         \
    {.name = "data",                                                                                         \
     .kind = SETTING_PATH,                                                                                   \
     SETTING_AT(type, server.data),                                                                          \
     .standard = "turnout-data",                                                                             \
     .takes = "DIR",                                                                                         \
     .help = (data_help)},                                                                                   \
        {.name = "redis",                                                                                    \
         .kind = SETTING_TEXT,                                                                               \
         SETTING_AT(type, server.redis),                                                                     \
         .takes = "ADDRESS",                                                                                 \
         .help = "unix:/path or tcp://host:port, when somebody else runs Redis"},                            \
        {.name = "redis-user",                                                                               \
         .kind = SETTING_TEXT,                                                                               \
         SETTING_AT(type, server.redis_user),                                                                \
         .takes = "NAME",                                                                                    \
         .help = "with --redis: as whom to log in there, such as " user},                                    \
    {                                                                                                        \
        .name = "redis-password-file", .kind = SETTING_PATH, SETTING_AT(type, server.redis_password_file),   \
        .takes = "FILE", .help = "with --redis: its first line is that user's password"                      \
    }

enum server_redis_use {
    REDIS_OF_A_STOPPED_SERVER, /* which a turnoutd that runs would not notice */
    REDIS_OF_ANY_SERVER, /* where a turnoutd runs, beside it; and where it has never managed a Redis, none is made */
};

struct server_redis {
    struct store_address address;
    int data_fd;                 /* locked as turnoutd does, unless one runs there; -1 */
    struct managed_redis *redis; /* NULL: somebody else's, or of the turnoutd that runs */
    int64_t patience_ms;         /* for it to serve: one that was started now may have to load first */
};

/* Checks that options for --redis come with it. Returns an exit status of cli/command.h. */
int server_redis_check(const char *command, const struct server_redis_options *options);

/* The same, and that --data does not: for a command that needs no data folder beside it. */
int server_redis_check_either(const char *command, const struct settings_values *values,
                              const struct server_redis_options *options);

/* Locks the data folder, and starts the Redis in it, to be logged in to as `managed_user`. Returns an exit status of
 * cli/command.h; what is wrong has been told for the command of this name. The caller ends with server_redis_close(). */
int server_redis_open(const char *command, const struct server_redis_options *options,
                      enum server_redis_use use, const char *managed_user, struct server_redis *ret_server);

/* The same, beside a turnoutd that runs or without one, as the user that may only look. */
int server_redis_open_to_read(const char *command, const struct server_redis_options *options,
                              struct server_redis *ret_server);
void server_redis_close(struct server_redis *server);

#endif
