/* A mixing function instead of a generator: a draw does not depend on earlier draws, so the plan can be made in any
 * order. */
#include "demo/demo_chance.h"

#include <stdlib.h>

uint32_t demo_chance(uint32_t of_what, uint32_t index)
{
    /* The steps of SplitMix64 (Steele, Lea and Flood, 2014). */
    uint64_t x = ((uint64_t)of_what << 32 | index) + UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ x >> 31) >> 16);
}

uint32_t demo_chance_skewed(uint32_t of_what, uint32_t index)
{
    uint32_t percent = demo_chance(of_what, index) % 100;
    return 1 + percent * percent * percent / 10000;
}

static int compare_keys(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

void demo_sort(uint64_t *keys, size_t count)
{
    qsort(keys, count, sizeof keys[0], compare_keys);
}
