/* The HTTP intake's answer to one report: a result, or a problem document (RFC 9457). */
#ifndef TURNOUT_REPORT_ANSWER_H
#define TURNOUT_REPORT_ANSWER_H

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/election/report.h>

/* TURNOUT_OK only for an answer to the report itself: accepted, duplicate, superseded, held or rejected.
 * TURNOUT_UNAVAILABLE, with the reason as text, for everything that leaves the report open: `unavailable`,
 * `too-many`, any 5xx, and what no Turnout intake would answer (a proxy's page, another server altogether). */
enum turnout_error report_answer_read(int http_status, struct slice body, struct report_result *ret_result,
                                      struct error *error);

#endif
