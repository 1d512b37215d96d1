/* One asynchronous link to Redis: commands out, replies in, in order. It connects, logs in, waits until Redis answers a
 * PING (so not while Redis is still loading), reconnects with back-off, and gives every command a deadline,
 * which hiredis 0.14 does not. Knows nothing of elections. */
#ifndef TURNOUT_STORE_REDIS_LINK_H
#define TURNOUT_STORE_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/store/store.h>

struct redisReply;
struct redis_link;

/* Redis's reply, which may be an error reply; or NULL, and then nobody knows what became of the command and
 * `why` says why. Both borrowed for the call. */
typedef void redis_link_reply_fn(void *context, const struct redisReply *reply, const char *why);

struct redis_link_options {
    struct store_address address;
    int64_t command_deadline_ms;
    struct store_counters *counters; /* borrowed */
    store_link_fn *on_link;
    void *context;
};

struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options);
void redis_link_start(struct redis_link *link);

/* Everything in flight is answered first, and so is what its callbacks send meanwhile. NULL-safe. */
void redis_link_free(struct redis_link *link);

bool redis_link_is_up(const struct redis_link *link);
size_t redis_link_in_flight_bytes(const struct redis_link *link);

/* Copies the arguments. `on_reply` is called exactly once, never before this returns; on a link that is not up,
 * with NULL. */
void redis_link_send(struct redis_link *link, int argument_count, const struct slice *arguments,
                     redis_link_reply_fn *on_reply, void *context);

#endif
