/* Expands a table of provinces into a whole register, the same on every machine. */
#ifndef TURNOUT_COMMAND_REGISTER_MAKE_H
#define TURNOUT_COMMAND_REGISTER_MAKE_H

#include <turnout/base/error.h>

/* Writes `to`/areas.csv and `to`/units.csv from the tables in `from`, which may be the same folder; if it is
 * not, `to` is made where it does not exist, and gets `from`'s election.ini and (if there) checkpoints.csv.
 * TURNOUT_BAD_INPUT or TURNOUT_NOT_FOUND when the tables are at fault, TURNOUT_SYSTEM when a file is. */
enum turnout_error register_make(const char *from, const char *to, struct error *error);

#endif
