/* previous.csv in an election's folder: `area,time` and `registered,voted` or `percent`. */
#ifndef TURNOUT_PREVIOUS_FILE_H
#define TURNOUT_PREVIOUS_FILE_H

#include <turnout/election/previous.h>
#include <turnout/election/register.h>

#include "folder_reading.h"

/* NULL where there is no such file. `election` and `reg` are NULL where they could not be read: then nothing is
 * compared with them. The caller holds the first reference. */
struct previous *previous_file_read(struct folder_reading *reading, const struct election *election,
                                    const struct election_register *reg);

#endif
