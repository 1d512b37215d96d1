/* Phases, publication modes and registers are changed as the server does it, by store/meta and store/take_up over links
 * of their own. A generation and a foreign register are as of somebody who resets Redis, or starts with other files,
 * without stopping the servers first. */
#include "officials.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/store/meta.h>
#include <turnout/store/take_up.h>

#include "answers.h"
#include "model_data.h"
#include "model_redis.h"
#include "oracle.h"
#include "phases.h"
#include "redis_keys.h"
#include "registers.h"
#include "scene.h"
#include "senders.h"
#include "world.h"

enum { SHOWN_PROVINCES = 2, TAKING_US_MAX = 3 * WORLD_SECOND_US, GIVEN_UP_IN = 4, DISTURBED_US = 4000 };

enum { QUIET_US = 4 * WORLD_SECOND_US, OPEN_AGAIN_US = 200000, OTHER_REGISTER_US_MAX = 500000 };

static struct {
    struct store *store;
    bool is_up;
    bool is_changing;
    bool opens;                               /* and nothing else any more */
    int64_t quiet_until_us;                   /* no reset and no other register before */
    uint32_t province;                        /* that has another register now; 0: none has */
    char register_before[REGISTER_HEX_BYTES]; /* of that province */
    struct store *taker;                      /* takes a register up; NULL: nobody does */
    bool is_taking;                           /* it was asked to */
    struct register_change *change;
    uint64_t taken_up, gone_back;
    uint32_t reg; /* that was answered to be in force last; REGISTER_UNKNOWN: nobody knows */
    int mode;     /* likewise; -1: nobody knows */
    uint32_t reg_wanted;
    uint32_t reg_asked_in; /* the generation */
    uint32_t mode_asked_in;
} officials;

/* ---- the mode ---- */

static const struct model_key *meta_key(void)
{
    char key[REDIS_KEY_BYTES];
    redis_key_meta(&scene.election, key);
    return model_key_of(slice_of(key));
}

static const struct model_key *province_key(uint32_t province, int key)
{
    struct province_keys keys;
    province_keys_init(&keys, &scene.election, scene.reg->areas[province].code);
    return model_key_of(slice_of(keys.text[key]));
}

static void on_mode(void *context, enum turnout_error error, const char *why,
                    const struct store_change *change)
{
    bool is_known = error == TURNOUT_OK && officials.mode_asked_in == scene_generation();
    officials.is_changing = false;
    officials.mode = is_known ? (int)(intptr_t)context : -1;
    world_trace("the mode was changed: %s, %d", error == TURNOUT_OK ? "" : why,
                change == NULL ? -1 : (int)change->outcome);
    officials_check_stands();
}

static void change_mode(enum publication_mode mode)
{
    static char figures[] = "figures";
    static const struct buffer shown[SHOWN_PROVINCES] = {{.bytes = figures, .length = sizeof figures - 1},
                                                         {.bytes = figures, .length = sizeof figures - 1}};
    if (officials.is_up && !officials.is_changing) {
        officials.is_changing = true;
        officials.mode = -1;
        officials.mode_asked_in = scene_generation();
        world_trace("figures are to be %s", publication_mode_name(mode));
        store_change_publication(officials.store, mode, shown, "office", clock_wall_ms(), on_mode,
                                 (void *)(intptr_t)mode);
    }
}

/* Where figures are held back, every province has what was shown. */
static void check_shown(void)
{
    const struct slice *mode = model_get_text(meta_key(), "publication");
    const struct slice *shown = model_get_text(meta_key(), "shown");
    if (mode == NULL || slice_equals(*mode, "live") || shown == NULL) {
        return;
    }
    struct slice rest = *shown;
    struct slice name = text_split(&rest, ' ');
    for (uint32_t i = 1; i <= scene.reg->province_count; i++) {
        if (model_get(province_key(i, KEY_BULLETINS), name) == NULL) {
            world_fail("figures are held back, and what was shown of province %u is not there", i);
        }
    }
}

