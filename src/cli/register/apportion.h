/* Apportions whole voters in proportion to weights, each within bounds: the largest-remainder method. Integers only,
 * so the result is the same on every machine. */
#ifndef TURNOUT_COMMAND_APPORTION_H
#define TURNOUT_COMMAND_APPORTION_H

#include <stdint.h>

/* One of the parts. */
struct apportion_part {
    uint32_t weight;    /* at least 1 */
    uint32_t remainder; /* private */
    int64_t least;      /* 0 <= least <= most < 2^31 */
    int64_t most;
    int64_t given; /* out */
};

/* Gives `total` to the parts as nearly in proportion to their weights as the bounds allow; of two equally near, the
 * earlier part comes first. Returns the sum given: `total`, or the sum of the lower or upper bounds when `total` is
 * beyond it. Time grows with count * count. */
int64_t apportion(int64_t total, struct apportion_part *parts, uint32_t count);

/* A desired share as a weight, limited to the valid range. */
uint32_t apportion_weight(int64_t wish);

#endif
