/* A private redis-server for what is measured beside turnoutd: started with the very settings that turnoutd gives
 * its own, with the same function library and the same election in it. Runs until it is told to stop, by SIGTERM
 * or SIGINT, and then stops the redis-server. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/store/managed_redis.h>
#include <turnout/store/prepare.h>

#include "bench_reports.h"

enum { PATIENCE_MS = 10000 };

static void on_event(void *context, const char *event, pid_t pid, const char *detail)
{
    (void)context;
    (void)fprintf(stderr, "redis-server %d %s %s\n", (int)pid, event, detail);
}

static bool prepare(const struct election_folder *folder, const struct store_address *address,
                    struct error *error)
{
    struct store_options options = {
        .address = *address,
        .election = &folder->election,
        .reg = folder->reg,
        .command_deadline_ms = STORE_COMMAND_DEADLINE_MS,
        .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX,
    };
    struct store_preparation preparation = {.patience_ms = PATIENCE_MS};
    struct store_prepared prepared;
    return store_prepare(&options, &preparation, &prepared, error) == TURNOUT_OK;
}

/* Prints where it listens once it can be used, then waits for the signal. */
static bool serve(const struct bench_options *options, const struct election_folder *folder,
                  const sigset_t *ends, struct error *error)
{
    struct managed_redis *redis;
    struct store_address address;
    if (managed_redis_start(options->data, on_event, NULL, &redis, &address, error) != TURNOUT_OK) {
        return false;
    }
    bool prepared = prepare(folder, &address, error);
    if (prepared) {
        (void)printf("ready %s\n", address.path);
        (void)fflush(stdout);
        while (sigwaitinfo(ends, NULL) < 0 && errno == EINTR) {
        }
    }
    managed_redis_stop(redis);
    return prepared;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    sigset_t ends;
    if (sigemptyset(&ends) != 0 || sigaddset(&ends, SIGTERM) != 0 || sigaddset(&ends, SIGINT) != 0 ||
        sigprocmask(SIG_BLOCK, &ends, NULL) != 0 || sodium_init() < 0) {
        return EXIT_FAILURE;
    }
    if (!bench_options_read(argc, argv, &options) || !bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    struct error error = {0};
    bool served = serve(&options, &reports.folder, &ends, &error);
    if (!served) {
        (void)fprintf(stderr, "bench_redis: %s\n", error.text);
    }
    bench_reports_done(&reports);
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
