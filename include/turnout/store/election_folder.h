/* An election's folder on disk: election.ini, areas.csv, units.csv and, if it is there, previous.csv (keys.csv: election_keys.h). Read whole, checked whole, every fault
 * reported with its file, line and what to do. */
#ifndef TURNOUT_STORE_ELECTION_FOLDER_H
#define TURNOUT_STORE_ELECTION_FOLDER_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/previous.h>
#include <turnout/election/register.h>

struct election_folder {
    struct election election;
    struct election_register *reg; /* owned; with its digest */
    struct previous *previous;     /* likewise; NULL: there is no previous.csv */
};

/* TURNOUT_BAD_INPUT after every fault has gone to `on_fault`, with the file's name in the folder and the
 * line (0: none to blame); the error then says how many there were. TURNOUT_NOT_FOUND, and no fault, when
 * there is no such folder. Libraries do not print: the caller's on_fault does. election_folder_done()
 * frees what it holds. */
enum turnout_error election_folder_read(const char *path, fault_fn *on_fault, void *context,
                                        struct election_folder *ret_folder, struct error *error);
void election_folder_done(struct election_folder *folder);

#endif
