/* The name that was most likely meant by a wrong one: for messages. A few letters too many, missing, exchanged or
 * swapped; capitals do not matter. */
#ifndef TURNOUT_BASE_NEAREST_H
#define TURNOUT_BASE_NEAREST_H

#include <stdint.h>

#include <turnout/base/text.h>

struct nearest {
    struct slice wrong; /* borrowed */
    const char *name;   /* the best one offered; NULL: none is like it. Borrowed from nearest_offer() */
    uint32_t edits;     /* between the two; before that, the most that are allowed */
};

/* Offer it every right name, in the order of a table: the first of the nearest is kept. */
struct nearest nearest_to(struct slice wrong);
void nearest_offer(struct nearest *nearest, const char *name);

enum { NEAREST_HINT_BYTES = 96 };

/* `; did you mean NAME?`, or nothing. Returns ret_hint. */
const char *nearest_hint(const struct nearest *nearest, char ret_hint[NEAREST_HINT_BYTES]);

#endif
