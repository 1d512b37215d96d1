/* Power loss: Redis is killed, and its append-only file is cut back to what the last completed fdatasync covers. With
 * `appendfsync always` nothing that was acknowledged may be missing. With `everysec` something must be: that shows that
 * the test can tell one from the other. */
#include <check.h>
#include <signal.h>
#include <stdio.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "small_election.h"
#include "suite.h"

enum { SHORT_CYCLES = 2, AT_MOST_US = 400000, SYNCS_AT_MOST = 150 };

/* Kills Redis at a random instant, or between a random write and its fdatasync. */
static void lose_redis(struct fault_world *world, uint64_t *random)
{
    if (fault_random_between(random, 0, 1) == 0) {
        fault_writers_run(&world->writers, fault_random_between(random, 1000, AT_MOST_US));
        fault_world_kill_redis(world);
        return;
    }
    world->controls->kill_before_sync = fault_random_between(random, 1, SYNCS_AT_MOST);
    while (world->controls->kill_before_sync > 0) {
        fault_writers_run(&world->writers, 1000);
    }
    fault_world_await_redis_end(world);
}

TIMEOUT(7200);

TEST(power_is_lost)
{
    struct fault_cycles cycles = fault_cycles_of("power-loss", SHORT_CYCLES);
    uint64_t cut_cycles = 0;
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, &(struct fault_options){.follows_disk = true});
        uint64_t random = ~cycles.seed;
        world.controls->sync_delay_us = fault_random_between(&random, 0, 2000);
        lose_redis(&world, &random);
        bool loses_turnoutd = fault_random_between(&random, 0, 1) == 0;
        if (loses_turnoutd) {
            fault_world_kill_turnoutd(&world);
        }
        fault_writers_run(&world.writers, fault_random_between(&random, 0, 20000));
        cut_cycles += fault_world_power_off(&world) > 0 ? 1 : 0;
        fault_world_restart_redis(&world);
        if (loses_turnoutd) {
            fault_world_start_turnoutd(&world);
        }
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    (void)printf("power-loss: %llu cycles had something to cut\n", (unsigned long long)cut_cycles);
    ck_assert(cycles.count < 20 || cut_cycles > cycles.count / 4); /* else nothing is shown */
    fault_cycles_end(&cycles);
}

/* turnoutd has to say that it could come to this (`durability = relaxed`). */
TEST(power_is_lost_without_fdatasync)
{
    struct fault_cycles cycles = fault_cycles_of("power-loss-everysec", SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed,
                          &(struct fault_options){.follows_disk = true, .is_relaxed = true});
        /* Until what turnoutd found at its start is synced, and a little more: less than the second to the next one. */
        int64_t syncs = world.controls->syncs;
        while (world.controls->syncs == syncs) {
            fault_writers_run(&world.writers, 10000);
        }
        fault_writers_run(&world.writers, 100000);
        fault_world_kill_redis(&world);
        fault_world_kill_turnoutd(&world);
        fault_writers_drain(&world.writers);
        ck_assert_int_gt(fault_world_power_off(&world), 0);
        fault_world_restart_redis(&world);
        uint64_t lost_before = cycles.figures.lost;
        fault_oracle_look(&world.election, &world.writers, world.redis.redis, &cycles.figures);
        ck_assert_msg(cycles.figures.lost > lost_before, "nothing was lost without fdatasync");
        fault_world_stop(&world);
    }
    fault_cycles_end_lossy(&cycles);
}

static int post(const struct fault_world *world, const struct small_report *report)
{
    struct http_answer answer;
    small_report_post(world->turnoutd.intake_http_port, report, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    return status;
}

static int post_until_taken(const struct fault_world *world, const struct small_report *report)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int status = post(world, report);
    while (status == 503) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "seq %d was never taken", report->seq);
        status = post(world, report);
    }
    return status;
}

/* A report is written, but Redis dies before its fdatasync. Redis starts again, reads the report from the page cache,
 * and syncs nothing. turnoutd, the same or a new one, finds that the report is stored already, and acknowledges it;
 * then the power goes. It must be there. */
LOOP_TEST(what_is_called_duplicate_is_durable, 2)
{
    bool restarts_turnoutd = _i == 1;
    struct fault_cycles cycles = fault_cycles_of(
        restarts_turnoutd ? "power-loss-duplicate-restart" : "power-loss-duplicate", SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, &(struct fault_options){.follows_disk = true});
        const struct small_report report = {.unit = "0102-002", .seq = 1, .voted = 1};
        (void)snprintf(world.controls->kill_word, sizeof world.controls->kill_word, "%s", report.unit);
        struct http_link stream;
        http_open(&stream, world.turnoutd.intake_stream_port);
        small_report_send(&stream, &report);
        fault_world_await_redis_end(&world);
        world.controls->kill_word[0] = '\0';
        if (restarts_turnoutd) {
            fault_world_kill_turnoutd(&world);
        }
        fault_world_restart_redis(&world);
        if (restarts_turnoutd) {
            fault_world_start_turnoutd(&world);
        } else {
            char answer[1024];
            http_read_line(&stream, answer, sizeof answer);
        }
        http_close(&stream);
        int status = post_until_taken(&world, &report);
        ck_assert_msg(status == 200, "%d", status);
        int64_t cut_bytes = fault_world_power_off(&world);
        fault_world_restart_redis(&world);
        status = post_until_taken(&world, &report);
        ck_assert_msg(status == 200, "%d: the report is gone, with %lld bytes", status, (long long)cut_bytes);
        fault_world_stop(&world);
    }
}

SUITE("power_loss");
