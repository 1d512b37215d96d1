/* Suggests the name that was most likely meant by a misspelt one, for messages. Tolerates a few inserted, missing,
 * replaced or swapped letters; case does not matter. */
#ifndef TURNOUT_BASE_NEAREST_H
#define TURNOUT_BASE_NEAREST_H

#include <stdint.h>

#include <turnout/base/text.h>

struct nearest {
    struct slice wrong; /* borrowed */
    const char *name;   /* the best one offered; NULL: none is close. Borrowed from nearest_offer() */
    uint32_t edits;     /* distance of the two; without a name, the most that is allowed */
};

/* Offer every valid name in turn: of equally near ones the first is kept. */
struct nearest nearest_to(struct slice wrong);
void nearest_offer(struct nearest *nearest, const char *name);

enum { NEAREST_HINT_BYTES = 96 };

/* `; did you mean NAME?`, or nothing. Returns ret_hint. */
const char *nearest_hint(const struct nearest *nearest, char ret_hint[NEAREST_HINT_BYTES]);

#endif
