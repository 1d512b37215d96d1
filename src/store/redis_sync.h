/* Blocking commands, for what is done once at start. */
#ifndef TURNOUT_STORE_REDIS_SYNC_H
#define TURNOUT_STORE_REDIS_SYNC_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/store/address.h>

#include "redis_command.h"

struct redisContext;
struct redisReply;

/* Connects and logs in. Every wait on the connection is bounded by `timeout_ms`. TURNOUT_UNAVAILABLE when it cannot be
 * had, TURNOUT_CONFLICT when Redis does not let the user in: waiting is of no use then. The caller ends it with
 * redisFree(). */
enum turnout_error redis_sync_connect(const struct store_address *address, int64_t timeout_ms,
                                      struct redisContext **ret_redis, struct error *error);

/* The same, and has one PING answered, which Redis refuses while it is loading. */
enum turnout_error redis_sync_connect_serving(const struct store_address *address, int64_t timeout_ms,
                                              struct redisContext **ret_redis, struct error *error);

/* The same with a timeout of ten seconds, and goes on trying for `patience_ms` (0: tries once), unless Redis serves
 * but not us. */
enum turnout_error redis_sync_connect_patiently(const struct store_address *address, int64_t patience_ms,
                                                struct redisContext **ret_redis, struct error *error);

/* Sends the command, ends it, and waits for its reply. `name` is for errors. An error reply and a lost connection are
 * TURNOUT_UNAVAILABLE with Redis's words; TURNOUT_CONFLICT when the error is about what the keys hold, or about what
 * the user may do. The caller ends the reply with freeReplyObject(). */
enum turnout_error redis_sync_send(struct redisContext *redis, const char *name,
                                   struct redis_command *command, struct redisReply **ret_reply,
                                   struct error *error);

/* The same for a few words. */
enum turnout_error redis_sync_command(struct redisContext *redis, int argument_count,
                                      const struct slice *arguments, struct redisReply **ret_reply,
                                      struct error *error);

/* The same two where the reply is a number: 0 when it is something else. `ret_number` is NULL where it does not
 * matter. */
enum turnout_error redis_sync_send_number(struct redisContext *redis, const char *name,
                                          struct redis_command *command, int64_t *ret_number,
                                          struct error *error);
enum turnout_error redis_sync_number(struct redisContext *redis, int argument_count,
                                     const struct slice *arguments, int64_t *ret_number, struct error *error);

#endif
