/* Keeps of each province, as one number, when it moved last. */
#include "movement.h"

#include <stdlib.h>

#include <turnout/base/memory.h>

struct movement movement_after(const struct movement *previous, int64_t revision, const bool *has_moved,
                               uint32_t province_count)
{
    bool has_risen = previous == NULL || revision > previous->highest;
    struct movement movement = {.first = previous == NULL ? revision : previous->first,
                                .highest = has_risen ? revision : previous->highest,
                                .serial = previous == NULL ? 1 : previous->serial + 1,
                                .province_count = province_count,
                                .serials = memory_new_array(province_count + 1, sizeof *movement.serials),
                                .moved = memory_new_array(province_count + 1, sizeof *movement.moved)};
    int64_t now = 2 * movement.highest + (has_risen ? 0 : 1);
    for (uint32_t province = 1; province <= province_count; province++) {
        bool moves = previous == NULL || has_moved[province];
        movement.moved[province] = moves ? now : previous->moved[province];
        movement.serials[province] = moves ? movement.serial : previous->serials[province];
    }
    return movement;
}

void movement_done(struct movement *movement)
{
    free(movement->moved);
    free(movement->serials);
}

static bool has_moved_since(const struct movement *movement, uint32_t province, struct movement_place place)
{
    if (place.serial != 0) {
        return place.serial > movement->serial || movement->serials[province] > place.serial;
    }
    bool is_known = movement->first <= place.revision && place.revision <= movement->highest;
    return !is_known || movement->moved[province] > 2 * place.revision;
}

uint32_t movement_count_since(const struct movement *movement, struct movement_place place)
{
    uint32_t count = 0;
    for (uint32_t province = 1; province <= movement->province_count; province++) {
        count += has_moved_since(movement, province, place);
    }
    return count;
}

void movement_mark_since(const struct movement *movement, struct movement_place place, bool *ret_moved)
{
    for (uint32_t province = 1; province <= movement->province_count; province++) {
        ret_moved[province] = has_moved_since(movement, province, place);
    }
}
