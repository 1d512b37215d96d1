/* A private redis-server for what is measured beside turnoutd: started with the very settings that turnoutd gives
 * its own, with the same function library and the same election in it; save that everybody may do everything, because
 * Debian's webdis cannot log in. Runs until it is told to stop, by SIGTERM or SIGINT, and then stops the redis-server. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/file.h>

#include "bench_reports.h"
#include "managed_folder.h"
#include "redis_process.h"

enum { PATIENCE_MS = 10000 };

static const char users[] = "user default on nopass ~* &* +@all\n"
                            "user turnoutd on nopass ~* &* +@all\n";

static enum turnout_error start(const char *data, struct managed_folder *ret_folder,
                                struct redis_process *ret_process, struct error *error)
{
    enum turnout_error failed = managed_folder_make(data, ret_folder, error);
    if (failed == TURNOUT_OK) {
        failed = managed_folder_write(ret_folder, error);
    }
    if (failed == TURNOUT_OK) {
        failed = file_write(ret_folder->users, users, sizeof users - 1, error);
    }
    if (failed == TURNOUT_OK) {
        failed = redis_process_start(ret_folder, PATIENCE_MS, ret_process, error);
    }
    if (failed == TURNOUT_OK) {
        (void)fprintf(stderr, "redis-server %d started\n", (int)ret_process->pid);
    }
    return failed;
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
    memcpy(preparation.register_digest, folder->register_digest, sizeof preparation.register_digest);
    bool durable;
    return store_prepare(&options, &preparation, &durable, error) == TURNOUT_OK;
}

/* Prints where it listens once it can be used, then waits for the signal. */
static bool serve(const struct bench_options *options, const struct election_folder *folder,
                  const sigset_t *ends, struct error *error)
{
    struct managed_folder place;
    struct redis_process process;
    if (start(options->data, &place, &process, error) != TURNOUT_OK) {
        return false;
    }
    bool prepared = prepare(folder, &place.address, error);
    if (prepared) {
        (void)printf("ready %s\n", place.address.path);
        (void)fflush(stdout);
        while (sigwaitinfo(ends, NULL) < 0 && errno == EINTR) {
        }
    }
    char detail[PROCESS_DETAIL_BYTES];
    redis_process_stop(&process, PATIENCE_MS);
    redis_process_reap(&process, detail);
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