/* ---- the register ---- */

static uint32_t register_in_force(void)
{
    const struct slice *digest = model_get_text(meta_key(), "digest");
    return digest == NULL ? REGISTER_UNKNOWN : registers_find(*digest);
}

static bool is_change_unfinished(void)
{
    char key[REDIS_KEY_BYTES];
    redis_key_change(&scene.election, key);
    return model_exists(model_key_of(slice_of(key)));
}

static void end_taking(void *context)
{
    if (officials.taker == NULL || officials.taker != context) {
        return;
    }
    struct store *taker = officials.taker;
    officials.taker = NULL;
    store_free(taker);
    register_change_release(officials.change);
    officials.change = NULL;
    officials.is_taking = false;
}

/* A change that can neither go on nor back, since units have reported under either register, waits for a committee. */
static void clear_the_way(const struct take_up *take_up)
{
    for (size_t row = 0; row < officials.change->count; row++) {
        if (take_up->heard[row]) {
            senders_silence(register_find_unit(scene.reg, slice_of(officials.change->rows[row].code)));
        }
    }
}

static void check_refused(const struct take_up *take_up)
{
    bool is_known = officials.reg_asked_in == scene_generation();
    if (is_known && take_up->outcome == TAKE_UP_REFUSED && is_change_unfinished()) {
        world_fail("the change of the register was refused, and is half done");
    }
}

static void on_taken_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    (void)context;
    world_trace("the register is taken up: %s, %d", error == TURNOUT_OK ? "" : why,
                take_up == NULL ? -1 : (int)take_up->outcome);
    if (error == TURNOUT_OK && take_up->outcome <= TAKE_UP_DONE_BEFORE) {
        officials.taken_up++;
        bool is_known = officials.reg_asked_in == scene_generation();
        officials.reg = is_known ? officials.reg_wanted : REGISTER_UNKNOWN;
        officials_check_stands();
    } else if (error == TURNOUT_OK) {
        officials.gone_back += take_up->outcome == TAKE_UP_REFUSED;
        check_refused(take_up);
        if (officials.opens && take_up->outcome == TAKE_UP_STUCK) {
            clear_the_way(take_up);
        }
    }
    if (officials.taker != NULL) {
        world_after(0, end_taking, officials.taker);
    }
}

/* The files of before are put back. */
static void on_given_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    (void)context;
    bool is_known = error == TURNOUT_OK && take_up->outcome <= TAKE_UP_DONE_BEFORE &&
                    officials.reg_asked_in == scene_generation();
    officials.reg = is_known ? register_in_force() : REGISTER_UNKNOWN;
    world_trace("the change is given up: %s, %d", error == TURNOUT_OK ? "" : why,
                take_up == NULL ? -1 : (int)take_up->outcome);
    officials_check_stands();
    if (officials.taker != NULL) {
        world_after(0, end_taking, officials.taker);
    }
}

static void on_taker_link(void *context, bool up, const char *why)
{
    (void)context;
    (void)why;
    if (!up || officials.is_taking) {
        return;
    }
    officials.is_taking = true;
    if (!officials.opens && world_random(GIVEN_UP_IN) == 0) {
        store_give_up_change(officials.taker, on_given_up, NULL);
    } else {
        store_take_up(officials.taker, officials.change, "office", "a new station", clock_wall_ms(),
                      on_taken_up, NULL);
    }
}

/* Whoever asks may be gone before the answer comes. */
static void change_register(void)
{
    uint32_t from = register_in_force();
    if (officials.taker != NULL || officials.province != 0 || from == REGISTER_UNKNOWN) {
        return;
    }
    struct election_register *before = registers_at(from);
    struct election_register *after = registers_at(1 - from);
    const struct rules *rules = &scene.election.rules;
    struct store_options options = {.election = &scene.election,
                                    .reg = before,
                                    .command_deadline_ms = scene.deadline_ms,
                                    .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX};
    world_trace("register %u is to be in force", 1 - from);
    officials.reg = REGISTER_UNKNOWN;
    officials.reg_wanted = 1 - from;
    officials.reg_asked_in = scene_generation();
    officials.change = register_change_new(before, rules, after, rules);
    officials.taker = store_new(NULL, &options, on_taker_link, NULL);
    store_start(officials.taker);
    world_after(world_chance(300) ? world_between(0, 20000) : TAKING_US_MAX, end_taking, officials.taker);
    if (world_chance(400)) {
        senders_disturb(DISTURBED_US);
    }
}

