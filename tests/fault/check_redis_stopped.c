/* Redis is stopped (SIGSTOP) for a while, under load: it holds its links and answers nothing. Reports are `unavailable`
 * within the deadline, turnoutd's memory stays bounded, and all goes on by itself afterwards. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { DEADLINE_MS = 5000, GROWTH_BYTES_MAX = 32 * 1024 * 1024, WARM_REPORTS = 500 };

static long resident_bytes(const struct fault_world *world)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/statm", world->turnoutd.process.pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    long pages = 0;
    ck_assert_int_eq(fscanf(file, "%*d %ld", &pages), 1);
    ck_assert_int_eq(fclose(file), 0);
    return pages * sysconf(_SC_PAGESIZE);
}

static void stop_for(int64_t stopped_ms, uint64_t seed, struct fault_figures *figures)
{
    struct fault_world world;
    fault_world_start(&world, seed, NULL);
    fault_writers_run_until(&world.writers, WARM_REPORTS);
    long before_bytes = resident_bytes(&world);
    int64_t begin_ms = clock_monotonic_ms();
    redis_fixture_signal(&world.redis, SIGSTOP);
    fault_writers_run(&world.writers, 200000);
    if (stopped_ms > DEADLINE_MS) {
        fault_writers_drain(&world.writers); /* Redis has not come back when this does */
        ck_assert_uint_gt(world.writers.unavailable, 0);
    }
    int64_t left_ms = begin_ms + stopped_ms - clock_monotonic_ms();
    fault_writers_run(&world.writers, left_ms > 0 ? left_ms * 1000 : 0);
    long growth_bytes = resident_bytes(&world) - before_bytes;
    ck_assert_msg(growth_bytes < GROWTH_BYTES_MAX, "turnoutd has grown by %ld bytes", growth_bytes);

    redis_fixture_signal(&world.redis, SIGCONT);
    fault_writers_run_until(&world.writers, world.writers.acknowledged + WARM_REPORTS);
    fault_world_check(&world, figures);
    fault_world_stop(&world);
}

TIMEOUT(7200);

TEST(redis_is_stopped)
{
    static const int64_t stopped_ms[] = {1000, 10000, 60000};
    struct fault_cycles cycles = fault_cycles_of("redis-stopped", 1);
    while (fault_cycles_next(&cycles)) {
        for (int i = 0; i < (fault_cycles_are_long() ? COUNT(stopped_ms) : 2); i++) {
            stop_for(stopped_ms[i], cycles.seed, &cycles.figures);
        }
    }
    fault_cycles_end(&cycles);
}

SUITE("redis_stopped");
