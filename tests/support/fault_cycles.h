/* Cycles of a fault: each has a seed of its own, which it prints. The environment may say more:
 *   TURNOUT_SEED    the seed of the first cycle; alone, there is only that cycle
 *   TURNOUT_CYCLES  how many there are, for the long form (tests/fault/run) */
#ifndef TURNOUT_TESTS_FAULT_CYCLES_H
#define TURNOUT_TESTS_FAULT_CYCLES_H

#include <stdbool.h>
#include <stdint.h>

#include "fault_oracle.h"

struct fault_cycles {
    const char *name;
    uint64_t first_seed;
    uint64_t count;
    uint64_t done;
    uint64_t seed; /* of this cycle */
    struct fault_figures figures;
};

/* `count` is that of the short form. */
struct fault_cycles fault_cycles_of(const char *name, uint64_t count);

/* Begins the next cycle; false when there is none. */
bool fault_cycles_next(struct fault_cycles *cycles);

/* Whether this is the long form. */
bool fault_cycles_are_long(void);

/* Prints the figures on a line that begins with `figures`; fails the test where anything was lost or doubled. */
void fault_cycles_end(const struct fault_cycles *cycles);

/* The same where losing something is what is wanted. */
void fault_cycles_end_lossy(const struct fault_cycles *cycles);

#endif
