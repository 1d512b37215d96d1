/* Whether this machine's clock can be trusted (DESIGN section 3). It is doubted
 *   - while it differs from where the monotonic clock says it should be by more than the tolerance;
 *   - while many units at once report counts in its future, and they outnumber those whose counts fit;
 *   - while Redis's clock differs by more than the tolerance.
 * While it is doubted, no report is rejected for its time. The doubt about a jump ends when the clock jumps back, or
 * with a restart. It ends earlier where the jump was a correction: it ended another doubt; or the kernel began to
 * call the clock synchronised with it; or the kernel did not call it synchronised before (set by hand, say) and
 * CLOCK_SETTLED_MS later no unit contradicts it. */
#ifndef TURNOUT_SERVICE_CLOCK_WATCH_H
#define TURNOUT_SERVICE_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    /* This many units must contradict it: when the kernel does not call the clock synchronised, and when it does. */
    CLOCK_CONTRADICTING_MIN = 3,
    CLOCK_CONTRADICTING_SYNCHRONISED_MIN = 10,
    CLOCK_FRESH_S = 900, /* older counts say nothing about now */
    CLOCK_SETTLED_MS = 60000,
    CLOCK_WHY_BYTES = 200,
};

struct clock_watch;

struct clock_watch *clock_watch_new(int64_t tolerance_ms, uint32_t unit_count);
void clock_watch_free(struct clock_watch *watch); /* NULL-safe */

/* Records that a unit counted at `as_of_s` and its report arrived at `received_ms`. From one thread only. */
void clock_watch_note_count(struct clock_watch *watch, uint32_t unit, int64_t as_of_s, int64_t received_ms);

/* The register has changed: forgets what the units have reported. From the same thread. */
void clock_watch_set_units(struct clock_watch *watch, uint32_t unit_count);

/* The next two: from one thread only. */

/* Records how far Redis's clock is ahead of this one; negative: behind. */
void clock_watch_note_store(struct clock_watch *watch, int64_t ahead_ms);

/* Evaluates everything. False when the clock is doubted; then *ret_why says why. */
bool clock_watch_look(struct clock_watch *watch, char ret_why[CLOCK_WHY_BYTES]);

/* From any thread. NULL-safe: false for NULL. */
bool clock_watch_is_doubted(const struct clock_watch *watch);

#endif
