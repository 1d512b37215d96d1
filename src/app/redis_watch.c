/* The main thread's link to Redis, and who asks on it. */
#include "redis_watch.h"

#include <assert.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>

enum { LAST_READING_MS = 2000 };

static void on_link(void *context, bool up, const char *why)
{
    struct redis_watch *watch = context;
    health_post(watch->health, HEALTH_PUBLISHER_LINK, up, why);
    if (up) {
        log_info("store-up", log_text("link", "publisher"));
        publisher_relink(watch->publisher);
        inspector_look_soon(watch->inspector);
    } else {
        log_warning("store-away", log_text("link", "publisher"), log_text("why", why));
    }
}

void redis_watch_start(struct redis_watch *watch, struct event_base *base, const struct store_options *store,
                       struct publisher_options *publisher, struct inspector_options *inspector,
                       publisher_published_fn *on_published, void *context)
{
    watch->base = base;
    watch->health = inspector->health;
    watch->store = store_new(base, store, on_link, watch);
    publisher->store = watch->store;
    inspector->store = watch->store;
    watch->publisher = publisher_new(base, publisher, on_published, context);
    watch->inspector = inspector_new(base, inspector);
    store_start(watch->store);
    publisher_start(watch->publisher);
}

static void run_while_reading(struct redis_watch *watch, int64_t deadline_ms)
{
    while (publisher_is_reading(watch->publisher) && clock_monotonic_ms() < deadline_ms) {
        int failed = event_base_loop(watch->base, EVLOOP_ONCE);
        assert(failed >= 0);
    }
}

static void on_read_enough(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)context; /* it only ends the waiting */
}

void redis_watch_read_last(struct redis_watch *watch)
{
    if (watch->publisher == NULL || !store_is_up(watch->store)) {
        return;
    }
    int64_t deadline_ms = clock_monotonic_ms() + LAST_READING_MS;
    struct timeval patience = {.tv_sec = LAST_READING_MS / 1000, .tv_usec = LAST_READING_MS % 1000 * 1000};
    struct event *enough = evtimer_new(watch->base, on_read_enough, NULL);
    assert(enough != NULL);
    int failed = evtimer_add(enough, &patience);
    assert(failed == 0);
    run_while_reading(watch, deadline_ms); /* one that was under way may have come too early */
    publisher_read_now(watch->publisher);
    run_while_reading(watch, deadline_ms);
    event_free(enough);
    losses_keep(watch->losses, true);
}

void redis_watch_stop(struct redis_watch *watch)
{
    store_free(watch->store);
    publisher_free(watch->publisher);
    inspector_free(watch->inspector);
    losses_free(watch->losses);
}
