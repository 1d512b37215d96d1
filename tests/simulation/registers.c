/* Drawing registers out of the one that has every unit. */
#include "registers.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "world.h"

static struct {
    struct election_register *all[REGISTERS];
    char hex[REGISTERS][REGISTER_HEX_BYTES];
} registers;

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    (void)error;
    assert(!"the register is sound");
}

static void add_areas(struct register_builder *builder)
{
    for (uint32_t i = 0; i < scene.reg->area_count; i++) {
        const struct area *area = &scene.reg->areas[i];
        const char *parent = area->parent == REGISTER_NONE ? "" : scene.reg->areas[area->parent].code;
        register_builder_add_area(builder, 0, slice_of(area->code), slice_of(area_level_name(area->level)),
                                  slice_of(parent), slice_of("Name"), slice_of(""));
    }
}

static void add_unit(struct register_builder *builder, uint32_t unit, uint32_t roll)
{
    char registered[DECIMAL_BYTES_MAX + 1];
    const struct unit *of = &scene.reg->units[unit];
    (void)snprintf(registered, sizeof registered, "%u", roll);
    register_builder_add_unit(builder, 0, slice_of(of->code), slice_of(scene.reg->areas[of->commune].code),
                              slice_of("Name"), slice_of(registered));
}

/* The first unit is in each. */
static void add_unit_to_each(struct register_builder *const builders[REGISTERS], uint32_t unit)
{
    uint32_t roll = scene.reg->units[unit].registered;
    uint64_t fate = world_random(20);
    for (uint32_t i = 0; i < REGISTERS; i++) {
        bool is_mended = fate == 0 && i > 0;
        if (unit == 0 || fate == 0 || fate > 2 || fate == i + 1) {
            add_unit(builders[i], unit, is_mended ? (uint32_t)world_between(1, 20000) : roll);
        }
    }
}

void registers_begin(void)
{
    struct register_builder *builders[REGISTERS];
    for (uint32_t i = 0; i < REGISTERS; i++) {
        builders[i] = register_builder_new(on_fault, NULL);
        add_areas(builders[i]);
    }
    for (uint32_t unit = 0; unit < scene.reg->unit_count; unit++) {
        add_unit_to_each(builders, unit);
    }
    for (uint32_t i = 0; i < REGISTERS; i++) {
        struct election_register *reg = register_builder_finish(builders[i]);
        register_builder_free(builders[i]);
        assert(reg != NULL && reg->area_count == scene.reg->area_count);
        for (size_t byte = 0; byte < sizeof reg->digest; byte++) {
            reg->digest[byte] = (unsigned char)world_random(256);
            (void)snprintf(registers.hex[i] + 2 * byte, 3, "%02x", reg->digest[byte]);
        }
        registers.all[i] = reg;
    }
}

void registers_end(void)
{
    for (uint32_t i = 0; i < REGISTERS; i++) {
        register_release(registers.all[i]);
    }
}

struct election_register *registers_at(uint32_t number)
{
    return registers.all[number];
}

const char *registers_hex(uint32_t number)
{
    return registers.hex[number];
}

uint32_t registers_find(struct slice hex)
{
    uint32_t number = 0;
    while (number < REGISTERS && !slice_equals(hex, registers.hex[number])) {
        number++;
    }
    return number;
}

bool registers_differ_in(uint32_t unit)
{
    return registers_unit_in(0, unit) == REGISTER_NONE || registers_unit_in(1, unit) == REGISTER_NONE ||
           registers_roll(0, unit) != registers_roll(1, unit);
}

uint32_t registers_unit_in(uint32_t number, uint32_t unit)
{
    return register_find_unit(registers.all[number], slice_of(scene.reg->units[unit].code));
}

int32_t registers_roll(uint32_t number, uint32_t unit)
{
    uint32_t there = registers_unit_in(number, unit);
    return there == REGISTER_NONE ? 0 : (int32_t)registers.all[number]->units[there].registered;
}
