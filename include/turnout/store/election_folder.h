/* An election's folder: election.ini, areas.csv, units.csv and, optionally, previous.csv (keys.csv: election_keys.h).
 * It is read and checked as a whole; every fault is reported with its file, line and what to do. */
#ifndef TURNOUT_STORE_ELECTION_FOLDER_H
#define TURNOUT_STORE_ELECTION_FOLDER_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/previous.h>
#include <turnout/election/register.h>

struct election_folder {
    struct election election;
    struct election_register *reg; /* owned; has its digest */
    struct previous *previous;     /* owned; NULL: there is no previous.csv */
};

/* TURNOUT_BAD_INPUT after all faults were passed to `on_fault`, with the file's name in the folder and the line (0:
 * none to blame); the error then says how many. TURNOUT_NOT_FOUND, without a fault, when there is no such folder. The
 * caller ends with election_folder_done(). */
enum turnout_error election_folder_read(const char *path, fault_fn *on_fault, void *context,
                                        struct election_folder *ret_folder, struct error *error);
void election_folder_done(struct election_folder *folder);

#endif
