/* From the order of the files to the register's order: the nation, the provinces as given, the communes
 * grouped by province, the units grouped by commune, everything within its group as given. Groups are
 * counted first and filled then, so a million rows cost two passes and no comparison. */
#include "register_arrange.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

#include "register_index.h"

/* Gives each parent in areas[first .. first + count) its range of children, by the `children` counted before,
 * the first of them beginning at `next`. */
static void lay_out_ranges(struct area *areas, uint32_t first, uint32_t count, uint32_t next)
{
    for (uint32_t i = first; i < first + count; i++) {
        areas[i].first_child = next;
        next += areas[i].children;
        areas[i].children = 0; /* counted once more as they are filled in */
    }
}

/* Takes the next free place in a parent's range. */
static uint32_t take_place(struct area *parent)
{
    return parent->first_child + parent->children++;
}

/* *ret_new is where each row's area goes. */
static void number_areas(const struct election_register *reg, struct area *sorted, uint32_t *ret_new)
{
    uint32_t provinces = 0;
    for (uint32_t i = 0; i < reg->area_count; i++) {
        if (reg->areas[i].level == AREA_NATION) {
            ret_new[i] = REGISTER_NATION;
        } else if (reg->areas[i].level == AREA_PROVINCE) {
            ret_new[i] = ++provinces;
        }
    }
    for (uint32_t i = 0; i < reg->area_count; i++) {
        if (reg->areas[i].level == AREA_COMMUNE) {
            sorted[ret_new[reg->areas[i].parent]].children++;
        }
    }
    lay_out_ranges(sorted, 1, provinces, 1 + provinces);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        if (reg->areas[i].level == AREA_COMMUNE) {
            ret_new[i] = take_place(&sorted[ret_new[reg->areas[i].parent]]);
        }
    }
    sorted[REGISTER_NATION].first_child = 1;
    sorted[REGISTER_NATION].children = provinces;
}

static void arrange_areas(struct election_register *reg, uint32_t *ret_new)
{
    struct area *sorted = memory_new_array(reg->area_count, sizeof *sorted);
    number_areas(reg, sorted, ret_new);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area *row = &reg->areas[i];
        struct area *area = &sorted[ret_new[i]];
        area->code = row->code;
        area->name = row->name;
        area->name_en = row->name_en;
        area->level = row->level;
        area->parent = row->parent == REGISTER_NONE ? REGISTER_NONE : ret_new[row->parent];
    }
    free(reg->areas);
    reg->areas = sorted;
    reg->province_count = sorted[REGISTER_NATION].children;
}

/* Expects units that name their commune by its final index. */
static void arrange_units(struct election_register *reg, uint32_t *ret_new)
{
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        reg->areas[reg->units[i].commune].children++;
    }
    uint32_t first_commune = 1 + reg->province_count;
    lay_out_ranges(reg->areas, first_commune, reg->area_count - first_commune, 0);

    struct unit *sorted = memory_new_array(reg->unit_count, sizeof *sorted);
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        ret_new[i] = take_place(&reg->areas[reg->units[i].commune]);
        sorted[ret_new[i]] = reg->units[i];
    }
    free(reg->units);
    reg->units = sorted;
}

/* Children stand behind their parents, so going backwards every area is whole before it is added to its
 * parent. */
static void sum_up(struct election_register *reg)
{
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        struct area *commune = &reg->areas[reg->units[i].commune];
        commune->units++;
        commune->registered += reg->units[i].registered;
    }
    for (uint32_t i = reg->area_count - 1; i > REGISTER_NATION; i--) {
        struct area *area = &reg->areas[i];
        area->communes += area->level == AREA_COMMUNE;
        struct area *parent = &reg->areas[area->parent];
        parent->communes += area->communes;
        parent->units += area->units;
        parent->registered += area->registered;
    }
}

void register_arrange(struct election_register *reg)
{
    assert(reg->area_count > 0);
    uint32_t *new_areas = memory_new_array(reg->area_count, sizeof *new_areas);
    uint32_t *new_units = memory_new_array(reg->unit_count, sizeof *new_units);
    arrange_areas(reg, new_areas);
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        reg->units[i].commune = new_areas[reg->units[i].commune];
    }
    arrange_units(reg, new_units);
    register_index_renumber(reg->index, new_areas, new_units);
    sum_up(reg);
    free(new_areas);
    free(new_units);
}
