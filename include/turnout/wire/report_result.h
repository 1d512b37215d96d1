/* The answer to a report, in words for its sender. */
#ifndef TURNOUT_WIRE_REPORT_RESULT_H
#define TURNOUT_WIRE_REPORT_RESULT_H

#include <turnout/election/election.h>
#include <turnout/election/report.h>
#include <turnout/election/rules.h>

/* Fills in the answer: a receipt when the report is stored, field and detail when a person needs them (DESIGN section
 * 6). `unit` and `as_of_text` are spelt as in the report. `outcome` is anything but unavailable. */
void report_explain(const struct election *election, const char *unit, const char *as_of_text,
                    const struct report_received *received, const struct report_outcome *outcome,
                    struct report_result *ret_result);

#endif
