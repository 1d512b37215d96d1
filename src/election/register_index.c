/* The hash table from codes to areas and units: linear probing, at most two thirds full. */
#include "register_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { SLOTS_AT_FIRST = 64 };

/* What an unused slot holds. No entry can be this. */
#define SLOT_EMPTY REGISTER_NONE

struct register_index {
    uint32_t *slots;
    uint32_t slot_count; /* a power of two */
    uint32_t used;
};

static uint32_t *new_slots(uint32_t count)
{
    uint32_t *slots = memory_new_array(count, sizeof *slots);
    memset(slots, 0xff, count * sizeof *slots); /* SLOT_EMPTY everywhere */
    return slots;
}

struct register_index *register_index_new(void)
{
    struct register_index *index = memory_new(sizeof *index);
    index->slots = new_slots(SLOTS_AT_FIRST);
    index->slot_count = SLOTS_AT_FIRST;
    return index;
}

void register_index_free(struct register_index *index)
{
    if (index == NULL) {
        return;
    }
    free(index->slots);
    free(index);
}

static const char *code_of(const struct election_register *reg, uint32_t entry)
{
    if ((entry & REGISTER_ENTRY_UNIT) != 0) {
        return reg->units[entry & ~REGISTER_ENTRY_UNIT].code;
    }
    return reg->areas[entry].code;
}

uint32_t register_index_find(const struct register_index *index, const struct election_register *reg,
                             struct slice code)
{
    if (code.length == 0) {
        return REGISTER_NONE;
    }
    uint32_t mask = index->slot_count - 1;
    for (uint32_t at = slice_hash(code) & mask; index->slots[at] != SLOT_EMPTY; at = (at + 1) & mask) {
        if (slice_equals(code, code_of(reg, index->slots[at]))) {
            return index->slots[at];
        }
    }
    return REGISTER_NONE;
}

static void put(struct register_index *index, const struct election_register *reg, uint32_t entry)
{
    uint32_t mask = index->slot_count - 1;
    uint32_t at = slice_hash(slice_of(code_of(reg, entry))) & mask;
    while (index->slots[at] != SLOT_EMPTY) {
        at = (at + 1) & mask;
    }
    index->slots[at] = entry;
}

static void grow(struct register_index *index, const struct election_register *reg)
{
    uint32_t *old = index->slots;
    uint32_t old_count = index->slot_count;
    assert(old_count <= UINT32_MAX / 4);
    index->slot_count = old_count * 2;
    index->slots = new_slots(index->slot_count);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i] != SLOT_EMPTY) {
            put(index, reg, old[i]);
        }
    }
    free(old);
}

void register_index_add(struct register_index *index, const struct election_register *reg, uint32_t entry)
{
    assert(entry != SLOT_EMPTY);
    if (index->used >= index->slot_count / 3 * 2) {
        grow(index, reg);
    }
    put(index, reg, entry);
    index->used++;
}

void register_index_renumber(struct register_index *index, const uint32_t *new_areas,
                             const uint32_t *new_units)
{
    for (uint32_t i = 0; i < index->slot_count; i++) {
        uint32_t entry = index->slots[i];
        if (entry == SLOT_EMPTY) {
            continue;
        }
        bool is_unit = (entry & REGISTER_ENTRY_UNIT) != 0;
        index->slots[i] =
            is_unit ? new_units[entry & ~REGISTER_ENTRY_UNIT] | REGISTER_ENTRY_UNIT : new_areas[entry];
    }
}
