/* Two kinds of clocks, both the kernel's. */
#include "bench_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <turnout/base/clock.h>

enum { SECOND_US = 1000000, MICROSECOND_NS = 1000 };

bool bench_cpu_us(pid_t pid, int64_t *ret_us)
{
    clockid_t clock;
    struct timespec used;
    int failed = clock_getcpuclockid(pid, &clock);
    if (failed != 0 || clock_gettime(clock, &used) != 0) {
        (void)fprintf(stderr, "process %d: its processor time cannot be read\n", (int)pid);
        return false;
    }
    *ret_us = (int64_t)used.tv_sec * SECOND_US + used.tv_nsec / MICROSECOND_NS;
    return true;
}

bool bench_clock_start(struct bench_clock *clock, const struct bench_options *options)
{
    *clock = (struct bench_clock){.options = options};
    for (uint32_t i = 0; i < options->watched_count; i++) {
        if (!bench_cpu_us(options->watched[i], &clock->cpu_us[i])) {
            return false;
        }
    }
    clock->started_us = clock_monotonic_us();
    return true;
}

bool bench_clock_print(const struct bench_clock *clock, size_t accepted)
{
    int64_t duration_us = clock_monotonic_us() - clock->started_us;
    (void)printf("{\"accepted\":%zu,\"duration_us\":%" PRId64 ",\"reports_a_second\":%" PRId64, accepted,
                 duration_us, (int64_t)accepted * SECOND_US / (duration_us > 0 ? duration_us : 1));
    for (uint32_t i = 0; i < clock->options->watched_count; i++) {
        int64_t now_us;
        if (!bench_cpu_us(clock->options->watched[i], &now_us)) {
            return false;
        }
        (void)printf(",\"cpu_us_%" PRIu32 "\":%" PRId64, i + 1, now_us - clock->cpu_us[i]);
    }
    (void)printf("}\n");
    return true;
}
