/* Warnings about a register that is valid but looks wrong, mostly mistakes of spreadsheets: codes that lost their
 * zeros, a roll with an extra digit, marks that reverse names. Pure. */
#ifndef TURNOUT_ELECTION_REGISTER_SMELLS_H
#define TURNOUT_ELECTION_REGISTER_SMELLS_H

#include <turnout/base/faults.h>
#include <turnout/election/register.h>

enum {
    /* A roll is odd when it is above ROLL_TIMES_MAX times the median of its neighbours, or below 1/ROLL_PART_LEAST of
     * it. The lower bound is wider: a hamlet or a ward may be small, but no unit is several times as large as those
     * around it. */
    ROLL_TIMES_MAX = 5,
    ROLL_PART_LEAST = 12,
    ROLL_PEERS_LEAST = 6 /* with fewer neighbours the median means nothing */
};

/* Reports each as a warning (faults_warn()) with the code it is about; line 0. */
void register_smells(const struct election_register *reg, struct faults *faults);

/* The same for a single name, of an area, a unit or the election. */
void register_smell_name(const char *file, const char *code, const char *field, const char *name,
                         struct faults *faults);

#endif
