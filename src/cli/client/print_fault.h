/* Prints faults of an election's or a server's files on standard error: `DIR/units.csv:12: registered: what is wrong;
 * what to do`, with `warning:` before warnings. */
#ifndef TURNOUT_CLIENT_PRINT_FAULT_H
#define TURNOUT_CLIENT_PRINT_FAULT_H

#include <turnout/base/faults.h>

/* A fault_fn. `folder` points to the path of the file's folder, a const char *; NULL: print the file's name alone. */
void print_fault(void *folder, const char *file, uint32_t line, const struct error *error);

#endif
