/* What is counted of a link to Redis. Written by its thread, read by others for /metrics. */
#ifndef TURNOUT_STORE_STORE_COUNTERS_H
#define TURNOUT_STORE_STORE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

struct store_counters {
    _Atomic uint64_t commands; /* sent, of any kind */
    _Atomic uint64_t commits;  /* that were answered: at most this many fdatasyncs */
    _Atomic uint64_t lines;    /* of the log, in those commits */
    _Atomic uint64_t stale;    /* communes of them that another server had changed */
    _Atomic uint64_t failures; /* commands that failed or whose outcome is unknown */
    _Atomic uint64_t links_lost;
};

#endif
