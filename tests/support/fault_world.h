/* Everything that a test of faults needs: a real redis-server with `appendfsync always`, a real turnoutd over it, eight
 * writers, and the oracle. The election is the small one, with corrections held. */
#ifndef TURNOUT_TESTS_FAULT_WORLD_H
#define TURNOUT_TESTS_FAULT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "fault_controls.h"
#include "fault_oracle.h"
#include "fault_writers.h"
#include "redis_fixture.h"
#include "turnoutd.h"
#include "workspace.h"

struct fault_options {
    bool follows_disk;                 /* Redis runs with the preload `disk` in it */
    bool is_relaxed;                   /* `appendfsync everysec`, and turnoutd told to put up with it */
    const char *turnoutd_preload;      /* of turnoutd; NULL: none */
    const char *const *redis_settings; /* --name value ..., and a NULL; may be NULL; borrowed */
    const char *redis_url;             /* where turnoutd finds Redis; NULL: where it is */
};

struct fault_world {
    struct fault_options options;
    struct workspace workspace; /* turnoutd's */
    struct redis_fixture redis;
    struct turnoutd turnoutd;
    struct election_folder election;
    struct fault_controls *controls;
    struct fault_writers writers;
    const char *redis_settings[REDIS_FIXTURE_SETTINGS_MAX];
};

/* Starts Redis; turnoutd is for fault_world_start_turnoutd. `options` may be NULL. */
void fault_world_init(struct fault_world *world, uint64_t seed, const struct fault_options *options);

/* Both, and the writers are pointed at turnoutd. */
void fault_world_start(struct fault_world *world, uint64_t seed, const struct fault_options *options);

/* Starts turnoutd, for the first time or again, and points the writers at it. */
void fault_world_start_turnoutd(struct fault_world *world);

/* The same for one that may refuse to start: then false. It need not be ready. */
bool fault_world_try_turnoutd(struct fault_world *world);

/* SIGKILL, unless it is gone already. */
void fault_world_kill_turnoutd(struct fault_world *world);
void fault_world_kill_redis(struct fault_world *world);

/* Waits until Redis has ended by itself; fails the test where it does not. */
void fault_world_await_redis_end(struct fault_world *world);

/* Starts Redis again, and waits until it serves. */
void fault_world_restart_redis(struct fault_world *world);

/* Kills Redis, and takes from its append-only files what no completed fdatasync covers. Returns how many bytes those
 * were. Needs `follows_disk`. */
int64_t fault_world_power_off(struct fault_world *world);

/* The oracle's check, with turnoutd running. */
void fault_world_check(struct fault_world *world, struct fault_figures *figures);

/* Kills both, and removes everything. */
void fault_world_stop(struct fault_world *world);

#endif
