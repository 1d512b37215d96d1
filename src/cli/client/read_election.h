/* The folder that --election names: read whole, or said what is wrong with it. */
#ifndef TURNOUT_CLIENT_READ_ELECTION_H
#define TURNOUT_CLIENT_READ_ELECTION_H

#include <turnout/election/keys.h>
#include <turnout/store/election_folder.h>

/* EXIT_DONE, or EXIT_USAGE when every fault has gone to standard error and nothing is held. `ret_keys` NULL: its keys are
 * not needed. election_folder_done and signing_keys_release give back what was read. */
int read_election(const char *path, struct election_folder *ret_folder, struct signing_keys **ret_keys);

#endif