/* What was answered stands, whatever Redis went through. */
void officials_check_stands(void)
{
    phases_check();
    if (officials.reg != REGISTER_UNKNOWN) {
        for (uint32_t i = 0; i <= scene.reg->province_count; i++) {
            const struct slice *digest =
                model_get_text(i == 0 ? meta_key() : province_key(i, KEY_TOTALS), "digest");
            bool is_foreign = i > 0 && i == officials.province;
            if (!is_foreign && (digest == NULL || registers_find(*digest) != officials.reg)) {
                world_fail("register %u was taken up, and area %u has another one", officials.reg, i);
            }
        }
    }
    const struct slice *mode = model_get_text(meta_key(), "publication");
    if (officials.mode >= 0 &&
        (mode == NULL ||
         !slice_equals(*mode, publication_mode_name((enum publication_mode)officials.mode)))) {
        world_fail("the mode was changed to %s, and is another",
                   publication_mode_name((enum publication_mode)officials.mode));
    }
    check_shown();
}

uint32_t officials_register_before(uint32_t province)
{
    return province == officials.province ? registers_find(slice_of(officials.register_before))
                                          : REGISTER_UNKNOWN;
}

uint64_t officials_taken_up(void)
{
    return officials.taken_up;
}

uint64_t officials_gone_back(void)
{
    return officials.gone_back;
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
    char other[REGISTER_HEX_BYTES];
    const struct slice *digest = model_get_text(province_key(officials.province, KEY_TOTALS), "digest");
    bool fits = digest != NULL && slice_copy(*digest, officials.register_before, sizeof other);
    assert(fits);
    memcpy(other, officials.register_before, sizeof other);
    other[0] = other[0] == '0' ? '1' : '0';
    set_register(other);
}

static void give_register_back(void)
{
    set_register(officials.register_before);
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
    scene_seed(world_chance(500) ? PHASE_REHEARSAL : PHASE_OPEN);
    oracle_read_again();
    phases_seeded();
    officials.province = 0;
    officials.reg = REGISTER_UNKNOWN;
    officials.mode = -1;
}

/* ---- life ---- */

static void change_something(void)
{
    bool is_quiet = !model_is_idle() || world_now_us() < officials.quiet_until_us ||
                    officials.taker != NULL || is_change_unfinished();
    switch (world_random(scene.has_registers ? 16 : 12)) {
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
        phases_change(PHASE_CLOSED);
        break;
    case 6:
    case 7:
        change_mode((enum publication_mode)world_random(PUBLICATION_HOLD + 1));
        break;
    case 12:
    case 13:
    case 14:
    case 15:
        change_register();
        break;
    default:
        phases_change(PHASE_OPEN);
        break;
    }
}

static void on_moment(void *context)
{
    if (officials.opens) {
        if (is_change_unfinished()) {
            change_register();
        }
        phases_change(PHASE_OPEN);
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
    officials.reg = REGISTER_UNKNOWN;
    officials.mode = -1;
}

void officials_start(void)
{
    struct store_options options = {.election = &scene.election,
                                    .reg = registers_at(0),
                                    .command_deadline_ms = scene.deadline_ms,
                                    .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX};
    officials.store = store_new(NULL, &options, on_link, NULL);
    store_start(officials.store);
    world_after(0, on_moment, NULL);
    phases_start(officials.store);
}

void officials_end(void)
{
    end_taking(officials.taker);
    store_free(officials.store);
}
