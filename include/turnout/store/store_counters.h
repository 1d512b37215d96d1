/* The counters of a link to Redis. Written by its thread, read by others for /metrics. */
#ifndef TURNOUT_STORE_STORE_COUNTERS_H
#define TURNOUT_STORE_STORE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

struct store_counters {
    _Atomic uint64_t commands; /* sent, of any kind */
    _Atomic uint64_t commits;  /* answered commits: at most this many fdatasyncs */
    _Atomic uint64_t lines;    /* log lines in those commits */
    _Atomic uint64_t stale;    /* communes in them that another server had changed */
    _Atomic uint64_t failures; /* commands that failed or whose outcome is unknown */
    _Atomic uint64_t links_lost;
};

#endif
