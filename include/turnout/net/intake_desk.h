/* The shared context of the intake listener's endpoints. */
#ifndef TURNOUT_NET_INTAKE_DESK_H
#define TURNOUT_NET_INTAKE_DESK_H

#include <turnout/election/election.h>
#include <turnout/election/register.h>

struct intake;
struct committee;

/* One a worker; all borrowed. */
struct intake_desk {
    const struct election *election;
    const struct election_register *reg;
    struct intake *intake;
    struct committee *committee;
};

#endif
