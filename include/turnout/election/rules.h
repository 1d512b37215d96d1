/* Decides what becomes of a report, given the unit's state. Pure: no clock, no store; the time is an input. What is
 * done about a broken rule is set by the election (rule_set.h). */
#ifndef TURNOUT_ELECTION_RULES_H
#define TURNOUT_ELECTION_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/election/held.h>
#include <turnout/election/phase.h>
#include <turnout/election/report.h>
#include <turnout/election/totals.h>

enum {
    SEQ_STEP_MAX = 1000, /* how far a report's seq may be above the unit's last one */
    VOIDED_MAX = 1000,   /* the newest voided reports of a unit that are remembered */
};

/* A unit's recorded state. A zeroed one with `registered` set to the listed roll is a silent unit. */
struct unit_state {
    int32_t seq; /* 0: has not reported */
    int32_t voted;
    int32_t registered;
    uint32_t round; /* the last round it has reported in */
    int64_t as_of;  /* Unix seconds */
    int64_t received_ms;
    enum report_kind kind; /* a final unit stays final through later corrections */
    unsigned char digest[REPORT_DIGEST_BYTES];
};

/* What a report is decided on. */
struct rules_context {
    enum election_phase phase;
    const struct unit_state *unit;
    int32_t listed; /* the unit's roll in the register */
    const struct held_report
        *held; /* reports of the unit that were held or voided, in any state; NULL: none */
    size_t held_count;
    int32_t alike; /* other units of the commune with the same last count; read for RULE_SAME_FIGURES only */
};

/* The decision. */
struct decision {
    enum report_status status; /* accepted, duplicate, superseded, held or rejected */
    enum report_code code;     /* when held or rejected */
    bool by_committee;         /* rejected by a committee earlier, not by a rule now */
    bool held_before;          /* held already: the same report waits */
    const struct held_report
        *taken_by; /* for seq-conflict: the held report that has this seq; NULL: the unit's last one has it */
    uint32_t violations;     /* the broken rules, one bit each, without those in mode off */
    struct unit_state after; /* for accepted: the unit's new state */
    struct totals change;    /* for accepted and held: added to the totals of every area above the unit */
};

/* What the answer to the sender is made from. */
struct report_outcome {
    enum report_status status; /* also unavailable, with CODE_STORE_UNAVAILABLE */
    enum report_code code;
    bool by_committee;
    bool is_new;                /* counted or held by this report, not before */
    struct unit_state standing; /* the state before; for seq-conflict the report that has the seq */
    int32_t listed;             /* the unit's roll in the register */
    int32_t next_seq;           /* a free seq */
};

/* The first case that applies decides:
 *   1. rehearsal, and no test report: not-open. A test report while open: test-report; while closed: closed
 *   2. this very report was voided: voided. Where more were voided than are remembered, so is one without a later as_of
 *   3. a report with this seq waits for a committee, or was rejected by one: the same again when the digests are equal,
 *      else seq-conflict
 *   4. its seq is the unit's last one: duplicate when the digests are equal, else seq-conflict
 *   5. its seq is lower: seq-behind when it was counted later than the last one, else superseded
 *   6. the election is closed: closed, also instead of seq-conflict and seq-behind
 *   7. a correction without a reason: reason-required
 *   8. it breaks rules: rejected or held, by the strictest mode, with the code of the first rule in that mode
 *   9. accepted */
void rules_decide(const struct election *election, const struct rules_context *context,
                  const struct report_received *received, struct decision *ret_decision);

/* Decides a held report that is released, whatever rule held it: accepted; superseded when the unit has reported with
 * this or a later seq; rejected (voted-exceeds-registered), changing nothing, while it is over the roll. */
void rules_release(const struct election *election, const struct unit_state *before,
                   const struct report_received *received, struct decision *ret_decision);

/* The change of the totals of every area above the unit when a held report is rejected. */
struct totals rules_turned_down(void);

/* The rounds in which a unit has reported (bit k - 1 for round k), and those of them in which it was late. */
struct unit_rounds {
    uint64_t heard;
    uint64_t late;
};

/* Sums the units as far as their states tell: without rounds, held reports and the revision. */
struct totals rules_count_units(const struct unit_state *units, size_t count);

/* The change when all of a unit's reports are taken out of the count, as if it had never reported. `listed` is its
 * roll in the register, `rounds` the rounds in which it has reported, `waiting` how many of its reports are held. */
struct totals rules_void(const struct unit_state *before, int32_t listed, const struct unit_rounds *rounds,
                         size_t waiting);

/* Collects a unit's rounds from its counted reports, newest first: call it for each. A report counts for its round
 * unless an older one was in the same or a later round. */
void rules_add_round(struct unit_rounds *rounds, const struct election *election, uint32_t round,
                     int64_t as_of);

/* The lowest seq above the unit's last one that no held report has. */
int32_t rules_next_seq(const struct unit_state *unit, const struct held_report *held, size_t held_count);

/* Writes the codes of these rules, separated by commas. */
void rules_write_flags(uint32_t violations, char ret_flags[RULE_FLAGS_BYTES]);

/* Reads them back. False when `flags` is not a list of codes. */
bool rules_read_flags(const char *flags, uint32_t *ret_violations);

#endif
