/* /metrics: every counter of the server as Prometheus text (exposition format 0.0.4). */
#ifndef TURNOUT_SERVICE_METRICS_H
#define TURNOUT_SERVICE_METRICS_H

#include <turnout/base/buffer.h>
#include <turnout/service/counters.h>
#include <turnout/service/publisher.h>
#include <turnout/store/store.h>

/* The sources of the figures; all borrowed, and read while others write. */
struct metrics_sources {
    const struct counters *const *workers; /* worker_count of them */
    uint32_t worker_count;
    const struct store_counters *const *worker_stores; /* worker_store_count of them */
    uint32_t worker_store_count;
    const struct publisher_counters *publisher;
    const struct store_counters *publisher_store;
    const struct store_counters *tally_store;
};

void metrics_write(struct buffer *out, const struct metrics_sources *sources);

#endif
