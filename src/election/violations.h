/* The rules that a report breaks, as bits, and what they amount to. */
#ifndef TURNOUT_ELECTION_VIOLATIONS_H
#define TURNOUT_ELECTION_VIOLATIONS_H

#include <turnout/election/rules.h>

/* The rule's bit, or 0. */
uint32_t violation(enum rule rule, bool is_broken);

/* The roll that the report leaves behind. */
int32_t report_roll_after(const struct unit_state *before, const struct report_received *report);

/* All rules that a report with a new seq breaks, whatever their modes. */
uint32_t violations_of(const struct election *election, const struct rules_context *context,
                       const struct report_received *report);

/* The strictest mode among them, and the first rule in it (not for MODE_OFF). Takes those that are off out of
 * *violations. */
enum rule_mode violations_weigh(const struct rules *rules, uint32_t *violations, enum rule *ret_first);

#endif
