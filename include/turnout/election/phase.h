/* The phase of an election, and what the public sees of its figures (DESIGN section 8). */
#ifndef TURNOUT_ELECTION_PHASE_H
#define TURNOUT_ELECTION_PHASE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>

struct election;

/* An election begins in rehearsal. Its reports count from PHASE_OPEN on. */
enum election_phase { PHASE_REHEARSAL, PHASE_OPEN, PHASE_CLOSED };

/* All figures, those of the last round, or no new ones. */
enum publication_mode { PUBLICATION_LIVE, PUBLICATION_ROUNDS, PUBLICATION_HOLD };

const char *election_phase_name(enum election_phase phase); /* "rehearsal", "open", "closed" */
bool election_phase_parse(struct slice name, enum election_phase *ret_phase);

/* A warning for a person when the phase does not fit the time `now` (Unix seconds); NULL: none. The clock alone never
 * opens or closes an election, and one that is still open after its polls have closed waits for the last reports. */
const char *election_phase_against_clock(const struct election *election, enum election_phase phase,
                                         int64_t now);

/* The allowed changes: rehearsal -> open -> closed -> open. */
bool election_phase_may_follow(enum election_phase before, enum election_phase after);

const char *publication_mode_name(enum publication_mode mode); /* "live", "rounds", "hold" */
bool publication_mode_parse(struct slice name, enum publication_mode *ret_mode);

#endif
