/* A proxy between turnoutd and Redis tears the reply to a commit at every byte, stalls it, delivers it late, or puts
 * every error of Redis, and nonsense, in its place. */
#include <check.h>
#include <stdio.h>

#include <turnout/base/clock.h>

#include "fault_cycles.h"
#include "fault_world.h"
#include "redis_proxy.h"
#include "suite.h"

enum { REPLY_BYTES = 400, SHORT_STEP = 40, MORE_REPORTS = 20 };

static struct redis_proxy proxy;

static void start(struct fault_world *world, uint64_t seed)
{
    fault_world_init(world, seed, NULL);
    redis_proxy_start(&proxy, &world->workspace, world->redis.address.path);
    world->options.redis_url = proxy.url;
    fault_world_start_turnoutd(world);
    fault_writers_run_until(&world->writers, MORE_REPORTS);
}

static void stop(struct fault_world *world)
{
    fault_world_kill_turnoutd(world);
    redis_proxy_stop(&proxy);
    fault_world_stop(world);
}

/* One commit is treated so, and then reports go on being taken. */
static void treat(struct fault_world *world, const struct proxy_fault *fault)
{
    fault_writers_drain(&world->writers);
    uint64_t hits = redis_proxy_hits(&proxy);
    redis_proxy_arm(&proxy, fault);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (redis_proxy_hits(&proxy) == hits) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "no commit came");
        fault_writers_run(&world->writers, 1000);
    }
    fault_writers_run_until(&world->writers, world->writers.acknowledged + MORE_REPORTS);
}

TIMEOUT(7200);

TEST(a_reply_is_torn_at_every_byte)
{
    struct fault_cycles cycles = fault_cycles_of("reply-torn", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        uint64_t random = ~cycles.seed;
        size_t step = fault_cycles_are_long() ? 1 : SHORT_STEP;
        size_t offset = (size_t)fault_random_between(&random, 0, (int64_t)step - 1);
        for (; offset < REPLY_BYTES; offset += step) {
            treat(&world, &(struct proxy_fault){.act = PROXY_RESET, .offset = offset});
        }
        fault_world_check(&world, &cycles.figures);
        stop(&world);
    }
    fault_cycles_end(&cycles);
}

TEST(a_reply_is_late)
{
    struct fault_cycles cycles = fault_cycles_of("reply-late", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        uint64_t random = ~cycles.seed;
        for (int i = 0; i < 5; i++) {
            treat(&world,
                  &(struct proxy_fault){.act = PROXY_DELAY,
                                        .offset = (size_t)fault_random_between(&random, 0, REPLY_BYTES),
                                        .delay_ms = fault_random_between(&random, 1, 300)});
        }
        fault_world_check(&world, &cycles.figures);
        stop(&world);
    }
    fault_cycles_end(&cycles);
}

/* Past the deadline of a command its reports are `unavailable`, or were stored after all; then the link is a new
 * one. */
TEST(a_reply_never_comes)
{
    struct fault_cycles cycles = fault_cycles_of("reply-stalled", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        uint64_t random = ~cycles.seed;
        treat(&world, &(struct proxy_fault){.act = PROXY_STALL,
                                            .offset = (size_t)fault_random_between(&random, 0, REPLY_BYTES)});
        fault_writers_drain(&world.writers);
        fault_world_check(&world, &cycles.figures);
        stop(&world);
    }
    fault_cycles_end(&cycles);
}

static const char *const replies[] = {
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on "
    "disk.\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    "-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.\r\n",
    "-NOREPLICAS Not enough good replicas to write.\r\n",
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
    "-NOPERM this user has no permissions to run the 'fcall' command\r\n",
    "-ERR Function not found\r\n",
    "-TURNOUT turnout:{small:01}:totals was never seeded\r\n",
    "", /* it is missing: each reply behind it would be taken for that of the command before */
    "$-1\r\n",
    "*-1\r\n",
    "*0\r\n",
    ":1\r\n",
    "+OK\r\n",
    "$4\r\ndone\r\n",
    "*1\r\n$4\r\ndone\r\n",
    "*2\r\n$4\r\ndone\r\n$0\r\n\r\n",
    "*2\r\n$4\r\ndone\r\n$3\r\n1 2\r\n",
    "*2\r\n$4\r\ndone\r\n:1\r\n",
    "*3\r\n$4\r\ndone\r\n*0\r\n$-1\r\n",
    "*1\r\n$6\r\nground\r\n",
    "*4\r\n$6\r\nground\r\n$1\r\nx\r\n$1\r\ny\r\n$1\r\nz\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "\x01\xff garbage\r\n",
};

/* Whether Redis had carried out the commit or never saw it. */
LOOP_TEST(another_reply_takes_its_place, 2)
{
    struct fault_cycles cycles = fault_cycles_of(_i == 0 ? "reply-replaced" : "reply-replaced-unseen", 1);
    while (fault_cycles_next(&cycles)) {
        struct fault_world world;
        start(&world, cycles.seed);
        for (int i = 0; i < COUNT(replies); i++) {
            treat(&world, &(struct proxy_fault){
                              .act = PROXY_REPLY, .reply = replies[i], .is_kept_from_redis = _i == 1});
        }
        fault_world_check(&world, &cycles.figures);
        stop(&world);
    }
    fault_cycles_end(&cycles);
}

SUITE("redis_replies");
