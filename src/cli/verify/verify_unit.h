/* The way of one unit's report up to the nation, in the files of an export. */
#ifndef TURNOUT_CLI_VERIFY_UNIT_H
#define TURNOUT_CLI_VERIFY_UNIT_H

#include "verify/verify_export.h"

/* `unit` is an index. `receipt` in any case, with its dash or without. Prints the way in the newest bulletin that has this
 * receipt, and returns an exit status of cli/command.h: EXIT_FAILED when none has it, or something on the way is wrong. */
int verify_unit(struct verify_export *export, uint32_t unit, const char *receipt);

#endif
