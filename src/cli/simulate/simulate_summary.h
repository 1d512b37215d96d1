/* The results of a simulation: answers by status and code, rate, latencies. */
#ifndef TURNOUT_SIMULATE_SUMMARY_H
#define TURNOUT_SIMULATE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <turnout/base/buffer.h>
#include <turnout/election/report.h>

#include "client/sender.h"
#include "simulate/latency.h"

struct simulate_summary {
    uint64_t planned; /* reports */
    uint64_t renewed; /* of them, sent again because the generation has changed */
    uint64_t by_status[STATUS_COUNT];
    uint64_t by_code[CODE_COUNT];
    struct latency latency;
    struct sender_counts sent;
    int64_t duration_us;
    uint64_t seed;
    uint32_t connections;
    bool interrupted;
};

/* Whether every planned report was answered and counts. One that was sent again may be superseded: of a unit's
 * reports that were not lost, only the last is a duplicate. */
bool simulate_summary_is_clean(const struct simulate_summary *summary);

void simulate_summary_write(struct buffer *out, const struct simulate_summary *summary);
void simulate_summary_write_json(struct buffer *out, const struct simulate_summary *summary); /* one line */

/* Either of them. */
void simulate_summary_print(const struct simulate_summary *summary, bool json, FILE *out);

#endif
