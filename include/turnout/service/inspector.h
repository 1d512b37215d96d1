/* Looks whether Redis is still what it was prepared to be (store/inspect.h), whenever a link comes up and every
 * INSPECTOR_LOOK_MS; what is found goes to health, and shuts the gate where an acknowledgement would be worth
 * nothing. Functions that are missing are loaded again. Nothing else is ever mended here: a Redis that comes back empty
 * is not seeded.
 *
 * Lives on one event_base, and asks on a store's link that is not its own. */
#ifndef TURNOUT_SERVICE_INSPECTOR_H
#define TURNOUT_SERVICE_INSPECTOR_H

#include <turnout/service/clock_watch.h>
#include <turnout/service/gate.h>
#include <turnout/service/health.h>
#include <turnout/store/store.h>

struct event_base;
struct inspector;

enum { INSPECTOR_LOOK_MS = 1000 };

struct inspector_options {
    struct store *store; /* borrowed, as all here */
    struct gate *gate;
    struct clock_watch *clock; /* is looked at here, too */
    struct health *health;     /* may be NULL */
    bool is_relaxed;           /* what Redis may lose is acknowledged all the same */
};

struct inspector *inspector_new(struct event_base *base, const struct inspector_options *options);

/* Its own link has come up: what it finds may be another Redis, or another register. */
void inspector_look_soon(struct inspector *inspector);

/* Free the store before: its last answer still comes here. NULL-safe. */
void inspector_free(struct inspector *inspector);

#endif
