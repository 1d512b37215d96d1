/* Wrong clocks, of turnoutd and of Redis: ten years ahead, ten years behind, and stepping under load. What is told of
 * time may be wrong then; counts may not. */
#include <check.h>
#include <stdio.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_STEPS = 10, LONG_STEPS = 100, SOME_REPORTS = 300 };

static const int64_t TEN_YEARS_MS = INT64_C(10) * 365 * 86400 * 1000;

static void start(struct fault_world *world, uint64_t seed)
{
    fault_world_start(world, seed, &(struct fault_options){.follows_disk = true, .turnoutd_preload = "disk"});
}

TIMEOUT(7200);

TEST(ten_years_ahead)
{
    struct fault_cycles cycles = fault_cycles_of("clock-ahead", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        fault_writers_run_until(&world.writers, SOME_REPORTS);
        world.controls->clock_offset_ms = TEN_YEARS_MS;
        fault_writers_run_until(&world.writers, 2 * SOME_REPORTS);
        fault_world_check(&world, &cycles.figures);

        /* Both start again while the clock is wrong, and once it is right. */
        for (int i = 0; i < 2; i++) {
            fault_world_kill_turnoutd(&world);
            fault_world_kill_redis(&world);
            fault_world_restart_redis(&world);
            fault_world_start_turnoutd(&world);
            fault_writers_run_until(&world.writers, world.writers.acknowledged + SOME_REPORTS);
            world.controls->clock_offset_ms = 0;
        }
        struct fault_figures last = {0};
        fault_world_check(&world, &last);
        ck_assert_uint_eq(last.lost + last.doubled, 0);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

/* Every count is of the future then, and refused: none is taken on a clock that cannot be right. */
TEST(ten_years_behind)
{
    struct fault_cycles cycles = fault_cycles_of("clock-behind", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        fault_writers_run_until(&world.writers, SOME_REPORTS);
        fault_writers_drain(&world.writers);
        world.controls->clock_offset_ms = -TEN_YEARS_MS;
        uint64_t acknowledged = world.writers.acknowledged;
        fault_writers_run(&world.writers, 20000);
        fault_writers_drain(&world.writers);
        ck_assert_uint_eq(world.writers.acknowledged, acknowledged);
        world.controls->clock_offset_ms = 0;
        fault_writers_run_until(&world.writers, acknowledged + SOME_REPORTS);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

TEST(stepping)
{
    struct fault_cycles cycles = fault_cycles_of("clock-stepping", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        uint64_t random = ~cycles.seed;
        for (int i = 0; i < (fault_cycles_are_long() ? LONG_STEPS : SHORT_STEPS); i++) {
            int64_t reach_ms = fault_random_between(&random, 0, 1) == 0 ? 120000 : TEN_YEARS_MS;
            world.controls->clock_offset_ms = fault_random_between(&random, -reach_ms, reach_ms);
            fault_writers_run(&world.writers, fault_random_between(&random, 1000, 50000));
        }
        world.controls->clock_offset_ms = 0;
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

SUITE("clocks");
