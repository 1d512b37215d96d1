/* Drawing a scene. */
#include "scene.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>

#include "model_data.h"
#include "redis_keys.h"
#include "redis_twin.h"
#include "registers.h"
#include "words.h"
#include "world.h"

enum { UNITS_A_COMMUNE_MAX = 4, CODE_BYTES = 32, OPENS = 1773532800 };

struct scene scene;

static struct {
    char text[GENERATION_BYTES];
    uint32_t generation;
    int64_t seeded_at_us;
} seeded;

/* ---- the register ---- */

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    (void)error;
    assert(!"the register is sound");
}

static void add_area(struct register_builder *builder, const char *code, const char *level,
                     const char *parent)
{
    register_builder_add_area(builder, 0, slice_of(code), slice_of(level), slice_of(parent), slice_of("Name"),
                              slice_of(""));
}

static void add_units(struct register_builder *builder, const char *commune)
{
    int64_t units = world_between(1, UNITS_A_COMMUNE_MAX);
    for (int64_t i = 0; i < units; i++) {
        char code[3 * CODE_BYTES];
        char registered[DECIMAL_BYTES_MAX + 1];
        (void)snprintf(code, sizeof code, "%.63s-%d", commune, (int)i);
        (void)snprintf(registered, sizeof registered, "%d",
                       world_chance(50) ? 0 : (int)world_between(1, 20000));
        register_builder_add_unit(builder, 0, slice_of(code), slice_of(commune), slice_of("Name"),
                                  slice_of(registered));
    }
}

