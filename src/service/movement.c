/* Keeps of each province, as one number, when it moved last. */
#include "movement.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>
#include <turnout/wire/figures.h>

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

/* Hexadecimal. False when it is none, or too long. */
static bool parse_serial(struct slice text, uint64_t *ret_serial)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t serial = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = strchr(digits, text.bytes[i]);
        if (digit == NULL) {
            return false;
        }
        serial = serial * 16 + (uint64_t)(digit - digits);
    }
    *ret_serial = serial;
    return text.length > 0 && text.length <= 16;
}

/* What another run has shown, of this server or of another one, says nothing about this one's: it becomes what was
 * never shown. */
bool movement_place_parse(const char *text, const char *run, struct movement_place *ret_place)
{
    struct slice rest = slice_of(text);
    struct slice digits = text_split(&rest, '.');
    uint64_t revision;
    uint64_t serial = 0;
    if (!text_parse_unsigned(digits, INT64_MAX / 4, &revision)) {
        return false;
    }
    *ret_place = (struct movement_place){.revision = (int64_t)revision};
    if (rest.bytes == NULL) {
        return true;
    }
    bool is_of_this_run =
        run != NULL && rest.length > FIGURES_RUN_DIGITS && memcmp(rest.bytes, run, FIGURES_RUN_DIGITS) == 0;
    if (is_of_this_run) {
        rest = (struct slice){rest.bytes + FIGURES_RUN_DIGITS, rest.length - FIGURES_RUN_DIGITS};
    }
    bool is_number = parse_serial(rest, &serial);
    *ret_place = (struct movement_place){.revision = -1, .serial = is_of_this_run ? serial : 0};
    return is_number;
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

/* What moved later is in every answer that goes further back: the count says which provinces were counted. */
void movement_mark_newest(const struct movement *movement, uint32_t count, bool *ret_moved)
{
    for (uint32_t province = 1; province <= movement->province_count; province++) {
        struct movement_place its_own = {.serial = movement->serials[province]};
        ret_moved[province] = movement_count_since(movement, its_own) < count;
    }
}
