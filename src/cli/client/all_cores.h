/* Divides work in independent pieces among as many threads as there are cores. */
#ifndef TURNOUT_CLI_ALL_CORES_H
#define TURNOUT_CLI_ALL_CORES_H

#include <stdint.h>

#include "client/progress.h"

/* Does the piece of this number. Called by several threads at once, once for each number. */
typedef void all_cores_fn(void *context, uint32_t number);

/* Does the pieces 0 to `count` - 1, then returns. `progress`, which may be NULL, counts them. */
void all_cores_run(uint32_t count, all_cores_fn *work, void *context, struct progress *progress);

#endif
