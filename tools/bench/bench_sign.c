/* Puts the keys with which the load programs sign into an election's folder. */
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "bench_reports.h"

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    options.is_signed = true;
    if (!bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    struct error error;
    enum turnout_error failed = bench_keys_write(reports.keys, options.election, &error);
    if (failed != TURNOUT_OK) {
        (void)fprintf(stderr, "bench_sign: %s\n", error.text);
    }
    bench_reports_done(&reports);
    return failed == TURNOUT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
