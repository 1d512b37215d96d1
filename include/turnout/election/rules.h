/* The rules for a report, in the two places where they can be decided:
 *   - before the store, from the report, the election and the clock alone (rules_check_election, rules_check);
 *   - in the store, against what stands recorded of the unit (rules_decide). The Redis functions in proto/lua
 *     do the second in one atomic call; the C here is the same decision written plainly, and the store tests
 *     hold the two against each other.
 * What is done about a report that breaks a rule is for the election to say (rule_set.h). */
#ifndef TURNOUT_ELECTION_RULES_H
#define TURNOUT_ELECTION_RULES_H

#include <turnout/election/election.h>
#include <turnout/election/held.h>
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

/* Before anything else: whether the report is for this election at all. False: *ret_result is the rejection,
 * wrong-election. */
bool rules_check_election(const struct election *election, const struct report *report,
                          struct report_result *ret_result);

/* The rest of the first kind, once it is known who speaks, in this order: as-of-in-future, as-of-before-opening,
 * reason-required. False: *ret_result is the rejection. True: the report may go on to the store, and *ret_struck
 * has bit r for each rule r that it breaks without being rejected for it. */
bool rules_check(const struct election *election, const struct report *report, int64_t now_ms,
                 uint32_t *ret_struck, struct report_result *ret_result);

/* A report with what the server adds to it. */
struct report_received {
    const struct report *report;
    const unsigned char *digest; /* REPORT_DIGEST_BYTES */
    uint32_t round;
    int64_t received_ms;
    uint32_t struck; /* what rules_check() found */
    const char *via; /* who vouched for it, `token:<id>`; NULL: nobody, it stands on its signature */
};

/* What a report is held against. */
struct standing {
    const struct unit_state *unit;
    const struct held_report *held; /* the report of the same seq that was once held; NULL: there is none */
    int32_t alike;                  /* other units of the commune that lately reported the same count */
};

/* What the second kind decided. */
struct decision {
    enum report_status status; /* accepted, duplicate, superseded, held or rejected */
    enum report_code code;     /* of what is held or rejected */
    bool by_committee;         /* rejected not by a rule now but by a committee before */
    uint32_t struck;           /* the rules it breaks, those in mode off left out */
    struct unit_state after;   /* for accepted: what stands now */
    struct totals change;      /* what every area above the unit adds to its totals */
};

/* The second kind. The first of these that holds decides:
 *   1. a report of this seq is held, or was held and rejected by a committee: the same again when the digests are
 *      equal, else seq-conflict
 *   2. seq below the last one: superseded
 *   3. seq equal to it: duplicate when the digests are equal, else seq-conflict
 *   4. the strictest mode of all rules that it breaks: rejected or held, with the code of the first rule in that
 *      mode
 *   5. accepted */
void rules_decide(const struct election *election, const struct standing *standing,
                  const struct report_received *received, struct decision *ret_decision);

/* A held report is let through, whatever rule held it: accepted; but superseded when the unit has reported with a
 * later seq, and rejected (voted-exceeds-registered) while it is over the roll, which changes nothing. */
void rules_release(const struct unit_state *before, const struct report_received *received,
                   struct decision *ret_decision);

/* A held report is not let through: what every area above the unit adds to its totals. */
struct totals rules_turned_down(void);

/* The codes of these rules, separated by commas. */
void rules_write_flags(uint32_t struck, char ret_flags[RULE_FLAGS_BYTES]);

#endif
