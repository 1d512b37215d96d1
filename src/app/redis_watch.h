/* The watch over Redis, on the main thread's one link: the publisher reads what was counted, the inspector says
 * whether anything may be acknowledged, and what is seen is remembered. */
#ifndef TURNOUT_APP_REDIS_WATCH_H
#define TURNOUT_APP_REDIS_WATCH_H

#include <turnout/service/inspector.h>
#include <turnout/service/losses.h>
#include <turnout/service/publisher.h>

/* Zeroed, it has not begun. */
struct redis_watch {
    struct event_base *base; /* borrowed, as is health */
    struct health *health;
    struct store *store;
    struct losses *losses; /* its own */
    struct publisher *publisher;
    struct inspector *inspector;
};

/* `publisher` and `inspector` lack only what the watch has: the link. What they borrow must outlive the watch, but for
 * the losses, which it frees. */
void redis_watch_start(struct redis_watch *watch, struct event_base *base, const struct store_options *store,
                       struct publisher_options *publisher, struct inspector_options *inspector,
                       publisher_published_fn *on_published, void *context);

/* Reads once more, and waits a while for the answers. So the next start knows what was acknowledged up to the end. */
void redis_watch_read_last(struct redis_watch *watch);

void redis_watch_stop(struct redis_watch *watch);

#endif
