/* What an answer promises: what it says, and what it rests on, is on the disk. */
#ifndef TURNOUT_SIMULATION_ANSWERS_H
#define TURNOUT_SIMULATION_ANSWERS_H

#include "servers.h"

void answers_check_report(struct ticket *ticket, const struct report_message *report);
void answers_check_decision(const struct ticket *ticket, const struct decision_message *decision);

/* Everything that was acknowledged in this generation still stands. */
void answers_check_all_stand(void);

uint64_t answers_acknowledged(void);
void answers_begin(void);

#endif
