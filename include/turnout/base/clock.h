/* The two clocks: one for telling people, one for measuring. */
#ifndef TURNOUT_BASE_CLOCK_H
#define TURNOUT_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);      /* Unix time; may jump */
int64_t clock_monotonic_ms(void); /* since some start; never jumps; for deadlines and durations */
int64_t clock_monotonic_us(void);

#endif
