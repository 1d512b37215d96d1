/* What is lawful in a register but smells of a slip, mostly of a spreadsheet's: codes that lost their zeros, a roll with a
 * digit too many, marks that turn names around. Pure. */
#ifndef TURNOUT_ELECTION_REGISTER_SMELLS_H
#define TURNOUT_ELECTION_REGISTER_SMELLS_H

#include <turnout/base/faults.h>
#include <turnout/election/register.h>

enum {
    /* A roll of more than so many times the middle one of its neighbours is odd, and one of less than this part of it: a
     * hamlet or a ward may be small, but no unit is several times as large as those around it. */
    ROLL_TIMES_MAX = 5,
    ROLL_PART_LEAST = 12,
    ROLL_PEERS_LEAST = 6 /* fewer neighbours than this show no middle */
};

/* Tells of them as warnings (faults_warn()), each with the code that it is about; line 0. */
void register_smells(const struct election_register *reg, struct faults *faults);

/* The same of a name alone, that of an area, a unit or the election. */
void register_smell_name(const char *file, const char *code, const char *field, const char *name,
                         struct faults *faults);

#endif
