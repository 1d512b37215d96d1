/* What became of a report, in words for the people who sent it. */
#ifndef TURNOUT_WIRE_REPORT_RESULT_H
#define TURNOUT_WIRE_REPORT_RESULT_H

#include <turnout/election/report.h>
#include <turnout/election/rules.h>

/* The answer for a decision: receipt where the report is kept, field and detail where a person needs them.
 * `standing` is what stood recorded of the unit before (DESIGN section 6); it is read for superseded, held and
 * rejected only. */
void report_explain(const struct report *report, const unsigned char digest[REPORT_DIGEST_BYTES],
                    enum report_status status, enum report_code code, const struct unit_state *standing,
                    struct report_result *ret_result);

#endif
