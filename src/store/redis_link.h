/* One asynchronous link to Redis: commands out, replies in, in order. It connects, logs in, waits until Redis answers a
 * PING (so not while Redis is still loading), reconnects with back-off, and gives every command a deadline,
 * which hiredis 0.14 does not. Knows nothing of elections. */
#ifndef TURNOUT_STORE_REDIS_LINK_H
#define TURNOUT_STORE_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/store/address.h>
#include <turnout/store/store_counters.h>

struct event_base;
struct redisReply;
struct redis_link;

enum { RECONNECT_MS_MIN = 50, RECONNECT_MS_MAX = 2000 };

/* The link has come up, or was lost after everything in flight was answered; and once more, as lost, when Redis refuses
 * to let us in again. `why` is empty when up. */
typedef void redis_link_state_fn(void *context, bool up, const char *why);

/* Redis's reply, which may be an error reply; or NULL, and then nobody knows what became of the command and
 * `why` says why. Both borrowed for the call. */
typedef void redis_link_reply_fn(void *context, const struct redisReply *reply, const char *why);

struct redis_link_options {
    struct store_address address;
    int64_t command_deadline_ms;
    struct store_counters *counters; /* borrowed */
    redis_link_state_fn *on_link;
    void *context;
};

struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options);
void redis_link_start(struct redis_link *link);

/* Everything in flight is answered first, and so is what its callbacks send meanwhile. NULL-safe. */
void redis_link_free(struct redis_link *link);

bool redis_link_is_up(const struct redis_link *link);
const char *redis_link_why(const struct redis_link *link); /* it is not; borrowed until the loop runs */
size_t redis_link_in_flight_bytes(const struct redis_link *link);

/* Copies the command (redis_command_bytes()). `on_reply` is called exactly once, never before this returns; on a link
 * that is not up, with NULL. */
void redis_link_send(struct redis_link *link, struct slice command, redis_link_reply_fn *on_reply,
                     void *context);

/* For a reply's callback: the reply is no answer to its command. The link is ended and made anew, because nobody can
 * say to which commands the replies behind it belong. */
void redis_link_distrust(struct redis_link *link, const char *why);

#endif
