/* What a turnoutd counts, as its /metrics says. */
#ifndef TURNOUT_TESTS_METRIC_H
#define TURNOUT_TESTS_METRIC_H

#include <stdint.h>

#include "turnoutd.h"

/* `name` may have labels, as in `turnout_store_commands_total{link="workers"}`. A metric that is not there fails the
 * test. */
uint64_t metric_of(const struct turnoutd *turnoutd, const char *name);

/* Waits until it is so much. */
void metric_wait(const struct turnoutd *turnoutd, const char *name, uint64_t wanted);

/* Waits until a counter has risen by so much, or more: it may pass any value unseen. */
void metric_wait_rise(const struct turnoutd *turnoutd, const char *name, uint64_t rise);

#endif
