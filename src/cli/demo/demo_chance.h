/* The demo's only source of randomness: numbers that look random, and are the same in every run on every machine,
 * since each depends only on its purpose and index. */
#ifndef TURNOUT_COMMAND_DEMO_CHANCE_H
#define TURNOUT_COMMAND_DEMO_CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* The purpose of a draw. The index of a moment may be added to the last one. */
enum {
    CHANCE_OF_LEAD,
    CHANCE_OF_RANK,
    CHANCE_OF_MISSING,
    CHANCE_OF_SURPLUS,
    CHANCE_OF_LATENESS,
    CHANCE_OF_PACE = 0x100,
};

/* A random number for an area or unit. */
uint32_t demo_chance(uint32_t of_what, uint32_t index);

/* 1 to 98, mostly small. */
uint32_t demo_chance_skewed(uint32_t of_what, uint32_t index);

/* Sorts keys, smallest first. The upper half of a key is the sort value, the lower half an index. */
void demo_sort(uint64_t *keys, size_t count);

#endif
