/* A private redis-server of turnoutd: started, watched, restarted with back-off, stopped. It listens only on a unix
 * socket inside `data`/redis (mode 0700), and knows the users of config/redis/users.acl. If turnoutd crashed and its
 * Redis lived on, the next turnoutd takes it over. */
#ifndef TURNOUT_STORE_MANAGED_REDIS_H
#define TURNOUT_STORE_MANAGED_REDIS_H

#include <sys/types.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

struct event_base;
struct managed_redis;

enum { MANAGED_RESTART_MS_MIN = 100, MANAGED_RESTART_MS_MAX = 5000, MANAGED_STOP_MS = 10000 };

/* What happened to the process, for the log: "started", "taken-over", "outdated" (found running with other settings
 * or users, and ended), "ended", "gave-up" (ended by itself; `detail` quotes its log), "restarting", "stopped". */
typedef void managed_redis_event_fn(void *context, const char *event, pid_t pid, const char *detail);

/* Writes redis.conf and users.acl in `data`/redis and starts redis-server, or takes over the running one. Returns
 * once the process exists; store_prepare waits until it answers. `data` must exist and be locked by the caller.
 * *ret_address is its address, for SERVER_REDIS_USER. The caller ends with managed_redis_stop(). */
enum turnout_error managed_redis_start(const char *data, managed_redis_event_fn *on_event, void *context,
                                       struct managed_redis **ret_redis, struct store_address *ret_address,
                                       struct error *error);

/* The address of the Redis of `data` while turnoutd runs, for SERVER_REDIS_USER. Creates nothing: TURNOUT_NOT_FOUND
 * when no turnoutd has managed one there. */
enum turnout_error managed_redis_find(const char *data, struct store_address *ret_address,
                                      struct error *error);

/* Restarts it from now on when it ends, from this loop. */
void managed_redis_watch(struct managed_redis *redis, struct event_base *base);

/* Asks it to shut down, waits up to MANAGED_STOP_MS, then kills it (nothing acknowledged is lost), and frees.
 * NULL-safe. */
void managed_redis_stop(struct managed_redis *redis);

#endif
