/* The Redis of a turnoutd that was stopped, for a command that changes what it holds. Where turnoutd manages its own Redis,
 * the command runs that Redis for as long as it needs it. */
#ifndef TURNOUT_CLI_STOPPED_SERVER_H
#define TURNOUT_CLI_STOPPED_SERVER_H

#include <turnout/store/address.h>
#include <turnout/store/managed_redis.h>

struct stopped_server_options {
    const char *data;  /* turnoutd's data folder; NULL: not needed */
    const char *redis; /* NULL: turnoutd manages it, in `data`; and so the others */
    const char *redis_user;
    const char *redis_password_file;
};

struct stopped_server {
    struct store_address address;
    int data_fd;                 /* locked as turnoutd does, so that none is running there; -1 */
    struct managed_redis *redis; /* NULL: somebody else's */
};

/* Locks the data folder, and starts the Redis in it, to be logged in to as `managed_user`. Returns an exit status of
 * cli/command.h; what is wrong has been told for the command of this name. The caller ends with stopped_server_close(). */
int stopped_server_open(const char *command, const struct stopped_server_options *options,
                        const char *managed_user, struct stopped_server *ret_server);
void stopped_server_close(struct stopped_server *server);

#endif
