/* How to log in to Redis, and what to do when it says no. */
#ifndef TURNOUT_STORE_REDIS_LOGIN_H
#define TURNOUT_STORE_REDIS_LOGIN_H

#include <stdbool.h>

#include <turnout/base/text.h>
#include <turnout/store/store.h>

enum { REDIS_LOGIN_WORDS = 3 };

/* The command, which borrows the address. False when there is nobody to log in as: then Redis sees its default user. */
bool redis_login_command(const struct store_address *address, struct slice ret_words[REDIS_LOGIN_WORDS]);

/* What a person can do about an error of Redis that is about who we are or what we may do; NULL when it is about
 * something else. Asking again is of no use until somebody has done it. */
const char *redis_login_advice(const char *redis_error);

#endif
