/* Finds areas and units by code: one open-addressed hash table over both, because a code is unique among
 * both. A slot is eight bytes, the code's hash and the entry's number; the code itself stands in the register. */
#ifndef TURNOUT_REGISTER_INDEX_H
#define TURNOUT_REGISTER_INDEX_H

#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/register.h>

/* An entry is the index of an area, or that of a unit with this bit set. */
#define REGISTER_ENTRY_UNIT UINT32_C(0x80000000)

struct register_index *register_index_new(void);
void register_index_free(struct register_index *index); /* NULL-safe */

/* The entry with this code, or REGISTER_NONE. */
uint32_t register_index_find(const struct register_index *index, const struct election_register *reg,
                             struct slice code);

/* Adds an entry that stands in the register already and whose code is not in the index yet. */
void register_index_add(struct register_index *index, const struct election_register *reg, uint32_t entry);

/* After the register was put into another order: area i is now new_areas[i], unit i is new_units[i]. */
void register_index_renumber(struct register_index *index, const uint32_t *new_areas,
                             const uint32_t *new_units);

#endif
