/* Phases are changed as the server does it, by store/meta over a link of its own. A generation and a register are changed
 * as by somebody who resets Redis, or starts with other files, without stopping the servers first. */
#include "officials.h"

#include <stdbool.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/store/meta.h>

#include "answers.h"
#include "model_data.h"
#include "model_redis.h"
#include "oracle.h"
#include "redis_keys.h"
#include "scene.h"
#include "world.h"

enum { QUIET_US = 4 * WORLD_SECOND_US, OPEN_AGAIN_US = 200000, OTHER_REGISTER_US_MAX = 500000 };

static struct {
    struct store *store;
    bool is_up;
    bool is_changing;
    bool opens;             /* and nothing else any more */
    int64_t quiet_until_us; /* no reset and no other register before */
    uint32_t province;      /* that has another register now; 0: none has */
} officials;

/* ---- the phase ---- */

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    (void)context;
    officials.is_changing = false;
    world_trace("the phase was changed: %s, %d", error == TURNOUT_OK ? "" : why,
                change == NULL ? -1 : (int)change->outcome);
}

static void change_phase(enum election_phase phase)
{
    if (officials.is_up && !officials.is_changing) {
        officials.is_changing = true;
        world_trace("is to be %s", election_phase_name(phase));
        store_change_phase(officials.store, phase, "office", clock_wall_ms(), on_changed, NULL);
    }
}

/* ---- behind everybody's back ---- */

static void set_register(const char *digest)
{
    struct province_keys keys;
    province_keys_init(&keys, &scene.election, scene.reg->areas[officials.province].code);
    model_set_text(model_key_of(slice_of(keys.text[KEY_TOTALS])), "digest", digest);
}

static void take_register_away(void)
{
    char other[sizeof scene.digest_hex];
    memcpy(other, scene.digest_hex, sizeof other);
    other[0] = other[0] == '0' ? '1' : '0';
    set_register(other);
}

static void give_register_back(void)
{
    set_register(scene.digest_hex);
}

static void on_register_back(void *context)
{
    if (!model_is_idle()) {
        world_after(100, on_register_back, context);
        return;
    }
    if (officials.province != 0) {
        world_trace("the register is back");
        model_change_from_outside(give_register_back);
        officials.province = 0;
    }
}

static void reset(void)
{
    answers_check_all_stand();
    scene_seed(world_chance(300) ? PHASE_REHEARSAL : PHASE_OPEN);
    oracle_read_again();
    officials.province = 0;
}

/* ---- life ---- */

static void change_something(void)
{
    bool is_quiet = !model_is_idle() || world_now_us() < officials.quiet_until_us;
    switch (world_random(12)) {
    case 0:
        if (!is_quiet) {
            officials.quiet_until_us = world_now_us() + QUIET_US;
            reset();
        }
        break;
    case 1:
    case 2:
        if (!is_quiet) {
            officials.quiet_until_us = world_now_us() + QUIET_US;
            officials.province = (uint32_t)world_between(1, scene.reg->province_count);
            world_trace("another register");
            model_change_from_outside(take_register_away);
            world_after(world_between(1, OTHER_REGISTER_US_MAX), on_register_back, NULL);
        }
        break;
    case 3:
    case 4:
    case 5:
        change_phase(PHASE_CLOSED);
        break;
    default:
        change_phase(PHASE_OPEN);
        break;
    }
}

static void on_moment(void *context)
{
    if (officials.opens) {
        change_phase(PHASE_OPEN);
        world_after(OPEN_AGAIN_US, on_moment, context);
        return;
    }
    if (scene.has_changes) {
        change_something();
    }
    world_after(world_between(0, scene.change_gap_us), on_moment, context);
}

static void on_link(void *context, bool up, const char *why)
{
    (void)context;
    (void)why;
    officials.is_up = up;
}

void officials_open(void)
{
    officials.opens = true;
}

void officials_begin(void)
{
    memset(&officials, 0, sizeof officials);
}

void officials_start(void)
{
    struct store_options options = {.election = &scene.election,
                                    .reg = scene.reg,
                                    .command_deadline_ms = scene.deadline_ms,
                                    .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX};
    officials.store = store_new(NULL, &options, on_link, NULL);
    store_start(officials.store);
    world_after(0, on_moment, NULL);
}

void officials_end(void)
{
    store_free(officials.store);
}
