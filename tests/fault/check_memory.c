/* turnoutd's memory runs out: the N-th allocation fails, once or for ever, along the whole way of a report. The process
 * may end; it may not acknowledge what it has not stored. */
#include <check.h>
#include <stdio.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum {
    SHORT_CYCLES = 12,
    WARM_REPORTS = 100,
    AT_MOST_MS = 1000,
    SOME_REPORTS = 20,
    SETTLED_MS = 200,
    RECOVERED_MS = 2 * PROCESS_DEADLINE_MS /* with a start */
};

static const struct {
    const char *name;
    bool for_ever;
    const char *library; /* "": whoever allocates */
    int64_t allocations;
} shortages[] = {
    {"memory-once", false, "", 400},
    {"memory-for-ever", true, "", 400},
    {"memory-once-hiredis", false, "libhiredis", 50},
};

/* Sends reports until the allocation has failed and more were tried, or turnoutd has ended. */
static void run_out(struct fault_world *world, int of, uint64_t seed)
{
    int64_t nth = (int64_t)(seed % (uint64_t)shortages[of].allocations) + 1;
    (void)snprintf(world->controls->library, sizeof world->controls->library, "%s", shortages[of].library);
    world->controls->fail_allocation = nth;
    world->controls->fails_for_ever = shortages[of].for_ever;
    world->controls->allocations = 0;
    world->controls->memory_is_watched = true;
    int64_t deadline = clock_monotonic_ms() + AT_MOST_MS;
    while (process_is_running(&world->turnoutd.process) && clock_monotonic_ms() < deadline &&
           world->controls->allocations < nth + shortages[of].allocations) {
        fault_writers_run(&world->writers, 1000);
    }
    world->controls->memory_is_watched = false;
}

/* Until reports are taken again; starts turnoutd where it has ended. It may end a little later than the allocation
 * failed: at the next reply on that link. Returns whether it did. */
static bool recover(struct fault_world *world)
{
    bool has_ended = false;
    uint64_t wanted = world->writers.acknowledged + SOME_REPORTS;
    int64_t begin_ms = clock_monotonic_ms();
    while (world->writers.acknowledged < wanted || clock_monotonic_ms() < begin_ms + SETTLED_MS) {
        ck_assert_msg(clock_monotonic_ms() < begin_ms + RECOVERED_MS, "no reports are taken any more");
        fault_writers_run(&world->writers, 1000);
        if (!process_is_running(&world->turnoutd.process)) {
            has_ended = true;
            (void)process_wait_exit(&world->turnoutd.process, PROCESS_DEADLINE_MS);
            fault_world_start_turnoutd(world);
        }
    }
    return has_ended;
}

TIMEOUT(7200);

#ifdef __SANITIZE_ADDRESS__
static const bool has_memory_of_its_own = true; /* of the sanitizer's, which no preload can replace */
#else
static const bool has_memory_of_its_own = false;
#endif

/* The cycle's seed says which N; in the long form all come in turn. */
LOOP_TEST(the_nth_allocation_fails, COUNT(shortages))
{
    if (has_memory_of_its_own) {
        (void)printf("skipped: the memory is the sanitizer's\n");
        return;
    }
    struct fault_cycles cycles = fault_cycles_of(shortages[_i].name, SHORT_CYCLES);
    uint64_t ended = 0;
    struct fault_world world;
    while (fault_cycles_next(&cycles)) {
        fault_world_start(&world, cycles.seed, &(struct fault_options){.turnoutd_preload = "memory"});
        fault_writers_run_until(&world.writers, WARM_REPORTS);
        fault_writers_drain(&world.writers);
        run_out(&world, _i, cycles.seed);
        ended += recover(&world) ? 1 : 0;
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    (void)printf("%s: turnoutd ended in %llu cycles\n", cycles.name, (unsigned long long)ended);
    fault_cycles_end(&cycles);
}

SUITE("memory");
