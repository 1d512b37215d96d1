/* Opening and closing the election. */
#include "phases.h"

#include <stdbool.h>

#include <turnout/base/clock.h>
#include <turnout/store/meta.h>

#include "model_data.h"
#include "redis_keys.h"
#include "scene.h"
#include "world.h"

enum { OPENINGS = 4, OPENED_US_MAX = 20000 };

static struct {
    struct store *store;
    bool is_changing;
    int stands;        /* the phase that was answered last; -1: nobody knows */
    uint32_t asked_in; /* the generation */
} phases;

void phases_check(void)
{
    for (uint32_t i = 0; phases.stands >= 0 && i <= scene.reg->province_count; i++) {
        const char *wanted = election_phase_name((enum election_phase)phases.stands);
        char meta[REDIS_KEY_BYTES];
        struct province_keys keys;
        redis_key_meta(&scene.election, meta);
        province_keys_init(&keys, &scene.election, scene.reg->areas[i].code);
        const struct slice *phase =
            model_get_text(model_key_of(slice_of(i == 0 ? meta : keys.text[KEY_TOTALS])), "phase");
        if (phase == NULL || !slice_equals(*phase, wanted)) {
            world_fail("the phase was changed to %s, and area %u has another one", wanted, i);
        }
    }
}

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    phases.is_changing = false;
    world_trace("the phase was changed: %s, %d", error == TURNOUT_OK ? "" : why,
                change == NULL ? -1 : (int)change->outcome);
    if (error == TURNOUT_OK && phases.asked_in == scene_generation()) {
        phases.stands = change->outcome <= CHANGE_NONE               ? (int)(intptr_t)context
                        : change->outcome == CHANGE_REHEARSAL_STANDS ? PHASE_REHEARSAL
                                                                     : -1;
    }
    phases_check();
}

void phases_change(enum election_phase phase)
{
    if (store_is_up(phases.store) && !phases.is_changing) {
        phases.is_changing = true;
        phases.stands = -1;
        phases.asked_in = scene_generation();
        world_trace("is to be %s", election_phase_name(phase));
        store_change_phase(phases.store, phase, "office", clock_wall_ms(), on_changed,
                           (void *)(intptr_t)phase);
    }
}

/* Somebody opens the election while the first test reports come, or takes an opening back that was interrupted. */
static void on_opening(void *context)
{
    (void)context;
    phases_change(world_chance(250) ? PHASE_REHEARSAL : PHASE_OPEN);
}

void phases_seeded(void)
{
    phases.stands = -1;
    for (int i = 0; i < OPENINGS; i++) {
        world_after(world_between(0, OPENED_US_MAX), on_opening, NULL);
    }
}

void phases_start(struct store *store)
{
    phases.store = store;
    phases.is_changing = false;
    phases_seeded();
}
