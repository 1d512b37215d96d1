/* What the store's own files see of it. */
#ifndef TURNOUT_STORE_STORE_PRIVATE_H
#define TURNOUT_STORE_STORE_PRIVATE_H

#include <turnout/base/text.h>
#include <turnout/store/store.h>

#include "redis_keys.h"
#include "redis_link.h"

const struct election_register *store_register(const struct store *store);
const struct election *store_election(const struct store *store);

void store_keys_of(const struct store *store, uint32_t province, struct province_keys *ret_keys);

/* As redis_link_send(), on the store's link. */
void store_send(struct store *store, int argument_count, const struct slice *arguments,
                redis_link_reply_fn *on_reply, void *context);

/* What Redis or the link said where an answer was hoped for. */
const char *store_word_of(const struct redisReply *reply, const char *why);

/* An error reply that comes from what the keys hold, and that asking again will not change. */
bool store_is_about_content(const struct redisReply *reply);

/* proto/lua, carried in at build time. */
extern const char turnout_lua[];
extern const size_t turnout_lua_length;

#endif
