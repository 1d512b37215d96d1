/* A call of the function in peer.lua for one report, word by word. */
#ifndef TURNOUT_BENCH_PEER_CALL_H
#define TURNOUT_BENCH_PEER_CALL_H

#include <turnout/election/report.h>

#include "bench_reports.h"

enum { PEER_CALL_WORDS = 14, PEER_CALL_WORD_BYTES = 128 };

struct peer_call {
    char words[PEER_CALL_WORDS][PEER_CALL_WORD_BYTES];
};

void peer_call_make(const struct bench_reports *reports, uint32_t unit, const struct report *report,
                    struct peer_call *ret_call);

#endif
