/* Looks again at the register in the election's folder. */
#ifndef TURNOUT_APP_REGISTER_LOOK_H
#define TURNOUT_APP_REGISTER_LOOK_H

#include <turnout/store/election_folder.h>

/* Reads the folder at `path`, and says in the log whether its register is the one that is served, which stays. */
void register_look_again(const char *path, const struct election_folder *served);

#endif
