/* How to log in to Redis, and what to do when it says no. */
#ifndef TURNOUT_STORE_REDIS_LOGIN_H
#define TURNOUT_STORE_REDIS_LOGIN_H

#include <stdbool.h>

#include <turnout/store/address.h>

#include "redis_command.h"

/* The command, which the caller ends with redis_command_done. False when there is nobody to log in as: then there is no
 * command, and Redis sees its default user. */
bool redis_login_command(const struct store_address *address, struct redis_command *ret_command);

/* What a person can do about an error of Redis that is about who we are or what we may do; NULL when it is about
 * something else. Asking again is of no use until somebody has done it. */
const char *redis_login_advice(const char *redis_error);

#endif
