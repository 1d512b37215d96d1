/* Reports, one after the other. */
#include "honest_unit.h"

#include <turnout/base/clock.h>

#include "answers.h"
#include "small_election.h"

void honest_report(struct honest_unit *honest)
{
    enum { ANSWER_BYTES = 1024 };
    char answer[ANSWER_BYTES];
    honest->seq++;
    int64_t sent_ms = clock_monotonic_ms();
    small_report_send(&honest->link, &(struct small_report){.seq = honest->seq, .voted = honest->seq});
    http_read_line(&honest->link, answer, sizeof answer);
    int64_t took_ms = clock_monotonic_ms() - sent_ms;
    honest->slowest_ms = took_ms > honest->slowest_ms ? took_ms : honest->slowest_ms;
    json_t *result = json_of(answer);
    answer_check_member(result, "status", "accepted", answer);
    json_decref(result);
}
