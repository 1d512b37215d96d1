/* The two clocks: one for telling people, one for measuring. */
#ifndef TURNOUT_BASE_CLOCK_H
#define TURNOUT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_wall_ms(void);      /* Unix time; may jump */
int64_t clock_monotonic_ms(void); /* since some start; never jumps; for deadlines and durations */
int64_t clock_monotonic_us(void);
int64_t clock_boot_ms(void); /* as the monotonic one, and goes on while the machine sleeps */

/* Whether the kernel says that something keeps the wall clock right (adjtimex(2)). */
bool clock_is_synchronised(void);

#endif
