/* The finished register: looking things up in it, and letting it go. Building one is register_builder.c's. */
#include <turnout/election/register.h>

#include <assert.h>
#include <stdlib.h>

#include "register_index.h"
#include "register_text.h"

void register_acquire(struct election_register *reg)
{
    atomic_fetch_add_explicit(&reg->references, 1, memory_order_relaxed);
}

void register_release(struct election_register *reg)
{
    if (reg == NULL || atomic_fetch_sub_explicit(&reg->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    free(reg->areas);
    free(reg->units);
    register_index_free(reg->index);
    register_text_free(reg->text);
    free(reg);
}

uint32_t register_find_area(const struct election_register *reg, struct slice code)
{
    uint32_t entry = register_index_find(reg->index, reg, code);
    return entry == REGISTER_NONE || (entry & REGISTER_ENTRY_UNIT) != 0 ? REGISTER_NONE : entry;
}

uint32_t register_find_unit(const struct election_register *reg, struct slice code)
{
    uint32_t entry = register_index_find(reg->index, reg, code);
    return entry == REGISTER_NONE || (entry & REGISTER_ENTRY_UNIT) == 0 ? REGISTER_NONE
                                                                        : entry & ~REGISTER_ENTRY_UNIT;
}

uint32_t register_first_unit(const struct election_register *reg, uint32_t province)
{
    const struct area *area = &reg->areas[province];
    assert(area->level == AREA_PROVINCE);
    return area->children == 0 ? 0 : reg->areas[area->first_child].first_child;
}

uint32_t register_province_of(const struct election_register *reg, uint32_t area)
{
    assert(area < reg->area_count);
    switch (reg->areas[area].level) {
    case AREA_PROVINCE:
        return area;
    case AREA_COMMUNE:
        return reg->areas[area].parent;
    case AREA_NATION:
        break;
    }
    return REGISTER_NONE;
}

const char *area_level_name(enum area_level level)
{
    static const char *const names[] = {
        [AREA_NATION] = "nation", [AREA_PROVINCE] = "province", [AREA_COMMUNE] = "commune"};
    assert((size_t)level < sizeof names / sizeof names[0]);
    return names[level];
}

bool register_area_contains(const struct election_register *reg, uint32_t area, uint32_t inner)
{
    while (inner != area && inner != REGISTER_NONE) {
        inner = reg->areas[inner].parent;
    }
    return inner == area;
}
