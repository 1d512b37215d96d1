/* Keeps one redis-server running: start or take over, watch, start again with back-off, stop. */
#include <turnout/store/managed_redis.h>

#include <assert.h>
#include <stdlib.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "managed_folder.h"
#include "redis_process.h"

enum {
    LISTEN_PATIENCE_MS = 2000, /* until it listens, at the first start; loading its data comes after */
    STEADY_MS = 10000,         /* one that ran this long starts again without back-off */
};

struct managed_redis {
    struct managed_folder folder;
    struct redis_process process;
    managed_redis_event_fn *on_event;
    void *context;
    int64_t started_ms;
    int64_t backoff_ms;
    struct event_base *base; /* NULL until watched, as are the two below */
    struct event *ended;     /* on the process's pidfd; NULL while none runs */
    struct event *restart;
};

static void tell(const struct managed_redis *redis, const char *event, const char *detail)
{
    redis->on_event(redis->context, event, redis->process.pid, detail);
}

static enum turnout_error start(struct managed_redis *redis, int64_t patience_ms, struct error *error)
{
    redis->started_ms = clock_monotonic_ms();
    enum turnout_error failed = redis_process_start(&redis->folder, patience_ms, &redis->process, error);
    if (failed == TURNOUT_OK) {
        tell(redis, redis->process.taken_over ? "taken-over" : "started", redis->folder.address.path);
    }
    return failed;
}

/* One that runs under other settings or other users than ours, since an earlier turnoutd started it, cannot be taken
 * over: it ends here, before the files say that it were as they say. Nothing acknowledged is lost by that. */
static enum turnout_error end_outdated(struct managed_redis *redis, struct error *error)
{
    struct redis_process left;
    if (managed_folder_is_current(&redis->folder)) {
        return TURNOUT_OK;
    }
    enum turnout_error failed = redis_process_find(&redis->folder, &left, error);
    if (failed != TURNOUT_OK || left.pidfd < 0) {
        return failed;
    }
    char detail[PROCESS_DETAIL_BYTES];
    redis_process_stop(&left, MANAGED_STOP_MS);
    (void)redis_process_reap(&left, &redis->folder, detail);
    redis->on_event(redis->context, "outdated", left.pid, "it ran under other settings or users: ended");
    return TURNOUT_OK;
}

enum turnout_error managed_redis_start(const char *data, managed_redis_event_fn *on_event, void *context,
                                       struct managed_redis **ret_redis, struct store_address *ret_address,
                                       struct error *error)
{
    struct managed_redis *redis = memory_new(sizeof *redis);
    redis->process.pidfd = -1;
    redis->on_event = on_event;
    redis->context = context;
    redis->backoff_ms = MANAGED_RESTART_MS_MIN;
    enum turnout_error failed = managed_folder_make(data, &redis->folder, error);
    if (failed == TURNOUT_OK) {
        failed = end_outdated(redis, error);
    }
    if (failed == TURNOUT_OK) {
        failed = managed_folder_write(&redis->folder, error);
    }
    if (failed == TURNOUT_OK) {
        failed = start(redis, LISTEN_PATIENCE_MS, error);
    }
    if (failed != TURNOUT_OK) {
        free(redis);
        return failed;
    }
    *ret_redis = redis;
    *ret_address = redis->folder.address;
    return TURNOUT_OK;
}

enum turnout_error managed_redis_find(const char *data, struct store_address *ret_address,
                                      struct error *error)
{
    struct managed_folder folder;
    enum turnout_error failed = managed_folder_find(data, &folder, error);
    if (failed == TURNOUT_OK) {
        *ret_address = folder.address;
    }
    return failed;
}

/* ---- watching ---- */

static void restart_later(struct managed_redis *redis)
{
    if (clock_monotonic_ms() - redis->started_ms >= STEADY_MS) {
        redis->backoff_ms = MANAGED_RESTART_MS_MIN;
    }
    struct timeval delay = {.tv_sec = redis->backoff_ms / 1000, .tv_usec = redis->backoff_ms % 1000 * 1000};
    int failed = evtimer_add(redis->restart, &delay);
    assert(failed == 0);
    redis->backoff_ms *= 2;
    if (redis->backoff_ms > MANAGED_RESTART_MS_MAX) {
        redis->backoff_ms = MANAGED_RESTART_MS_MAX;
    }
}

static void on_ended(evutil_socket_t pidfd, short events, void *context)
{
    (void)pidfd;
    (void)events;
    struct managed_redis *redis = context;
    char detail[PROCESS_DETAIL_BYTES];
    event_free(redis->ended);
    redis->ended = NULL;
    bool gave_up = redis_process_reap(&redis->process, &redis->folder, detail);
    tell(redis, gave_up ? "gave-up" : "ended", detail);
    restart_later(redis);
}

static void watch_process(struct managed_redis *redis)
{
    redis->ended = event_new(redis->base, redis->process.pidfd, EV_READ, on_ended, redis);
    assert(redis->ended != NULL);
    int failed = event_add(redis->ended, NULL);
    assert(failed == 0);
}

/* The loop is not held up until it listens: who connects to it tries again anyway. */
static void on_restart(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct managed_redis *redis = context;
    struct error error;
    redis->process.pid = 0;
    tell(redis, "restarting", "");
    if (start(redis, 0, &error) == TURNOUT_OK) {
        watch_process(redis);
    } else {
        tell(redis, "ended", error.text);
        restart_later(redis);
    }
}

void managed_redis_watch(struct managed_redis *redis, struct event_base *base)
{
    assert(redis->base == NULL);
    redis->base = base;
    redis->restart = evtimer_new(base, on_restart, redis);
    assert(redis->restart != NULL);
    watch_process(redis);
}

/* ---- stopping ---- */

void managed_redis_stop(struct managed_redis *redis)
{
    if (redis == NULL) {
        return;
    }
    if (redis->ended != NULL) {
        event_free(redis->ended);
    }
    if (redis->restart != NULL) {
        event_free(redis->restart);
    }
    if (redis->process.pidfd >= 0) {
        char detail[PROCESS_DETAIL_BYTES];
        redis_process_stop(&redis->process, MANAGED_STOP_MS);
        (void)redis_process_reap(&redis->process, &redis->folder, detail);
        tell(redis, "stopped", detail);
    }
    free(redis);
}
