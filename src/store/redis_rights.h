/* Which writes Redis lets a user make. */
#ifndef TURNOUT_STORE_REDIS_RIGHTS_H
#define TURNOUT_STORE_REDIS_RIGHTS_H

#include <stdbool.h>

#include <turnout/base/error.h>
#include <turnout/store/address.h>

#include "redis_command.h"

struct redisContext;
struct redisReply;

enum { RIGHTS_QUESTIONS = 5 }; /* one for each kind of write that the functions make (proto/turnout.lua) */

/* Begins question `which`: whether `user` may make that kind of write. */
void redis_rights_put_question(struct redis_command *command, const char *user, int which);
bool redis_rights_may(const struct redisReply *reply); /* what Redis answered; false for an error, too */
const char *redis_rights_command(int which);           /* which it is about, "HSET" */

/* The user that an address logs in as. */
const char *redis_rights_user(const struct store_address *address);

/* Fails with TURNOUT_CONFLICT because `user` may not use `command`. */
enum turnout_error redis_rights_fail(const char *user, const char *command, struct error *error);

/* Asks everything. *ret_refused is the first command that the user may not use, NULL when there is none. The errors are
 * those of redis_sync_command: TURNOUT_CONFLICT when we are not let ask. */
enum turnout_error redis_rights_check(struct redisContext *redis, const char *user, const char **ret_refused,
                                      struct error *error);

#endif
