/* What was in force when a server last ran: copies of the election's files in the folder `in-force` of its data folder. The
 * election's folder may hold a register that is not taken up yet, or a keys.csv that has lost rows; a server that starts
 * goes on with what was in force, as one that runs does. */
#ifndef TURNOUT_STORE_IN_FORCE_H
#define TURNOUT_STORE_IN_FORCE_H

#include <limits.h>
#include <stdbool.h>

#include <turnout/base/error.h>

#define IN_FORCE_FOLDER "in-force"

/* Its path; false where that is too long. */
bool in_force_path(const char *data, char ret_path[PATH_MAX]);

/* Whether the data folder has the register's files. */
bool in_force_has_register(const char *data);

/* Copies election.ini, areas.csv and units.csv of the election's folder, each whole. Who reads the copy compares its
 * digest: the files may be changed meanwhile. */
enum turnout_error in_force_keep_register(const char *data, const char *election, struct error *error);

/* Copies keys.csv, where there is one. */
enum turnout_error in_force_keep_keys(const char *data, const char *election, struct error *error);

/* Nothing is in force any more. */
enum turnout_error in_force_remove(const char *data, struct error *error);

#endif
