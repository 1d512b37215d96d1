/* How much memory there is for a Redis of ours. */
#ifndef TURNOUT_STORE_MACHINE_MEMORY_H
#define TURNOUT_STORE_MACHINE_MEMORY_H

#include <stdint.h>

/* Bytes: of the machine, or of the control group that we are in, where that has fewer. */
uint64_t machine_memory(void);

#endif
