/* Checks that an election's time zone exists, and its times have the zone's offset on their day. */
#ifndef TURNOUT_REGISTER_ZONE_SMELLS_H
#define TURNOUT_REGISTER_ZONE_SMELLS_H

#include <turnout/base/faults.h>
#include <turnout/election/election.h>

/* Reports warnings. Sets the process's own time zone, TZ. */
void zone_smells(const struct election *election, struct faults *faults);

#endif
