/* SIGTERM under load: turnoutd ends with status 0, and every report was answered or is untouched. */
#include <check.h>
#include <signal.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_CYCLES = 4, AT_MOST_US = 200000 };

TIMEOUT(7200);

TEST(turnoutd_is_asked_to_end)
{
    struct fault_cycles cycles = fault_cycles_of("terminate", SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, NULL);
        uint64_t random = ~cycles.seed;
        fault_writers_run(&world.writers, fault_random_between(&random, 1000, AT_MOST_US));
        process_signal(&world.turnoutd.process, SIGTERM);
        fault_writers_run(&world.writers, fault_random_between(&random, 0, 3000));
        fault_writers_drain(&world.writers);
        ck_assert_int_eq(process_wait_exit(&world.turnoutd.process, PROCESS_DEADLINE_MS), 0);

        struct fault_figures ended = {0};
        fault_oracle_look(&world.election, &world.writers, world.redis.redis, &ended);
        ck_assert_msg(ended.stored == ended.acknowledged, "%llu reports are stored, %llu were acknowledged",
                      (unsigned long long)ended.stored, (unsigned long long)ended.acknowledged);
        fault_world_start_turnoutd(&world);
        fault_writers_run(&world.writers, 20000);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

SUITE("terminate");
