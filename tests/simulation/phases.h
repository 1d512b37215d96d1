/* Phases are changed as the server does it, over the link of the officials. */
#ifndef TURNOUT_SIMULATION_PHASES_H
#define TURNOUT_SIMULATION_PHASES_H

#include <turnout/election/phase.h>
#include <turnout/store/store.h>

void phases_start(struct store *store); /* borrowed */

/* The election was begun again; nobody has changed its phase. */
void phases_seeded(void);

/* Where the link is up, and no change is under way. */
void phases_change(enum election_phase phase);

/* The phase that was answered stands everywhere. */
void phases_check(void);

#endif
