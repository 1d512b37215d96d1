/* kill -9 of turnoutd, of Redis, and of both, at random instants under eight writers. */
#include <check.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_CYCLES = 2, AT_MOST_US = 400000, AFTER_US = 100000 };

/* What is killed; the writers go on meanwhile. */
static void run_cycles(const char *name, bool kills_redis, bool kills_turnoutd)
{
    struct fault_cycles cycles = fault_cycles_of(name, SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, NULL);
        uint64_t random = ~cycles.seed;
        fault_writers_run(&world.writers, fault_random_between(&random, 1000, AT_MOST_US));
        bool redis_first = fault_random_between(&random, 0, 1) == 0;
        if (kills_redis && redis_first) {
            fault_world_kill_redis(&world);
        }
        if (kills_redis && kills_turnoutd) {
            fault_writers_run(&world.writers, fault_random_between(&random, 0, 5000));
        }
        if (kills_turnoutd) {
            fault_world_kill_turnoutd(&world);
        }
        if (kills_redis && !redis_first) {
            fault_world_kill_redis(&world);
        }
        fault_writers_run(&world.writers, fault_random_between(&random, 0, 50000));
        if (kills_redis) {
            fault_world_restart_redis(&world);
        }
        if (kills_turnoutd) {
            fault_world_start_turnoutd(&world);
        }
        /* Half of the cycles look at once, half after more reports. */
        if (fault_random_between(&random, 0, 1) == 0) {
            fault_writers_run(&world.writers, AFTER_US);
        }
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

TIMEOUT(7200);

TEST(turnoutd_is_killed)
{
    run_cycles("kill-turnoutd", false, true);
}

TEST(redis_is_killed)
{
    run_cycles("kill-redis", true, false);
}

TEST(both_are_killed)
{
    run_cycles("kill-both", true, true);
}

SUITE("kill");
