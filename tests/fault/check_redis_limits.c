/* Redis rewrites its append-only file by itself, under load, and dies or loses power meanwhile; and it reaches the
 * limit of its memory, which is lifted again. */
#include <check.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_CYCLES = 2, SOME_REPORTS = 300 };

/* How many append-only files were begun: each rewrite begins one. */
static size_t files_begun(const struct fault_world *world)
{
    size_t count = 0;
    while (count < FAULT_FILES_MAX && world->controls->files[count].name[0] != '\0') {
        count++;
    }
    return count;
}

TIMEOUT(7200);

TEST(the_file_is_rewritten_under_load)
{
    static const char *const settings[] = {"--auto-aof-rewrite-min-size", "64kb",
                                           "--auto-aof-rewrite-percentage", "100", NULL};
    struct fault_cycles cycles = fault_cycles_of("rewrite", SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed,
                          &(struct fault_options){.follows_disk = true, .redis_settings = settings});
        uint64_t random = ~cycles.seed;
        size_t wanted = (size_t)fault_random_between(&random, 2, 4);
        int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
        while (files_begun(&world) < wanted) {
            ck_assert_msg(clock_monotonic_ms() < deadline, "the append-only file is not rewritten");
            fault_writers_run(&world.writers, 1000);
        }
        fault_writers_run(&world.writers, fault_random_between(&random, 0, 30000));
        if (fault_random_between(&random, 0, 1) == 0) {
            fault_world_kill_redis(&world);
        } else {
            (void)fault_world_power_off(&world);
        }
        fault_world_restart_redis(&world);
        fault_writers_run(&world.writers, 50000);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

static long long used_bytes(struct fault_world *world)
{
    static const char key[] = "used_memory:";
    struct redisReply *reply = redis_fixture_command(&world->redis, "INFO memory");
    const char *text = strstr(reply->str, key);
    ck_assert_ptr_nonnull(text);
    long long bytes = 0;
    ck_assert_int_eq(sscanf(text + strlen(key), "%lld", &bytes), 1);
    freeReplyObject(reply);
    return bytes;
}

TEST(memory_is_full_and_has_room_again)
{
    struct fault_cycles cycles = fault_cycles_of("maxmemory", SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, NULL);
        fault_writers_run_until(&world.writers, SOME_REPORTS);
        redis_fixture_run(&world.redis, "CONFIG SET maxmemory %lld", used_bytes(&world) * 9 / 10);
        fault_writers_drain(&world.writers);
        uint64_t acknowledged = world.writers.acknowledged;
        uint64_t unavailable = world.writers.unavailable;
        fault_writers_run(&world.writers, 300000);
        fault_writers_drain(&world.writers);
        ck_assert_uint_gt(world.writers.unavailable, unavailable);
        ck_assert_uint_eq(world.writers.acknowledged, acknowledged);

        redis_fixture_run(&world.redis, "CONFIG SET maxmemory 0");
        fault_writers_run_until(&world.writers, acknowledged + SOME_REPORTS);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

SUITE("redis_limits");
