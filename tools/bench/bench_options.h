/* What the load programs are told on their command lines; one set of words for all of them. */
#ifndef TURNOUT_BENCH_OPTIONS_H
#define TURNOUT_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <turnout/store/address.h>

enum {
    BENCH_CONNECTIONS_MAX = 16384,
    BENCH_A_SECOND_MAX = 100000,
    BENCH_SECONDS_MAX = 3600,
    BENCH_COUNT_MAX = 100000000,
    BENCH_BATCH_MAX = 1000,
    BENCH_PORTS_MAX = 8,
    BENCH_WATCHED_MAX = 8,
};

struct bench_options {
    const char *election;            /* --election DIR */
    const char *data;                /* --data DIR: where bench_redis keeps its Redis */
    struct store_address redis;      /* --redis ADDRESS, as turnoutd's setting */
    uint16_t ports[BENCH_PORTS_MAX]; /* --port N,N..., on 127.0.0.1; several for bench_several */
    uint32_t port_count;
    uint16_t http_port;   /* --http-port N: where turnoutd takes reports over HTTP */
    uint32_t connections; /* --connections N; default 1 */
    uint32_t a_second;    /* --a-second N: reports, or connections opened; default 1 */
    uint32_t seconds;     /* --seconds N: the longest that it goes on; default 60 */
    uint32_t threads;     /* --threads N; default 1 */
    const char *token;    /* --token TOKEN, of a relay; default none */
    const char *text;     /* --text TEXT: what an attack sends, `\n` standing for CRLF; default nothing */
    bool is_whole;        /* --whole: all of it at once, and once */
    bool is_deaf;         /* --deaf: and nothing is read */

    /* Which reports: of those of --election, --reports-a-unit and --seed the first --skip are passed over, and --count
     * of the others are sent. */
    uint32_t reports_a_unit; /* --reports-a-unit N; default 1 */
    uint64_t seed;           /* --seed N; default 1 */
    uint32_t skip;           /* --skip N; default 0 */
    uint32_t count;          /* --count N; default all */
    bool is_signed;          /* --signed: by their units */
    bool is_one_commune;     /* --one-commune: only those of the commune with the most units */

    pid_t watched[BENCH_WATCHED_MAX]; /* --watch PID,PID...: whose processor time is measured */
    uint32_t watched_count;
};

/* False, with a word on standard error, when the command line cannot be read. */
bool bench_options_read(int argc, char **argv, struct bench_options *ret_options);

#endif
