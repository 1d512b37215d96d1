/* Redis's append-only file is cut at every byte of its last kilobyte, or has a bit flipped: Redis recovers, or it or
 * turnoutd refuses to start, or what turnoutd shows is right, or it is marked as under verification. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "fault_cycles.h"
#include "fault_log.h"
#include "fault_world.h"
#include "metric.h"
#include "small_election.h"
#include "suite.h"

enum { REPORTS = 150, CUT_BYTES = 1024, SHORT_CUTS = 8, SHORT_FLIPS = 8, LONG_FLIPS = 1024, READY_MS = 3000 };

static struct fault_world world;

/* The file as it was left. */
static char *file_bytes;
static size_t file_length;

static json_t *right; /* the snapshot, while nothing was wrong */

static struct {
    uint64_t redis_refused;
    uint64_t turnoutd_refused;
    uint64_t right;
    uint64_t marked;
    uint64_t lower; /* what stood at an earlier moment, and not marked */
} seen;

static void path_of_file(char ret_path[WORKSPACE_PATH_BYTES])
{
    workspace_path(&world.redis.workspace, "appendonlydir/appendonly.aof.1.incr.aof", ret_path);
}

static void read_file(void)
{
    char path[WORKSPACE_PATH_BYTES];
    path_of_file(path);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    file_length = (size_t)ftell(file);
    rewind(file);
    file_bytes = memory_new(file_length);
    ck_assert_uint_eq(fread(file_bytes, 1, file_length, file), file_length);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_file(const char *bytes, size_t length)
{
    char path[WORKSPACE_PATH_BYTES];
    path_of_file(path);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static const json_t *areas_of(const json_t *snapshot)
{
    return json_array_of(snapshot, "areas");
}

static int64_t voted_of(const json_t *area)
{
    return json_integer_value(json_object_get(area, "voted"));
}

/* Whether the public figures of an area are the same. */
static bool are_equal(const json_t *area, const json_t *wanted)
{
    static const char *const figures[] = {
        "voted", "registered", "units_reported", "registered_reported", "units_complete", "held", "as_of"};
    bool equal = true;
    for (int i = 0; i < COUNT(figures); i++) {
        equal = equal && json_equal(json_object_get(area, figures[i]), json_object_get(wanted, figures[i]));
    }
    return equal;
}

static bool is_marked(const json_t *area)
{
    return json_is_false(json_object_get(area, "verified"));
}

/* Whether every province that is not marked is the sum of its communes, and the nation of its provinces, and none is
 * above what is right: so it may have been once. */
static bool were_true_once(const json_t *areas)
{
    for (size_t i = 0; i < json_array_size(areas); i++) {
        const json_t *area = json_array_get(areas, i);
        if (is_marked(area)) {
            continue;
        }
        int64_t sum = 0;
        bool has_children = false;
        for (size_t at = 0; at < json_array_size(areas); at++) {
            const char *parent = json_string_value(json_object_get(json_array_get(areas, at), "parent"));
            if (parent != NULL && strcmp(parent, json_text_of(area, "code")) == 0) {
                sum += voted_of(json_array_get(areas, at));
                has_children = true;
            }
        }
        if ((has_children && sum != voted_of(area)) ||
            voted_of(area) > voted_of(json_array_get(areas_of(right), i))) {
            return false;
        }
    }
    return true;
}

/* A turnoutd that has seen the right figures must not show others. One that has just started knows of none but those in
 * Redis, and of those that the killed one remembered, which may be a second old. What a cut took away in whole commits
 * was never there for it, so that it shows how things once stood where nothing newer was remembered. */
static void judge(const char *what, bool has_seen_right)
{
    struct http_answer answer;
    http_request(world.turnoutd.public_port, "GET", "/v1/snapshot.json", "", &answer);
    if (answer.status != 200) {
        seen.marked++;
        http_answer_done(&answer);
        return;
    }
    json_t *snapshot = json_of(answer.body);
    http_answer_done(&answer);
    const json_t *areas = areas_of(snapshot);
    ck_assert_uint_eq(json_array_size(areas), SMALL_AREAS);
    size_t marked = 0;
    size_t wrong = 0;
    for (size_t i = 0; i < SMALL_AREAS; i++) {
        const json_t *area = json_array_get(areas, i);
        marked += is_marked(area) ? 1 : 0;
        wrong += !is_marked(area) && !are_equal(area, json_array_get(areas_of(right), i)) ? 1 : 0;
    }
    if (wrong == 0) {
        *(marked > 0 ? &seen.marked : &seen.right) += 1;
    } else {
        char *text = json_dumps(areas, JSON_COMPACT);
        ck_assert_msg(!has_seen_right && were_true_once(areas), "%s: shown as verified: %s", what, text);
        free(text);
        seen.lower++;
    }
    json_decref(snapshot);
}

/* Until the publisher has read the whole election of this Redis. */
static void wait_read(void)
{
    enum { ENOUGH = 3 };
    static const char name[] = "turnout_readings_total";
    uint64_t wanted = metric_of(&world.turnoutd, name) + ENOUGH;
    int64_t deadline = clock_monotonic_ms() + READY_MS;
    while (metric_of(&world.turnoutd, name) < wanted && clock_monotonic_ms() < deadline) {
        (void)poll(NULL, 0, 10);
    }
}

/* Starts Redis on the file as it is, and looks at what turnoutd makes of it. */
static void try_file(const char *what, bool turnoutd_stays)
{
    if (!redis_fixture_try_restart(&world.redis)) {
        seen.redis_refused++;
        return;
    }
    if (!turnoutd_stays && !fault_world_try_turnoutd(&world)) {
        seen.turnoutd_refused++;
    } else {
        wait_read();
        judge(what, turnoutd_stays);
    }
    if (!turnoutd_stays) {
        fault_world_kill_turnoutd(&world);
    }
    fault_world_kill_redis(&world);
}

/* A turnoutd that stays must have seen the right figures. */
static void show_right(void)
{
    write_file(file_bytes, file_length);
    fault_world_restart_redis(&world);
    fault_world_start_turnoutd(&world);
    small_wait_voted(world.turnoutd.public_port, voted_of(json_array_get(areas_of(right), 0)));
    fault_world_kill_redis(&world);
}

static void cut_at(size_t length, bool turnoutd_stays)
{
    char what[64];
    (void)snprintf(what, sizeof what, "cut to %zu of %zu", length, file_length);
    write_file(file_bytes, length);
    try_file(what, turnoutd_stays);
}

static void flip(size_t at, unsigned bit, bool turnoutd_stays)
{
    char what[64];
    (void)snprintf(what, sizeof what, "bit %u of byte %zu of %zu flipped", bit, at, file_length);
    file_bytes[at] = (char)(file_bytes[at] ^ (char)(1U << bit));
    write_file(file_bytes, file_length);
    file_bytes[at] = (char)(file_bytes[at] ^ (char)(1U << bit));
    try_file(what, turnoutd_stays);
}

static void run_cycle(uint64_t seed, bool turnoutd_stays, struct fault_figures *figures)
{
    fault_world_start(&world, seed, NULL);
    fault_writers_run_until(&world.writers, REPORTS);
    fault_world_check(&world, figures);
    right = json_get(world.turnoutd.public_port, "/v1/snapshot.json", 200);
    fault_world_kill_turnoutd(&world);
    fault_world_kill_redis(&world);
    read_file();
    if (turnoutd_stays) {
        show_right();
    }

    uint64_t random = ~seed;
    size_t step = fault_cycles_are_long() ? 1 : CUT_BYTES / SHORT_CUTS;
    for (size_t cut = 1 + (size_t)fault_random_between(&random, 0, (int64_t)step - 1); cut <= CUT_BYTES;
         cut += step) {
        cut_at(file_length - cut, turnoutd_stays);
    }
    for (int i = 0; i < (fault_cycles_are_long() ? LONG_FLIPS : SHORT_FLIPS); i++) {
        flip((size_t)fault_random_between(&random, 0, (int64_t)file_length - 1),
             (unsigned)fault_random_between(&random, 0, 7), turnoutd_stays);
    }
    (void)printf(
        "Redis refused %llu, turnoutd refused %llu, right %llu, under verification %llu, as once %llu\n",
        (unsigned long long)seen.redis_refused, (unsigned long long)seen.turnoutd_refused,
        (unsigned long long)seen.right, (unsigned long long)seen.marked, (unsigned long long)seen.lower);
    free(file_bytes);
    json_decref(right);
    fault_world_stop(&world);
}

TIMEOUT(7200);

LOOP_TEST(a_file_that_is_cut_or_changed, 2)
{
    bool turnoutd_stays = _i == 0;
    struct fault_cycles cycles = fault_cycles_of(turnoutd_stays ? "torn-file" : "torn-file-new-turnoutd", 1);
    while (fault_cycles_next(&cycles)) {
        run_cycle(cycles.seed, turnoutd_stays, &cycles.figures);
    }
    fault_cycles_end(&cycles);
}

SUITE("torn_file");
