/* What people are told about a report, by code: all titles and sentences stand in one table here, so that they can be read
 * through, listed (proto/report.md) and said in another language. */
#ifndef TURNOUT_ELECTION_REPORT_CODES_H
#define TURNOUT_ELECTION_REPORT_CODES_H

#include <turnout/election/report.h>

/* What a sentence may name, as {name}. What the sentence of a code does not name may be left out. Texts are borrowed. */
struct code_values {
    const char *why; /* in words, what is wrong: for codes of which there are many kinds */
    const char *unit;
    int64_t seq;
    int64_t voted;
    int64_t registered; /* the roll as this report has it */
    int64_t listed;     /* in the register */
    const char *as_of;
    int64_t ahead_s; /* of the server's clock */
    const char *opens;
    int64_t last_seq; /* of the report that stands */
    int64_t last_voted;
    const char *last_as_of;
    int64_t next_seq;
};

/* Accepted or not, a test report's answer says so: these words, alone or before others. */
extern const char report_test_words[];

/* Writes result->detail: what is wrong, with which values, and what to do now. The status, code and test of *result are
 * those that it is about. `by_committee`: not a rule rejects the report now, but a committee has. */
void report_result_say(struct report_result *result, bool by_committee, const struct code_values *values);

/* A row of the table; "" where there is none. Names and titles are in report.h. */
int report_code_http_status(enum report_code code);
const char *report_code_fault(enum report_code code);  /* what is wrong */
const char *report_code_remedy(enum report_code code); /* what to do now */
const char *report_code_field(enum report_code code);  /* the field to blame */

#endif
