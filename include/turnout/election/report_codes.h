/* The texts about a report, by code. All titles and sentences are in one table, so that they can be reviewed, listed
 * (proto/report.md) and translated. */
#ifndef TURNOUT_ELECTION_REPORT_CODES_H
#define TURNOUT_ELECTION_REPORT_CODES_H

#include <turnout/election/report.h>

/* The values of a sentence, as {name}. Those that the code's sentence does not name may be left out. Texts are
 * borrowed. */
struct code_values {
    const char *why; /* what is wrong, for codes with several causes */
    const char *unit;
    int64_t seq;
    int64_t voted;
    int64_t registered; /* the roll in this report */
    int64_t listed;     /* in the register */
    const char *as_of;
    int64_t ahead_s; /* of the server's clock */
    const char *opens;
    int64_t last_seq; /* of the unit's last counted report */
    int64_t last_voted;
    const char *last_as_of;
    int64_t next_seq;
};

/* The answer to a test report, accepted or not, begins with these words. */
extern const char report_test_words[];

/* Writes result->detail: what is wrong, with which values, and what to do. Status, code and test of *result are set
 * before. `by_committee`: a committee has rejected it earlier, not a rule now. */
void report_result_say(struct report_result *result, bool by_committee, const struct code_values *values);

/* Columns of the table; "" where there is none. Names and titles are in report.h. */
int report_code_http_status(enum report_code code);
const char *report_code_fault(enum report_code code);  /* what is wrong */
const char *report_code_remedy(enum report_code code); /* what to do now */
const char *report_code_field(enum report_code code);  /* the field to blame */

#endif
