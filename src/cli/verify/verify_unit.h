/* Follows one unit's report up to the nation, in the files of an export. */
#ifndef TURNOUT_CLI_VERIFY_UNIT_H
#define TURNOUT_CLI_VERIFY_UNIT_H

#include "verify/verify_export.h"

/* `unit` is an index; `receipt` is in any case, with or without its dash. Prints the path in the newest bulletin that
 * has this receipt. Returns an exit status of cli/command.h: EXIT_FAILED when no bulletin has it, or a file on the
 * path is wrong. */
int verify_unit(struct verify_export *export, uint32_t unit, const char *receipt);

#endif
