/* An opening of the election that was interrupted: it is ended by the next server that starts. Blocking. */
#ifndef TURNOUT_STORE_UNFINISHED_OPENING_H
#define TURNOUT_STORE_UNFINISHED_OPENING_H

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct redisContext;

/* Takes every province into this phase of the election. TURNOUT_UNAVAILABLE when another phase stands by now, or
 * somebody else is changing it. If somebody is opening the election just now, they are told that it was changed. */
enum turnout_error unfinished_opening_end(struct redisContext *redis, const struct store_options *options,
                                          const char *generation, enum election_phase phase,
                                          struct error *error);

#endif
