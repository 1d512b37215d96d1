/* What every answer to a report has to be like, by whichever way it came, and the reports that must be refused
 * (DESIGN section 6). */
#ifndef TURNOUT_TESTS_ANSWERS_H
#define TURNOUT_TESTS_ANSWERS_H

#include <jansson.h>
#include <stddef.h>

#include "small_election.h"

/* `key` must be this text, or absent for a `wanted` of NULL; `name` tells the case when it is not. */
void answer_check_member(const json_t *answer, const char *key, const char *wanted, const char *name);

/* It must bear a receipt that looks like one. */
void answer_check_receipt(const json_t *answer);

/* A report that is refused for what it is, whatever went before. */
struct bad_report {
    const char *name;
    struct small_report report;
    const char *code;
    int http_status;
    const char *field; /* NULL: not looked at */
};

extern const struct bad_report bad_reports[];
extern const size_t bad_report_count;

/* Code and field must be the case's, and there must be no receipt. */
void answer_check_refusal(const json_t *answer, const struct bad_report *bad);

#endif
