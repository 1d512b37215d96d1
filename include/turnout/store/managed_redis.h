/* A private redis-server of turnoutd's own: started, watched, restarted with back-off, stopped. It listens on a
 * unix socket inside `data`/redis (mode 0700) and nowhere else, and knows the users of config/redis/users.acl. If turnoutd
 * crashed and its Redis lived on, the next turnoutd takes that one over. */
#ifndef TURNOUT_STORE_MANAGED_REDIS_H
#define TURNOUT_STORE_MANAGED_REDIS_H

#include <sys/types.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct event_base;
struct managed_redis;

enum { MANAGED_RESTART_MS_MIN = 100, MANAGED_RESTART_MS_MAX = 5000, MANAGED_STOP_MS = 10000 };

/* What happened to the process, for the log: "started", "taken-over", "outdated" (it was left behind, but with other
 * settings or users than ours, so it was ended), "ended", "gave-up" (ended by itself; `detail` quotes its log), "restarting",
 * "stopped". */
typedef void managed_redis_event_fn(void *context, const char *event, pid_t pid, const char *detail);

/* Writes redis.conf and users.acl in `data`/redis and starts redis-server, or takes over the one that listens there.
 * Returns once the process is there; whether it answers yet is store_prepare's question. `data` must exist and be
 * locked by the caller. *ret_address is where it listens, for SERVER_REDIS_USER. The caller frees. */
enum turnout_error managed_redis_start(const char *data, managed_redis_event_fn *on_event, void *context,
                                       struct managed_redis **ret_redis, struct store_address *ret_address,
                                       struct error *error);

/* Where the Redis of `data` listens while turnoutd runs there, for SERVER_REDIS_USER. Makes nothing: TURNOUT_NOT_FOUND
 * when no turnoutd has managed one there. */
enum turnout_error managed_redis_find(const char *data, struct store_address *ret_address,
                                      struct error *error);

/* From now on restarts it when it ends, from this loop. */
void managed_redis_watch(struct managed_redis *redis, struct event_base *base);

/* Asks it to write everything and end, waits up to MANAGED_STOP_MS (then kills it: nothing acknowledged is
 * lost), and frees. NULL-safe. */
void managed_redis_stop(struct managed_redis *redis);

#endif
