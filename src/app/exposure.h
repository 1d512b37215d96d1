/* What others can do with a server as it was set up. Nothing of it is a fault, and all of it is said when turnoutd
 * starts. */
#ifndef TURNOUT_APP_EXPOSURE_H
#define TURNOUT_APP_EXPOSURE_H

#include "server_settings.h"

/* Tells the log what others may do who reach an address that is not for this machine alone, and who besides its owner
 * may write the election's files, or a folder above these or above the data folder, which is there. */
void exposure_log(const struct server_settings *settings);

#endif
