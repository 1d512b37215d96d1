/* Apportions by one common scale: every part gets its weight times the scale, limited to its bounds. The sum grows
 * with the scale, so the scale is found by binary search; what rounding down leaves over goes to the largest
 * remainders. */
#include "register/apportion.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/* Fractional bits of the fixed-point scale. Weights are below 2^32, so one step of the scale changes a part by at
 * most one. */
enum { SCALE_FRACTION_BITS = 32 };

static int64_t at_scale(const struct apportion_part *part, uint64_t scale, uint32_t *ret_remainder)
{
    uint64_t product;
    bool beyond = __builtin_mul_overflow(scale, (uint64_t)part->weight, &product);
    uint64_t whole = product >> SCALE_FRACTION_BITS;
    *ret_remainder = 0;
    if (beyond || whole >= (uint64_t)part->most) {
        return part->most;
    }
    if (whole < (uint64_t)part->least) {
        return part->least;
    }
    *ret_remainder = (uint32_t)product;
    return (int64_t)whole;
}

static int64_t give_at_scale(struct apportion_part *parts, uint32_t count, uint64_t scale)
{
    int64_t given = 0;
    for (uint32_t i = 0; i < count; i++) {
        parts[i].given = at_scale(&parts[i], scale, &parts[i].remainder);
        given += parts[i].given;
    }
    return given;
}

/* The part with room and the largest remainder; NULL when all are full. */
static struct apportion_part *next_in_line(struct apportion_part *parts, uint32_t count)
{
    struct apportion_part *next = NULL;
    for (uint32_t i = 0; i < count; i++) {
        bool has_room = parts[i].given < parts[i].most;
        if (has_room && (next == NULL || parts[i].remainder > next->remainder)) {
            next = &parts[i];
        }
    }
    return next;
}

/* A power of two at which every part reaches its upper bound; below 2^64, as `most` is below 2^31. */
static uint64_t highest_scale(const struct apportion_part *parts, uint32_t count)
{
    uint64_t highest = 1;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t filling = (((uint64_t)parts[i].most + 1) << SCALE_FRACTION_BITS) / parts[i].weight;
        while (highest < filling) {
            highest <<= 1;
        }
    }
    return highest;
}

int64_t apportion(int64_t total, struct apportion_part *parts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert(parts[i].weight > 0 && parts[i].least >= 0);
        assert(parts[i].least <= parts[i].most && parts[i].most <= INT32_MAX);
    }
    uint64_t scale = 0;
    for (uint64_t step = highest_scale(parts, count); step > 0; step >>= 1) {
        if (give_at_scale(parts, count, scale + step) <= total) {
            scale += step;
        }
    }
    int64_t given = give_at_scale(parts, count, scale);
    while (given < total) {
        struct apportion_part *next = next_in_line(parts, count);
        if (next == NULL) {
            break;
        }
        next->given++;
        next->remainder = 0;
        given++;
    }
    return given;
}

uint32_t apportion_weight(int64_t wish)
{
    if (wish < 1) {
        return 1;
    }
    return wish > UINT32_MAX ? UINT32_MAX : (uint32_t)wish;
}
