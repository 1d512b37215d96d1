/* What became of a report, in words for the people who sent it. */
#ifndef TURNOUT_WIRE_REPORT_RESULT_H
#define TURNOUT_WIRE_REPORT_RESULT_H

#include <turnout/election/election.h>
#include <turnout/election/report.h>
#include <turnout/election/rules.h>

/* The answer: receipt where the report is kept, field and detail where a person needs them (DESIGN section 6). `unit`
 * and `as_of_text` are those of the report, as it spelt them. `outcome` is any but unavailable. */
void report_explain(const struct election *election, const char *unit, const char *as_of_text,
                    const struct report_received *received, const struct report_outcome *outcome,
                    struct report_result *ret_result);

#endif
