/* Expands a table of provinces into a whole register, the same on every machine. */
#ifndef TURNOUT_COMMAND_REGISTER_MAKE_H
#define TURNOUT_COMMAND_REGISTER_MAKE_H

#include <turnout/base/error.h>

/* Writes `to`/areas.csv and `to`/units.csv from the tables in `from`, which may be the same folder. Otherwise `to` is
 * created if missing, and gets `from`'s election.ini and, if it exists, checkpoints.csv. TURNOUT_BAD_INPUT or
 * TURNOUT_NOT_FOUND for faults of the tables, TURNOUT_SYSTEM for those of files. */
enum turnout_error register_make(const char *from, const char *to, struct error *error);

/* Copies a file of an election from one folder into another. */
enum turnout_error register_copy_file(const char *from, const char *to, const char *file,
                                      struct error *error);

#endif
