/* Writing the register down in an empty Redis, and recognising it in one that is not. */
#ifndef TURNOUT_STORE_SEEDING_H
#define TURNOUT_STORE_SEEDING_H

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct redisContext;

/* Seeds the election where it is not there yet. TURNOUT_CONFLICT when Redis holds another register, another
 * schema, or has lost a province. Several servers may do this at the same time. */
enum turnout_error seeding_ensure(struct redisContext *redis, const struct store_options *options,
                                  const unsigned char register_digest[REGISTER_DIGEST_BYTES],
                                  struct error *error);

#endif
