/* Whether Redis is set up so that what it has answered is on the disk (DESIGN section 1, promise 1). */
#ifndef TURNOUT_STORE_DURABILITY_H
#define TURNOUT_STORE_DURABILITY_H

#include <turnout/base/error.h>

struct redisContext;

/* TURNOUT_OK when it is, and will be read from there again. TURNOUT_CONFLICT names every setting that is not as it must
 * be, or says that Redis could not read back what it wrote, or that it does not let itself be asked. */
enum turnout_error durability_check(struct redisContext *redis, struct error *error);

#endif
