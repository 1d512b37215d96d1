/* Reads the folder that --election names, and reports what is wrong with it. */
#ifndef TURNOUT_CLIENT_READ_ELECTION_H
#define TURNOUT_CLIENT_READ_ELECTION_H

#include <turnout/election/keys.h>
#include <turnout/store/election_folder.h>

/* EXIT_DONE, or EXIT_USAGE after every fault was printed on standard error; then nothing is held. `ret_keys` NULL:
 * its keys are not needed. The caller ends with election_folder_done and signing_keys_release. */
int read_election(const char *path, struct election_folder *ret_folder, struct signing_keys **ret_keys);

/* The same by any faults, printed or not; then it also says what failed. */
enum turnout_error read_election_and_keys(const char *path, fault_fn *on_fault, void *context,
                                          struct election_folder *ret_folder, struct signing_keys **ret_keys,
                                          struct error *error);

#endif
