/* Checks whether Redis still is what it was prepared to be (store/inspect.h), whenever a link comes up and every
 * INSPECTOR_LOOK_MS. Findings go to health, and shut the gate where an acknowledgement would be worth nothing. Missing
 * functions are loaded again. Nothing else is ever repaired here: a Redis that comes back empty is not seeded.
 *
 * Lives on one event_base, and uses a store's link that it does not own. */
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
    struct clock_watch *clock; /* checked here, too */
    struct health *health;     /* may be NULL */
    bool is_relaxed;           /* also acknowledge what Redis may lose */
};

struct inspector *inspector_new(struct event_base *base, const struct inspector_options *options);

/* Checks soon: the link has come up, perhaps to another Redis or another register. */
void inspector_look_soon(struct inspector *inspector);

/* Free the store before: its last answer still comes here. NULL-safe. */
void inspector_free(struct inspector *inspector);

#endif
