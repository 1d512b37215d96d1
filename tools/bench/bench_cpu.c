/* Prints the processor time, in microseconds, that all processes given by --watch have used. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_clock.h"

int main(int argc, char **argv)
{
    struct bench_options options;
    if (!bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    int64_t sum_us = 0;
    for (uint32_t i = 0; i < options.watched_count; i++) {
        int64_t used_us;
        if (!bench_cpu_us(options.watched[i], &used_us)) {
            return EXIT_FAILURE;
        }
        sum_us += used_us;
    }
    (void)printf("%" PRId64 "\n", sum_us);
    return EXIT_SUCCESS;
}