static struct election_register *draw_register(void)
{
    struct register_builder *builder = register_builder_new(on_fault, NULL);
    add_area(builder, "N", "nation", "");
    int64_t provinces = world_between(1, 2);
    for (int64_t i = 0; i < provinces; i++) {
        char province[CODE_BYTES];
        (void)snprintf(province, sizeof province, "p%d", (int)i);
        add_area(builder, province, "province", "N");
        int64_t communes = world_between(1, 3);
        for (int64_t j = 0; j < communes; j++) {
            char commune[2 * CODE_BYTES];
            (void)snprintf(commune, sizeof commune, "%s.c%d", province, (int)j);
            add_area(builder, commune, "commune", province);
            add_units(builder, commune);
        }
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    assert(reg != NULL);
    return reg;
}

/* ---- the election ---- */

static void draw_election(struct election *election)
{
    *election = (struct election){.id = "sim", .offset_s = 25200, .opens = OPENS, .closes = OPENS + 43200};
    election->round_count = (uint32_t)world_between(0, 4);
    for (uint32_t i = 0; i < election->round_count; i++) {
        election->rounds[i] = OPENS + 600 * (int64_t)(i + 1);
    }
    struct rules *rules = &election->rules;
    rules_init(rules);
    rules->late_after_s = (int32_t)world_between(0, 300);
    static const enum rule often_held[] = {
        RULE_OVER_ROLL, RULE_DECREASE,     RULE_FINAL_BELOW, RULE_ROLL_CHANGE,
        RULE_JUMP,      RULE_SAME_FIGURES, RULE_CORRECTIONS, RULE_AS_OF_BEFORE_LAST};
    for (size_t i = 0; i < sizeof often_held / sizeof often_held[0]; i++) {
        enum rule_mode mode = (enum rule_mode)world_between(MODE_OFF, MODE_REJECT);
        if (world_chance(400) && rule_allows(often_held[i], mode)) {
            rules->modes[often_held[i]] = mode;
        }
    }
}

static void draw_hazards(struct hazards *hazards)
{
    *hazards = (struct hazards){
        .crash = world_chance(900) ? (uint32_t)world_between(1, 50) : 0,
        .power_loss = (uint32_t)world_between(0, 1000),
        .cut = world_chance(700) ? (uint32_t)world_between(1, 20) : 0,
        .jitter = world_chance(700) ? (uint32_t)world_between(1, 200) : 0,
        .held_up = world_chance(500) ? (uint32_t)world_between(1, 5) : 0,
        .stall = world_chance(300) ? (uint32_t)world_between(1, 3) : 0,
        .error = world_chance(500) ? (uint32_t)world_between(1, 20) : 0,
        .garbage = world_chance(500) ? (uint32_t)world_between(1, 50) : 0,
        .server_end = world_chance(400) ? (uint32_t)world_between(1, 30) : 0,
        .error_span_us = world_chance(300) ? world_between(1, 2 * WORLD_SECOND_US) : 0,
    };
}

void scene_begin(uint32_t reports)
{
    scene = (struct scene){
        .reg = draw_register(),
        .server_count = (uint32_t)world_between(2, 3),
        .reports = reports,
        .reports_per_minute = world_chance(200) ? (uint32_t)world_between(2, 60) : 6000,
        .commit_lines_max = world_chance(500) ? (uint32_t)world_between(1, 20) : 0,
        .in_flight_bytes_max =
            world_chance(200) ? (size_t)world_between(5000, 50000) : STORE_IN_FLIGHT_BYTES_MAX,
        .deadline_ms = world_between(200, 5000),
        .gap_us = world_between(500, 20000),
        .burst = (uint32_t)world_between(1, 20),
        .change_gap_us = world_chance(500) ? world_between(5000, 100000)
                                            : world_between(20000, 2 * WORLD_SECOND_US),
        .has_changes = world_chance(600),
        .has_registers = world_chance(500),
        .follow = (uint32_t)world_between(200, 1000),
    };
    draw_election(&scene.election);
    draw_hazards(&scene.hazards);
    registers_begin();
    world_set_wall_clock((int64_t)OPENS * 1000);
    seeded.generation = 0;
    scene_seed(world_chance(300) ? PHASE_REHEARSAL : PHASE_OPEN);
}

void scene_end(void)
{
    registers_end();
    register_release(scene.reg);
    scene.reg = NULL;
}

void scene_calm(void)
{
    scene.hazards = (struct hazards){0};
    scene.has_changes = false;
    scene.follow = 1000;
}

/* ---- seeding ---- */

static void seed_province(uint32_t province, enum election_phase phase)
{
    const struct election_register *reg = registers_at(0);
    const struct area *area = &reg->areas[province];
    struct province_keys keys;
    province_keys_init(&keys, &scene.election, area->code);
    struct model_key *communes = model_key_of(slice_of(keys.text[KEY_COMMUNES]));
    for (uint32_t i = 0; i < area->children; i++) {
        const struct area *commune = &reg->areas[area->first_child + i];
        struct store_commune silent = {.totals = {.registered = commune->registered}};
        struct buffer words = {0};
        words_write_commune(&words, &silent);
        buffer_append_text(&words, " -");
        model_set(communes, slice_of(commune->code), (struct slice){words.bytes, words.length});
        buffer_done(&words);
    }
    struct model_key *totals = model_key_of(slice_of(keys.text[KEY_TOTALS]));
    char digits[DECIMAL_BYTES_MAX];
    size_t length = (size_t)(text_put_integer(digits, area->registered) - digits);
    model_set(totals, slice_of("registered"), (struct slice){digits, length});
    model_set_text(totals, "generation", seeded.text);
    model_set_text(totals, "digest", registers_hex(0));
    model_set_text(totals, "phase", election_phase_name(phase));
}

void scene_seed(enum election_phase phase)
{
    model_data_clear();
    seeded.generation++;
    scene_write_generation(seeded.generation, seeded.text);
    seeded.seeded_at_us = world_now_us();
    model_begin_transaction();
    for (uint32_t i = 1; i <= scene.reg->province_count; i++) {
        seed_province(i, phase);
    }
    char key[REDIS_KEY_BYTES];
    redis_key_meta(&scene.election, key);
    struct model_key *meta = model_key_of(slice_of(key));
    model_set_text(meta, "digest", registers_hex(0));
    model_set_text(meta, "generation", seeded.text);
    model_set_text(meta, "phase", election_phase_name(phase));
    model_set_text(meta, "publication", "live");
    model_set_text(meta, "schema", "2");
    model_write_out();
    model_sync();
    twin_copy();
    world_trace("seeded %s %s", seeded.text, election_phase_name(phase));
}

uint32_t scene_generation(void)
{
    return seeded.generation;
}

void scene_write_generation(uint32_t generation, char ret_text[GENERATION_BYTES])
{
    int length = snprintf(ret_text, GENERATION_BYTES, "generation-%u", generation);
    assert(length > 0 && length < GENERATION_BYTES);
}

int64_t scene_seeded_at_us(void)
{
    return seeded.seeded_at_us;
}
