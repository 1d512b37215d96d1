/* The clocks: wall time to show, monotonic time to measure. */
#ifndef TURNOUT_BASE_CLOCK_H
#define TURNOUT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_wall_ms(void);      /* Unix time; may jump */
int64_t clock_monotonic_ms(void); /* from an arbitrary start; never jumps; for deadlines and durations */
int64_t clock_monotonic_us(void);
int64_t clock_boot_ms(void); /* monotonic; also counts while the machine sleeps */

/* Whether the kernel reports that the wall clock is synchronised (adjtimex(2)). */
bool clock_is_synchronised(void);

#endif
