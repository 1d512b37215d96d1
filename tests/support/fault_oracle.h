/* The oracle of all tests of faults. It knows what the writers sent and what they were answered, reads what Redis
 * keeps, and finds:
 *   - every acknowledged report (accepted, duplicate, held) in the log, as what it was acknowledged as, byte by byte as
 *     it was sent;
 *   - no unit and seq in the log twice;
 *   - units that add up to communes, to provinces and to the nation, in Redis's words and in the public documents;
 *   - every commune's chain whole: the head recomputed from the lines, the revision their number;
 *   - a model (memory_store) that is told the reports of the log decides each as the log says, and has the same units
 *     and totals;
 *   - whatever was not answered is, when sent again, answered as the model says: `duplicate` or `held` where it is
 *     stored.
 * What is lost or doubled is counted; everything else that is wrong ends the test. */
#ifndef TURNOUT_TESTS_FAULT_ORACLE_H
#define TURNOUT_TESTS_FAULT_ORACLE_H

#include <stdint.h>

#include <turnout/store/election_folder.h>

#include "fault_writers.h"
#include "turnoutd.h"

struct redisContext;

struct fault_figures {
    uint64_t cycles;
    uint64_t sent;
    uint64_t acknowledged;
    uint64_t stored;
    uint64_t unanswered; /* and sent again afterwards */
    uint64_t lost;       /* acknowledged, and not stored */
    uint64_t doubled;
};

/* Looks at Redis only. Adds to *figures all but `cycles` and `unanswered`. */
void fault_oracle_look(const struct election_folder *election, const struct fault_writers *writers,
                       struct redisContext *redis, struct fault_figures *figures);

/* Waits for all that is in flight, looks, sends again what was not answered, looks again, and compares the public
 * documents. Adds to *figures all but `cycles`. */
void fault_oracle_check(const struct election_folder *election, struct fault_writers *writers,
                        struct redisContext *redis, const struct turnoutd *turnoutd,
                        struct fault_figures *figures);

#endif
