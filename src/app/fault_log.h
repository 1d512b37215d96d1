/* Faults of the election's and the data folder's files, in the log. */
#ifndef TURNOUT_APP_FAULT_LOG_H
#define TURNOUT_APP_FAULT_LOG_H

#include <turnout/base/faults.h>

/* A fault_fn: logs a fault as an error, what should only be looked at as a warning `odd-file`. `event` points to the
 * name of the fault's event, a const char *. */
void fault_log(void *event, const char *file, uint32_t line, const struct error *error);

#endif
