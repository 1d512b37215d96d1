/* The demo's only source of chance: numbers that look drawn and are the same in every run on every machine, since
 * each depends on nothing but what it is drawn for. */
#ifndef TURNOUT_COMMAND_DEMO_CHANCE_H
#define TURNOUT_COMMAND_DEMO_CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* What a draw is for. A moment's number may be added to the last one. */
enum {
    CHANCE_OF_LEAD,
    CHANCE_OF_RANK,
    CHANCE_OF_MISSING,
    CHANCE_OF_SURPLUS,
    CHANCE_OF_LATENESS,
    CHANCE_OF_PACE = 0x100,
};

/* Any number, of an area or unit. */
uint32_t demo_chance(uint32_t of_what, uint32_t index);

/* 1 to 98, most often small: few have much. */
uint32_t demo_chance_skewed(uint32_t of_what, uint32_t index);

/* Sorts keys, smallest first. A key holds what to sort by in its upper half, and an index in its lower half. */
void demo_sort(uint64_t *keys, size_t count);

#endif
