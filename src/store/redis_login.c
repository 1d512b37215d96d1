/* Logs in to Redis, and says what to do when it refuses. */
#include "redis_login.h"

#include <stddef.h>
#include <string.h>

bool redis_login_command(const struct store_address *address, struct redis_command *ret_command)
{
    if (address->user[0] == '\0' && address->password[0] == '\0') {
        return false;
    }
    redis_command_begin(ret_command, "AUTH");
    redis_command_put_text(ret_command, address->user[0] == '\0' ? "default" : address->user);
    redis_command_put_text(ret_command, address->password);
    return true;
}

const char *redis_login_advice(const char *redis_error)
{
    static const char unknown[] = "set redis-user and redis-password-file to a user of this Redis";
    static const char rightless[] = "give the user the rights that it has in config/redis/users.acl";
    static const struct {
        const char *begins;
        const char *advice;
    } refusals[] = {
        {"WRONGPASS ", unknown},
        {"NOAUTH ", unknown},
        {"NOPERM ", rightless},
        {"ERR The user executing the script ",
         rightless}, /* what Redis 7.0 says of a command in a function */
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strncmp(redis_error, refusals[i].begins, strlen(refusals[i].begins)) == 0) {
            return refusals[i].advice;
        }
    }
    return NULL;
}
