/* The rules for a report, in the two places where they can be decided:
 *   - before the store, from the report, the election and the clock alone (rules_check);
 *   - in the store, against the unit's last report (rules_decide). The Redis function in proto/turnout.lua
 *     does the second in one atomic call; the C here is the same decision written plainly, and the store tests
 *     hold the two against each other. */
#ifndef TURNOUT_ELECTION_RULES_H
#define TURNOUT_ELECTION_RULES_H

#include <turnout/election/election.h>
#include <turnout/election/report.h>
#include <turnout/election/totals.h>

/* What stands recorded of a unit. A zeroed one with `registered` set to the listed roll is a silent unit. */
struct unit_state {
    int32_t seq; /* 0: has not reported */
    int32_t voted;
    int32_t registered;
    int64_t as_of; /* Unix seconds */
    int64_t received_ms;
    enum report_kind kind; /* a final unit stays final through later corrections */
    uint32_t round;        /* the last round it was heard in */
    unsigned char digest[REPORT_DIGEST_BYTES];
};

/* The first kind, in this order: wrong-election, as-of-in-future, as-of-before-opening, reason-required. True
 * when the report may go on to the store; else *ret_result is the rejection. */
bool rules_check(const struct election *election, const struct report *report, int64_t now_ms,
                 struct report_result *ret_result);

/* A report with what the server adds to it. */
struct report_received {
    const struct report *report;
    const unsigned char *digest; /* REPORT_DIGEST_BYTES */
    uint32_t round;
    int64_t received_ms;
};

/* What the second kind decided. */
struct decision {
    enum report_status status; /* accepted, duplicate, superseded or rejected */
    enum report_code code;
    struct unit_state after; /* for accepted: what stands now */
    struct totals change;    /* what every area above the unit adds to its totals; also for duplicate */
};

/* The second kind. The first of these that holds decides:
 *   1. seq below the last one: superseded
 *   2. seq equal to it: duplicate when the digests are equal, else seq-conflict
 *   3. voted above the roll that the report leaves behind: voted-exceeds-registered
 *   4. as_of before the last one: as-of-before-last
 *   5. voted below the last one, and the kind is not correction: count-decreased
 *   6. accepted
 * What cannot be true at all (3) is said before what contradicts another report (4, 5). */
void rules_decide(const struct unit_state *before, const struct report_received *received,
                  struct decision *ret_decision);

#endif
