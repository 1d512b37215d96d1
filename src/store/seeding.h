/* Writing the register down in an empty Redis, and recognising it in one that is not. */
#ifndef TURNOUT_STORE_SEEDING_H
#define TURNOUT_STORE_SEEDING_H

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>
#include <turnout/store/meta.h>

struct redisContext;

/* A random one. */
void seeding_make_generation(char ret_generation[GENERATION_BYTES]);

/* What a server brings along. */
struct seeding {
    const struct last_known *known;        /* NULL: it knows nothing */
    const struct election_register *files; /* it follows to this one, where Redis holds it already */
};

/* Seeds the election where it is not there yet, and fills all of *ret_prepared but is_durable. TURNOUT_CONFLICT when
 * Redis holds another register, another schema, another generation than the one that is known, or has lost a province.
 * Several servers may do this at the same time. */
enum turnout_error seeding_ensure(struct redisContext *redis, const struct store_options *options,
                                  const struct seeding *seeding, struct store_prepared *ret_prepared,
                                  struct error *error);

/* Where the election has no key yet that its bulletins are signed with, it takes this one (NULL: none). The one that
 * stands goes into *ret_prepared. */
enum turnout_error seeding_agree_on_key(struct redisContext *redis, const struct election *election,
                                        const char *key, struct store_prepared *ret_prepared,
                                        struct error *error);

/* No bulletin is given this number or one before it. Writes only where that is not so by what stands. */
enum turnout_error seeding_pass_bulletins(struct redisContext *redis, const struct election *election,
                                          int64_t number, struct error *error);

#endif
