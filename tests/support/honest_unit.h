/* An honest unit beside others: a stream on which every report must be accepted. */
#ifndef TURNOUT_TESTS_HONEST_UNIT_H
#define TURNOUT_TESTS_HONEST_UNIT_H

#include "http.h"

struct honest_unit {
    struct http_link link; /* opened and closed by the test */
    int seq;
    int64_t slowest_ms;
};

/* Sends the next report, and waits until it is accepted. */
void honest_report(struct honest_unit *honest);

#endif
