/* A change of the register that was interrupted, and is continued by a server that starts with the files of the new one.
 * Blocking. */
#ifndef TURNOUT_STORE_UNFINISHED_CHANGE_H
#define TURNOUT_STORE_UNFINISHED_CHANGE_H

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct redisContext;

/* Where Redis has noted down a change to the register of the options, brings it to its end. TURNOUT_CONFLICT when it
 * cannot be any more. Several servers may do this at the same time. */
enum turnout_error unfinished_change_end(struct redisContext *redis, const struct store_options *options,
                                         struct error *error);

#endif
