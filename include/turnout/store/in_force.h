/* Copies of the election's files that are in force, in the folder `in-force` of the data folder. The election's
 * folder may have a register that is not taken up yet, or a keys.csv that has lost rows; a server that restarts
 * continues with what was in force. */
#ifndef TURNOUT_STORE_IN_FORCE_H
#define TURNOUT_STORE_IN_FORCE_H

#include <limits.h>
#include <stdbool.h>

#include <turnout/base/error.h>

#define IN_FORCE_FOLDER "in-force"

/* The folder's path; false when it is too long. */
bool in_force_path(const char *data, char ret_path[PATH_MAX]);

/* Whether the data folder has the register's files. */
bool in_force_has_register(const char *data);

/* Copies election.ini, areas.csv and units.csv of the election's folder, each whole. The files may change meanwhile,
 * so a reader of the copy compares its digest. */
enum turnout_error in_force_keep_register(const char *data, const char *election, struct error *error);

/* Copies keys.csv, where there is one. */
enum turnout_error in_force_keep_keys(const char *data, const char *election, struct error *error);

/* Removes the folder: nothing is in force any more. */
enum turnout_error in_force_remove(const char *data, struct error *error);

#endif
