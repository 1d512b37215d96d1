/* Which writes Redis lets a user make. */
#ifndef TURNOUT_STORE_REDIS_RIGHTS_H
#define TURNOUT_STORE_REDIS_RIGHTS_H

#include <turnout/base/error.h>

struct redisContext;

/* Asks Redis whether `user` may make every kind of write that the functions make (proto/lua). *ret_refused is the first
 * command that it may not, NULL when there is none. The errors are those of redis_sync_command: TURNOUT_CONFLICT when
 * we are not let ask. */
enum turnout_error redis_rights_check(struct redisContext *redis, const char *user, const char **ret_refused,
                                      struct error *error);

#endif
