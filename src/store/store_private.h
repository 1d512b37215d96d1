/* What the store's own files see of it. */
#ifndef TURNOUT_STORE_STORE_PRIVATE_H
#define TURNOUT_STORE_STORE_PRIVATE_H

#include <turnout/base/text.h>
#include <turnout/store/store.h>

#include "redis_command.h"
#include "redis_keys.h"
#include "redis_link.h"

struct redisReply;

#define STORE_SCHEMA "2" /* what meta says of how the keys are to be read */

const struct election_register *store_register(const struct store *store);
const struct election *store_election(const struct store *store);
const struct store_address *store_address(const struct store *store);
struct store_counters *store_counting(struct store *store);

void store_keys_of(const struct store *store, uint32_t province, struct province_keys *ret_keys);

/* Begins a call of a function with `count` of the province's keys (KEY_...), each as many times as it is named. */
enum store_call { CALL_WRITING, CALL_READING };
void store_begin_call(const struct store *store, struct redis_command *command, enum store_call kind,
                      const char *function, uint32_t province, const int *keys, uint32_t count);

/* Begins an HMGET of the units first .. first + count - 1, all of one province, from one of its keys. */
void store_begin_units(const struct store *store, struct redis_command *command, int key, uint32_t first,
                       uint32_t count);

/* Takes the states of units out of a list of their words. An absent unit is a silent one. */
enum turnout_error store_take_units(const struct redisReply *list, const struct unit *units,
                                    struct unit_state *ret_states, struct error *error);

/* Sends the command and ends it. `on_reply` is called exactly once, never before this returns. */
void store_send(struct store *store, struct redis_command *command, redis_link_reply_fn *on_reply,
                void *context);

/* redis_link_distrust() */
void store_distrust(struct store *store, const char *why);

/* proto/turnout.lua, carried in at build time. */
extern const char turnout_lua[];
extern const size_t turnout_lua_length;

#endif
