/* What the load programs are told on their command lines; one set of words for all of them. */
#ifndef TURNOUT_BENCH_OPTIONS_H
#define TURNOUT_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/store/store.h>

enum { BENCH_CONNECTIONS_MAX = 16384, BENCH_A_SECOND_MAX = 100000, BENCH_SECONDS_MAX = 3600 };

struct bench_options {
    const char *election;       /* --election DIR */
    const char *data;           /* --data DIR: where bench_redis keeps its Redis */
    struct store_address redis; /* --redis ADDRESS, as turnoutd's setting */
    uint16_t port;              /* --port N, on 127.0.0.1 */
    uint16_t http_port;         /* --http-port N: where turnoutd takes reports over HTTP */
    uint32_t connections;       /* --connections N; default 1 */
    uint32_t a_second;          /* --a-second N: reports, or connections opened; default 1 */
    uint32_t seconds;           /* --seconds N: the longest that an attack goes on; default 60 */
    const char *token;          /* --token TOKEN, of a relay */
    const char *text;           /* --text TEXT: what an attack sends; default nothing */
    uint32_t reports_a_unit;    /* --reports-a-unit N; default 1 */
    uint32_t reports_a_batch;   /* --reports-a-batch N; default 1000, the most */
    uint64_t seed;              /* --seed N; default 1 */
};

/* False, with a word on standard error, when the command line cannot be read. */
bool bench_options_read(int argc, char **argv, struct bench_options *ret_options);

#endif
