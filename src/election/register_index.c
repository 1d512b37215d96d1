/* The hash table from codes to areas and units: linear probing, at most two thirds full. */
#include "register_index.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

enum { SLOTS_AT_FIRST = 64 };

/* A code is hashed when it is added and when it is looked up, and compared only with those of the same hash: the codes
 * lie far apart in memory, and to look at one that is not meant is what a search would spend its time on. */
struct slot {
    uint32_t hash;
    uint32_t entry; /* REGISTER_NONE: unused */
};

struct register_index {
    struct slot *slots;
    uint32_t slot_count; /* a power of two */
    uint32_t used;
};

static struct slot *new_slots(uint32_t count)
{
    struct slot *slots = memory_new_array(count, sizeof *slots);
    for (uint32_t i = 0; i < count; i++) {
        slots[i].entry = REGISTER_NONE;
    }
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
    uint32_t hash = slice_hash(code);
    for (uint32_t at = hash & mask; index->slots[at].entry != REGISTER_NONE; at = (at + 1) & mask) {
        const struct slot *slot = &index->slots[at];
        if (slot->hash == hash && slice_equals(code, code_of(reg, slot->entry))) {
            return slot->entry;
        }
    }
    return REGISTER_NONE;
}

static void put(struct register_index *index, struct slot slot)
{
    uint32_t mask = index->slot_count - 1;
    uint32_t at = slot.hash & mask;
    while (index->slots[at].entry != REGISTER_NONE) {
        at = (at + 1) & mask;
    }
    index->slots[at] = slot;
}

static void grow(struct register_index *index)
{
    struct slot *old = index->slots;
    uint32_t old_count = index->slot_count;
    assert(old_count <= UINT32_MAX / 4);
    index->slot_count = old_count * 2;
    index->slots = new_slots(index->slot_count);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].entry != REGISTER_NONE) {
            put(index, old[i]);
        }
    }
    free(old);
}

void register_index_add(struct register_index *index, const struct election_register *reg, uint32_t entry)
{
    assert(entry != REGISTER_NONE);
    if (index->used >= index->slot_count / 3 * 2) {
        grow(index);
    }
    put(index, (struct slot){.hash = slice_hash(slice_of(code_of(reg, entry))), .entry = entry});
    index->used++;
}

void register_index_renumber(struct register_index *index, const uint32_t *new_areas,
                             const uint32_t *new_units)
{
    for (uint32_t i = 0; i < index->slot_count; i++) {
        uint32_t entry = index->slots[i].entry;
        if (entry == REGISTER_NONE) {
            continue;
        }
        bool is_unit = (entry & REGISTER_ENTRY_UNIT) != 0;
        index->slots[i].entry =
            is_unit ? new_units[entry & ~REGISTER_ENTRY_UNIT] | REGISTER_ENTRY_UNIT : new_areas[entry];
    }
}
