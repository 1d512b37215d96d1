/* A blocking link for walking through what Redis has of an election. */
#ifndef TURNOUT_STORE_WALK_LINK_H
#define TURNOUT_STORE_WALK_LINK_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/store/address.h>
#include <turnout/store/read.h>

struct redisContext;
struct redisReply;

/* Connects, and makes sure that Redis holds this election, with this register. TURNOUT_CONFLICT when it does not, or
 * does not let the user in; TURNOUT_NOT_FOUND when it holds nothing of the election; TURNOUT_UNAVAILABLE when it does
 * not serve within `patience_ms`. The caller ends it with redisFree(). */
enum turnout_error walk_link_open(const struct store_address *address, const struct election *election,
                                  const struct election_register *reg, int64_t patience_ms,
                                  struct redisContext **ret_redis, struct error *error);

/* An entry of a stream, a list of its id and its fields. */
typedef enum turnout_error walk_entry_fn(void *context, const struct redisReply *entry, struct error *error);

/* Walks through a stream from behind the entry `read_to` (empty: from the first) to its end, where `read_to` is the
 * last entry. */
enum turnout_error walk_stream(struct redisContext *redis, const char *key,
                               char read_to[STORE_STREAM_ID_BYTES], walk_entry_fn *on_entry, void *context,
                               struct error *error);

#endif
