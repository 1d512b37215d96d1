/* When each province was last seen to move: so a reader that names the revision it has can be told of those alone that
 * have moved since. Immutable, part of a publication; a few bytes a province, however long the day is.
 *
 * Time is the nation's revision. A province that moved when the revision rose to r has moved at r; one that moved while
 * the revision stood at r, or was lower than before (an older picture is shown, say), has moved after r, the highest
 * there was: a reader that has r hears of it, perhaps again and again, but never not at all. */
#ifndef TURNOUT_SERVICE_MOVEMENT_H
#define TURNOUT_SERVICE_MOVEMENT_H

#include <stdbool.h>
#include <stdint.h>

struct movement {
    int64_t first;   /* the revision that this server showed first */
    int64_t highest; /* of those that it has shown */
    uint64_t serial; /* how many times it has shown something */
    uint32_t province_count;
    int64_t *moved; /* for areas 1 to province_count: 2r when the province moved at r, 2r + 1 when after it */
    uint64_t *serials; /* for the same areas: the serial at which each moved last */
};

/* What a reader has: a revision; and, where it can say so, of which serial, which is exact. */
struct movement_place {
    int64_t revision;
    uint64_t serial; /* 0: not said */
};

/* `has_moved` has one entry an area, and all are true where `previous` is NULL or of another register. */
struct movement movement_after(const struct movement *previous, int64_t revision, const bool *has_moved,
                               uint32_t province_count);
void movement_done(struct movement *movement);

/* `text` is a revision, or a document's `next`. False when it is neither. `run` is how each `next` of this server's run
 * begins after its revision; NULL: it has none. */
bool movement_place_parse(const char *text, const char *run, struct movement_place *ret_place);

/* How many provinces have moved since this was shown; all of them, where this server has not shown it. */
uint32_t movement_count_since(const struct movement *movement, struct movement_place place);

/* Fills in the provinces' entries of ret_moved, which has one an area: true for those that movement_count_since() has
 * counted. */
void movement_mark_newest(const struct movement *movement, uint32_t count, bool *ret_moved);

#endif
