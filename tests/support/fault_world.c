/* Starts, kills and starts again. */
#include "fault_world.h"

#include <check.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>
#include <turnout/base/clock.h>

#include "process.h"

static void print_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    ck_abort_msg("%s:%u: %s", file, line, error->text);
}

static void begin_redis(struct fault_world *world)
{
    if (world->options.follows_disk) {
        fault_preload_begin(&world->workspace, "disk");
    }
}

void fault_world_init(struct fault_world *world, uint64_t seed, const struct fault_options *options)
{
    *world = (struct fault_world){.options = options != NULL ? *options : (struct fault_options){0}};
    workspace_init(&world->workspace);
    workspace_add_small_election(&world->workspace, "election");
    workspace_append(&world->workspace, "election/election.ini", "corrections = held\n");
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&world->workspace, "election", path);
    struct error error;
    ck_assert(election_folder_read(path, print_fault, NULL, &world->election, &error) == TURNOUT_OK);
    world->controls = fault_controls_map(&world->workspace);
    fault_writers_init(&world->writers, seed);

    size_t count = 0;
    if (world->options.is_relaxed) {
        world->redis_settings[count++] = "--appendfsync";
        world->redis_settings[count++] = "everysec";
    }
    for (size_t i = 0; world->options.redis_settings != NULL && world->options.redis_settings[i] != NULL;
         i++) {
        ck_assert_uint_lt(count, REDIS_FIXTURE_SETTINGS_MAX - 1);
        world->redis_settings[count++] = world->options.redis_settings[i];
    }
    begin_redis(world);
    redis_fixture_start(&world->redis, world->redis_settings);
    fault_preload_end();
}

/* False: it has ended instead, which only one that `may_refuse` may. */
static bool start_turnoutd(struct fault_world *world, bool may_refuse)
{
    const char *const settings[] = {"--redis",
                                    world->options.redis_url != NULL ? world->options.redis_url
                                                                     : world->redis.url,
                                    "--reports-per-minute",
                                    "1000000",
                                    "--publish-ms",
                                    "50",
                                    "--workers",
                                    "2",
                                    "--durability",
                                    world->options.is_relaxed ? "relaxed" : "strict",
                                    NULL};
    if (world->options.turnoutd_preload != NULL) {
        fault_preload_begin(&world->workspace, world->options.turnoutd_preload);
    }
    bool has_started = true;
    if (may_refuse) {
        has_started = turnoutd_try_start(&world->turnoutd, &world->workspace, settings);
    } else {
        turnoutd_start(&world->turnoutd, &world->workspace, settings);
    }
    fault_preload_end();
    if (has_started) {
        fault_writers_point(&world->writers, &world->turnoutd);
    }
    return has_started;
}

void fault_world_start_turnoutd(struct fault_world *world)
{
    (void)start_turnoutd(world, false);
}

bool fault_world_try_turnoutd(struct fault_world *world)
{
    return start_turnoutd(world, true);
}

void fault_world_start(struct fault_world *world, uint64_t seed, const struct fault_options *options)
{
    fault_world_init(world, seed, options);
    fault_world_start_turnoutd(world);
}

void fault_world_kill_turnoutd(struct fault_world *world)
{
    process_kill(&world->turnoutd.process);
}

/* Takes note that it ended. */
static void redis_has_ended(struct fault_world *world)
{
    world->redis.pid = 0;
    if (world->redis.redis != NULL) {
        redisFree(world->redis.redis);
        world->redis.redis = NULL;
    }
}

void fault_world_kill_redis(struct fault_world *world)
{
    if (world->redis.pid != 0) {
        redis_fixture_signal(&world->redis, SIGKILL);
    }
}

void fault_world_await_redis_end(struct fault_world *world)
{
    enum { ASK_AGAIN_MS = 2 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (waitpid(world->redis.pid, NULL, WNOHANG) == 0) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "redis-server did not end");
        (void)poll(NULL, 0, ASK_AGAIN_MS);
    }
    redis_has_ended(world);
}

void fault_world_restart_redis(struct fault_world *world)
{
    begin_redis(world);
    redis_fixture_restart(&world->redis);
    fault_preload_end();
}

/* What no completed fdatasync covers goes; returns how much that was. */
static int64_t cut_file(const struct fault_controls *controls, const char *folder, const char *name)
{
    char path[2 * WORKSPACE_PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert(length > 0 && (size_t)length < sizeof path);
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    int64_t synced_bytes = 0;
    for (size_t i = 0; i < FAULT_FILES_MAX; i++) {
        synced_bytes =
            strcmp(controls->files[i].name, name) == 0 ? controls->files[i].synced_bytes : synced_bytes;
    }
    if (about.st_size <= synced_bytes) {
        return 0;
    }
    ck_assert_int_eq(truncate(path, synced_bytes), 0);
    return about.st_size - synced_bytes;
}

int64_t fault_world_power_off(struct fault_world *world)
{
    ck_assert(world->options.follows_disk);
    fault_world_kill_redis(world);
    char folder[WORKSPACE_PATH_BYTES];
    workspace_path(&world->redis.workspace, "appendonlydir", folder);
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    int64_t cut_bytes = 0;
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (strstr(entry->d_name, ".incr.aof") != NULL) {
            cut_bytes += cut_file(world->controls, folder, entry->d_name);
        }
    }
    ck_assert_int_eq(closedir(entries), 0);
    return cut_bytes;
}

void fault_world_check(struct fault_world *world, struct fault_figures *figures)
{
    fault_oracle_check(&world->election, &world->writers, world->redis.redis, &world->turnoutd, figures);
}

void fault_world_stop(struct fault_world *world)
{
    fault_world_kill_turnoutd(world);
    redis_fixture_stop(&world->redis);
    fault_writers_done(&world->writers);
    fault_controls_unmap(world->controls);
    election_folder_done(&world->election);
    workspace_done(&world->workspace);
}
