/* The command line of a load program. What a program does not use it does not ask for, so nothing is checked to
 * be there: an address that is missing is one where nobody answers. */
#include "bench_options.h"

#include <getopt.h>
#include <stdio.h>

#include "command_options.h"
#include "simulate_plan.h"

enum option_id {
    OPTION_ELECTION,
    OPTION_DATA,
    OPTION_REDIS,
    OPTION_PORT,
    OPTION_HTTP_PORT,
    OPTION_CONNECTIONS,
    OPTION_A_SECOND,
    OPTION_SECONDS,
    OPTION_THREADS,
    OPTION_TOKEN,
    OPTION_TEXT,
    OPTION_REPORTS_A_UNIT,
    OPTION_SEED,
    OPTION_SKIP,
    OPTION_COUNT,
    OPTION_SIGNED,
    OPTION_ONE_COMMUNE,
    OPTION_WATCH,
};

static const struct option long_options[] = {
    {"election", required_argument, NULL, OPTION_ELECTION},
    {"data", required_argument, NULL, OPTION_DATA},
    {"redis", required_argument, NULL, OPTION_REDIS},
    {"port", required_argument, NULL, OPTION_PORT},
    {"http-port", required_argument, NULL, OPTION_HTTP_PORT},
    {"connections", required_argument, NULL, OPTION_CONNECTIONS},
    {"a-second", required_argument, NULL, OPTION_A_SECOND},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"token", required_argument, NULL, OPTION_TOKEN},
    {"text", required_argument, NULL, OPTION_TEXT},
    {"reports-a-unit", required_argument, NULL, OPTION_REPORTS_A_UNIT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"skip", required_argument, NULL, OPTION_SKIP},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"signed", no_argument, NULL, OPTION_SIGNED},
    {"one-commune", no_argument, NULL, OPTION_ONE_COMMUNE},
    {"watch", required_argument, NULL, OPTION_WATCH},
    {NULL, 0, NULL, 0},
};

static bool read_number(const char *name, const char *value, uint32_t least, uint32_t most,
                        uint32_t *ret_number)
{
    uint64_t number;
    if (!option_number(name, value, least, most, &number)) {
        return false;
    }
    *ret_number = (uint32_t)number;
    return true;
}

static bool read_port(const char *name, const char *value, uint16_t *ret_port)
{
    uint32_t port;
    if (!read_number(name, value, 1, UINT16_MAX, &port)) {
        return false;
    }
    *ret_port = (uint16_t)port;
    return true;
}

static bool add_port(const char *value, struct bench_options *options)
{
    return options->port_count < BENCH_PORTS_MAX &&
           read_port("--port", value, &options->ports[options->port_count++]);
}

static bool add_watched(const char *value, struct bench_options *options)
{
    uint32_t pid;
    if (options->watched_count == BENCH_WATCHED_MAX || !read_number("--watch", value, 1, INT32_MAX, &pid)) {
        return false;
    }
    options->watched[options->watched_count++] = (pid_t)pid;
    return true;
}

static bool read_address(const char *value, struct store_address *ret_address)
{
    struct error error;
    if (store_address_parse(value, ret_address, &error) == TURNOUT_OK) {
        return true;
    }
    (void)fprintf(stderr, "--redis %s: %s\n", value, error.text);
    return false;
}

/* Which reports. */
static bool read_report_option(int option, const char *value, struct bench_options *options)
{
    switch (option) {
    case OPTION_REPORTS_A_UNIT:
        return read_number("--reports-a-unit", value, 1, SIMULATE_ROUNDS_MAX, &options->reports_a_unit);
    case OPTION_SEED:
        return option_number("--seed", value, 0, INT64_MAX, &options->seed);
    case OPTION_SKIP:
        return read_number("--skip", value, 0, BENCH_COUNT_MAX, &options->skip);
    case OPTION_COUNT:
        return read_number("--count", value, 1, BENCH_COUNT_MAX, &options->count);
    case OPTION_SIGNED:
        options->is_signed = true;
        return true;
    case OPTION_ONE_COMMUNE:
        options->is_one_commune = true;
        return true;
    default:
        return false; /* getopt_long has said why */
    }
}

static bool read_option(int option, const char *value, struct bench_options *options)
{
    switch (option) {
    case OPTION_ELECTION:
        options->election = value;
        return true;
    case OPTION_DATA:
        options->data = value;
        return true;
    case OPTION_REDIS:
        return read_address(value, &options->redis);
    case OPTION_PORT:
        return add_port(value, options);
    case OPTION_HTTP_PORT:
        return read_port("--http-port", value, &options->http_port);
    case OPTION_CONNECTIONS:
        return read_number("--connections", value, 1, BENCH_CONNECTIONS_MAX, &options->connections);
    case OPTION_A_SECOND:
        return read_number("--a-second", value, 1, BENCH_A_SECOND_MAX, &options->a_second);
    case OPTION_SECONDS:
        return read_number("--seconds", value, 1, BENCH_SECONDS_MAX, &options->seconds);
    case OPTION_THREADS:
        return read_number("--threads", value, 1, BENCH_CONNECTIONS_MAX, &options->threads);
    case OPTION_TOKEN:
        options->token = value;
        return true;
    case OPTION_TEXT:
        options->text = value;
        return true;
    case OPTION_WATCH:
        return add_watched(value, options);
    default:
        return read_report_option(option, value, options);
    }
}

bool bench_options_read(int argc, char **argv, struct bench_options *ret_options)
{
    *ret_options = (struct bench_options){
        .election = ".",
        .data = ".",
        .connections = 1,
        .a_second = 1,
        .seconds = 60,
        .threads = 1,
        .token = "",
        .text = "",
        .reports_a_unit = 1,
        .seed = 1,
        .count = BENCH_COUNT_MAX,
    };
    int option = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!read_option(option, optarg, ret_options)) {
            return false;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "%s: what is `%s`?\n", argv[0], argv[optind]);
        return false;
    }
    return true;
}
