/* Units whose last report was refused, in this server's memory: one entry a unit, the newest REFUSALS_MAX. All
 * workers share it, under a lock that is taken only to record a refusal or its end. */
#ifndef TURNOUT_SERVICE_REFUSALS_H
#define TURNOUT_SERVICE_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/election/report.h>

enum { REFUSALS_MAX = 10000 };

struct refusal {
    uint64_t number; /* counts up; 0: no entry */
    uint32_t unit;   /* index */
    int32_t seq;
    int32_t voted;
    int64_t as_of;
    int64_t received_ms;
    enum report_code code;
    char detail[sizeof(((struct report_result *)NULL)->detail)];
};

struct refusals;

/* For the units of one register. The caller holds the first reference. */
struct refusals *refusals_new(uint32_t unit_count);

/* Thread-safe and NULL-safe, both. */
void refusals_acquire(struct refusals *refusals);
void refusals_release(struct refusals *refusals);

/* Records the result of a unit's report: a rejection replaces its entry, and any other answer removes it. */
void refusals_note(struct refusals *refusals, uint32_t unit, const struct report_received *received,
                   const struct report_result *result);

/* Calls `on_refusal` for each entry, the newest first, with the lock held. */
typedef void refusal_fn(void *context, const struct refusal *refusal);
void refusals_each(struct refusals *refusals, refusal_fn *on_refusal, void *context);

#endif
