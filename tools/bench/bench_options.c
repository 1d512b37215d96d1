/* The command line of a load program. What a program does not use it does not ask for, so nothing is checked to
 * be there: an address that is missing is one where nobody answers. */
#include "bench_options.h"

#include <getopt.h>
#include <stdio.h>

#include "command_options.h"
#include "simulate/simulate_plan.h"

enum option_id {
    OPTION_ELECTION,
    OPTION_DATA,
    OPTION_REDIS,
    OPTION_PORT,
    OPTION_HTTP_PORT,
    OPTION_CONNECTIONS,
    OPTION_A_SECOND,
    OPTION_SECONDS,
    OPTION_TOKEN,
    OPTION_TEXT,
    OPTION_REPORTS_A_UNIT,
    OPTION_REPORTS_A_BATCH,
    OPTION_SEED,
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
    {"token", required_argument, NULL, OPTION_TOKEN},
    {"text", required_argument, NULL, OPTION_TEXT},
    {"reports-a-unit", required_argument, NULL, OPTION_REPORTS_A_UNIT},
    {"reports-a-batch", required_argument, NULL, OPTION_REPORTS_A_BATCH},
    {"seed", required_argument, NULL, OPTION_SEED},
    {NULL, 0, NULL, 0},
};

static bool read_number(const char *name, const char *value, uint32_t most, uint32_t *ret_number)
{
    uint64_t number;
    if (!option_number(name, value, 1, most, &number)) {
        return false;
    }
    *ret_number = (uint32_t)number;
    return true;
}

static bool read_port(const char *name, const char *value, uint16_t *ret_port)
{
    uint32_t port;
    if (!read_number(name, value, UINT16_MAX, &port)) {
        return false;
    }
    *ret_port = (uint16_t)port;
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
        return read_port("--port", value, &options->port);
    case OPTION_HTTP_PORT:
        return read_port("--http-port", value, &options->http_port);
    case OPTION_CONNECTIONS:
        return read_number("--connections", value, BENCH_CONNECTIONS_MAX, &options->connections);
    case OPTION_A_SECOND:
        return read_number("--a-second", value, BENCH_A_SECOND_MAX, &options->a_second);
    case OPTION_SECONDS:
        return read_number("--seconds", value, BENCH_SECONDS_MAX, &options->seconds);
    case OPTION_TOKEN:
        options->token = value;
        return true;
    case OPTION_TEXT:
        options->text = value;
        return true;
    case OPTION_REPORTS_A_UNIT:
        return read_number("--reports-a-unit", value, SIMULATE_ROUNDS_MAX, &options->reports_a_unit);
    case OPTION_REPORTS_A_BATCH:
        return read_number("--reports-a-batch", value, STORE_BATCH_REPORTS_MAX, &options->reports_a_batch);
    case OPTION_SEED:
        return option_number("--seed", value, 0, INT64_MAX, &options->seed);
    default:
        return false; /* getopt_long has said why */
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
        .token = "",
        .text = "",
        .reports_a_unit = 1,
        .reports_a_batch = STORE_BATCH_REPORTS_MAX,
        .seed = 1,
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
