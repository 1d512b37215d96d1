/* A disk that fails: the N-th write or fdatasync of the append-only file ends in EIO or ENOSPC, for every N of a
 * scenario; and a data folder that is full, and has room again. Redis ends itself over such an error, because it was
 * told `appendfsync always`; what was acknowledged before is there afterwards. */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "suite.h"

enum { SHORT_CYCLES = 2, CALLS_OF_A_SCENARIO = 60, SOME_REPORTS = 100 };

static const struct {
    const char *name;
    bool is_write;
    int error;
} failures[] = {
    {"write-EIO", true, EIO},
    {"write-ENOSPC", true, ENOSPC},
    {"fdatasync-EIO", false, EIO},
    {"fdatasync-ENOSPC", false, ENOSPC},
};

TIMEOUT(7200);

/* The cycle's seed says which N; in the long form all come in turn. Half the time what was not synced is gone, too:
 * after a failed fdatasync nobody knows what the disk has. */
LOOP_TEST(the_nth_call_fails, COUNT(failures))
{
    struct fault_cycles cycles = fault_cycles_of(failures[_i].name, SHORT_CYCLES);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, &(struct fault_options){.follows_disk = true});
        int64_t nth = (int64_t)(cycles.seed % CALLS_OF_A_SCENARIO) + 1;
        world.controls->fail_errno = failures[_i].error;
        *(failures[_i].is_write ? &world.controls->fail_write : &world.controls->fail_sync) = nth;
        while (world.controls->fail_write > 0 || world.controls->fail_sync > 0) {
            fault_writers_run(&world.writers, 1000);
        }
        fault_world_await_redis_end(&world);
        if (cycles.seed % 2 == 0) {
            (void)fault_world_power_off(&world);
        }
        fault_world_restart_redis(&world);
        fault_writers_run(&world.writers, 20000);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
    }
    fault_cycles_end(&cycles);
}

static bool has_redis_ended(const struct fault_world *world)
{
    siginfo_t ended = {0};
    ck_assert_int_eq(waitid(P_PID, (id_t)world->redis.pid, &ended, WEXITED | WNOHANG | WNOWAIT), 0);
    return ended.si_pid != 0;
}

/* Lets the writers write until Redis has ended itself. */
static void fill(struct fault_world *world)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (!has_redis_ended(world)) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "the disk is not full yet");
        fault_writers_run(&world->writers, 5000);
    }
    fault_world_await_redis_end(world);
}

TEST(the_disk_is_full_and_has_room_again)
{
    struct workspace disk;
    workspace_init(&disk);
    /* Mounted for this process and its children alone, so that nothing is left of it. */
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", disk.path, "tmpfs", 0, "size=1m") != 0) {
        (void)printf("skipped: mounting a tmpfs needs root\n");
        workspace_done(&disk);
        return;
    }
    const char *const settings[] = {"--dir", disk.path, NULL};
    struct fault_cycles cycles = fault_cycles_of("disk-full", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        fault_world_start(&world, cycles.seed, &(struct fault_options){.redis_settings = settings});
        fill(&world);
        /* Redis starts on the full disk and ends itself again over the first write, or does not even start. */
        if (redis_fixture_try_restart(&world.redis)) {
            fill(&world);
        }

        ck_assert_int_eq(mount("none", disk.path, "tmpfs", MS_REMOUNT, "size=16m"), 0);
        fault_world_restart_redis(&world);
        fault_writers_run_until(&world.writers, world.writers.acknowledged + SOME_REPORTS);
        fault_world_check(&world, &cycles.figures);
        fault_world_stop(&world);
        ck_assert_int_eq(umount(disk.path), 0);
        ck_assert_int_eq(mount("none", disk.path, "tmpfs", 0, "size=1m"), 0);
    }
    ck_assert_int_eq(umount(disk.path), 0);
    workspace_done(&disk);
    fault_cycles_end(&cycles);
}

SUITE("disk");
