/* Whether this machine's clock can be believed (DESIGN section 3). It is doubted
 *   - while it stands elsewhere than where it stood, measured by the clock that never jumps, by more than the tolerance;
 *   - while many units at once report counts of its future, and they are more than those whose counts fit;
 *   - while Redis's clock differs by more than the tolerance.
 * While it is doubted, no report is rejected for its time. A jump that ends another doubt, or that comes as the kernel
 * begins to call the clock synchronised, mended it. So did one of a clock that the kernel did not call synchronised before,
 * set by hand say, when CLOCK_SETTLED_MS later no unit has contradicted it. Any other ends when the clock goes back, or with a
 * restart. */
#ifndef TURNOUT_SERVICE_CLOCK_WATCH_H
#define TURNOUT_SERVICE_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    /* So many units must contradict, where the kernel does not call the clock synchronised, and where it does. */
    CLOCK_CONTRADICTING_MIN = 3,
    CLOCK_CONTRADICTING_SYNCHRONISED_MIN = 10,
    CLOCK_FRESH_S = 900, /* a count of longer ago says nothing about now */
    CLOCK_SETTLED_MS = 60000,
    CLOCK_WHY_BYTES = 200,
};

struct clock_watch;

struct clock_watch *clock_watch_new(int64_t tolerance_ms, uint32_t unit_count);
void clock_watch_free(struct clock_watch *watch); /* NULL-safe */

/* A unit has counted then, and says so now. From one thread alone. */
void clock_watch_note_count(struct clock_watch *watch, uint32_t unit, int64_t as_of_s, int64_t received_ms);

/* The units are others: what they have said is forgotten. From the same thread. */
void clock_watch_set_units(struct clock_watch *watch, uint32_t unit_count);

/* The two that follow: from one thread alone. */

/* Redis's clock is so far ahead of this one; negative: behind. */
void clock_watch_note_store(struct clock_watch *watch, int64_t ahead_ms);

/* Weighs everything; whether the clock is believed, and else *ret_why is why not. */
bool clock_watch_look(struct clock_watch *watch, char ret_why[CLOCK_WHY_BYTES]);

/* From any thread. NULL-safe: what nobody watches is not doubted. */
bool clock_watch_is_doubted(const struct clock_watch *watch);

#endif
