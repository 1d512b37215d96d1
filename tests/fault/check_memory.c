/* turnoutd's memory runs out: the N-th allocation fails, once or for ever, along the whole way of a report. The process may
 * end; it may not acknowledge what it has not stored. */
#include <check.h>
#include <stdio.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_CYCLES = 12, WARM_REPORTS = 100, ALLOCATIONS_MAX = 400, AT_MOST_MS = 1000, SOME_REPORTS = 20 };

/* Sends reports until the allocation has failed and more were tried, or turnoutd has ended. */
static void run_out(struct fault_world *world, int64_t nth, bool for_ever)
{
    world->controls->fail_allocation = nth;
    world->controls->fails_for_ever = for_ever;
    world->controls->allocations = 0;
    world->controls->memory_is_watched = true;
    int64_t deadline = clock_monotonic_ms() + AT_MOST_MS;
    while (process_is_running(&world->turnoutd.process) && clock_monotonic_ms() < deadline &&
           world->controls->allocations < nth + ALLOCATIONS_MAX) {
        fault_writers_run(&world->writers, 1000);
    }
    world->controls->memory_is_watched = false;
}

TIMEOUT(7200);

#ifdef __SANITIZE_ADDRESS__
static const bool has_memory_of_its_own = true; /* of the sanitizer's, which no preload can replace */
#else
static const bool has_memory_of_its_own = false;
#endif

/* The cycle's seed says which N; in the long form all come in turn. */
LOOP_TEST(the_nth_allocation_fails, 2)
{
    if (has_memory_of_its_own) {
        (void)printf("skipped: the memory is the sanitizer's\n");
        return;
    }
    bool for_ever = _i == 1;
    struct fault_cycles cycles = fault_cycles_of(for_ever ? "memory-for-ever" : "memory-once", SHORT_CYCLES);
    uint64_t ended = 0;
    struct fault_world world;
    while (fault_cycles_next(&cycles)) {
        fault_world_start(&world, cycles.seed, &(struct fault_options){.turnoutd_preload = "memory"});
        fault_writers_run_until(&world.writers, WARM_REPORTS);
        fault_writers_drain(&world.writers);
        run_out(&world, (int64_t)(cycles.seed % ALLOCATIONS_MAX) + 1, for_ever);
        if (!process_is_running(&world.turnoutd.process)) {
            ended++;
            (void)process_wait_exit(&world.turnoutd.process, PROCESS_DEADLINE_MS);
            fault_world_start_turnoutd(&world);
        }
        fault_writers_run_until(&world.writers, world.writers.acknowledged + SOME_REPORTS);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    (void)printf("%s: turnoutd ended in %llu cycles\n", cycles.name, (unsigned long long)ended);
    fault_cycles_end(&cycles);
}

SUITE("memory");
