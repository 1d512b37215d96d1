/* Strikes: the rules that a report breaks against what stands recorded, as bits, and what they amount to. */
#ifndef TURNOUT_ELECTION_STRIKES_H
#define TURNOUT_ELECTION_STRIKES_H

#include <turnout/election/rules.h>

/* The rule's bit, or 0. */
uint32_t strike(enum rule rule, bool is_broken);

/* The roll that the report leaves behind. */
int32_t report_roll_after(const struct unit_state *before, const struct report *report);

/* All rules that a report with a new seq breaks, whatever their modes. */
uint32_t strikes_of(const struct election *election, const struct standing *standing,
                    const struct report_received *received);

/* The strictest mode among them, and the first rule in it (not for MODE_OFF). Takes those that are off out of
 * *strikes. */
enum rule_mode strikes_weigh(const struct rules *rules, uint32_t *strikes, enum rule *ret_first);

#endif
