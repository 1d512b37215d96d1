/* The counters of a worker, for /metrics. Written by its thread alone and read by the operations listener: relaxed
 * atomics, no locks. */
#ifndef TURNOUT_SERVICE_COUNTERS_H
#define TURNOUT_SERVICE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include <turnout/election/report.h>

struct counters {
    _Atomic uint64_t reports_by_status[STATUS_COUNT]; /* answers given */
    _Atomic uint64_t reports_by_code[CODE_COUNT];     /* those with a code */
    _Atomic uint64_t connections_accepted;
    _Atomic uint64_t connections_refused;   /* over a limit */
    _Atomic uint64_t connections_made_room; /* closed to make room for a new one */
    _Atomic uint64_t connections_open;
    _Atomic uint64_t accept_pauses;       /* the listener paused for lack of descriptors */
    _Atomic uint64_t requests;            /* HTTP requests answered */
    _Atomic uint64_t requests_bad;        /* of them, refused by the parser */
    _Atomic uint64_t requests_too_many;   /* of them, answered 429 */
    _Atomic uint64_t documents_served;    /* public documents, from the publication */
    _Atomic uint64_t documents_unchanged; /* of them, answered 304 */
};

static inline void counter_add(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static inline void counter_subtract(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_sub_explicit(counter, by, memory_order_relaxed);
}

static inline uint64_t counter_read(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

#endif
