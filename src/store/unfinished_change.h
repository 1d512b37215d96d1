/* A change of the register that was interrupted, and is continued by a server that starts with the files of the new
 * one. Blocking. */
#ifndef TURNOUT_STORE_UNFINISHED_CHANGE_H
#define TURNOUT_STORE_UNFINISHED_CHANGE_H

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct redisContext;

/* Where Redis has noted down a change to this register, brings it to its end; where a unit that must be silent has
 * reported since, takes back what was done of it. TURNOUT_CONFLICT when neither can be, TURNOUT_UNAVAILABLE when
 * somebody else turns or ends the change meanwhile. Several servers may do this at the same time. */
enum turnout_error unfinished_change_end(struct redisContext *redis, const struct election *election,
                                         const struct election_register *reg, struct error *error);

#endif
