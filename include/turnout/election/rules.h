/* The rules for a report: what becomes of it, given what stands of its unit. Pure: no clock, no store; the time is part
 * of what is given. What is done about a report that breaks a rule is for the election to say (rule_set.h). */
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
    SEQ_STEP_MAX = 1000, /* how far a report's seq may be beyond the unit's last one */
    VOIDED_MAX = 1000,   /* reports of a unit that are known to be voided: the newest */
};

/* What stands recorded of a unit. A zeroed one with `registered` set to the listed roll is a silent unit. */
struct unit_state {
    int32_t seq; /* 0: has not reported */
    int32_t voted;
    int32_t registered;
    uint32_t round; /* the last round it was heard in */
    int64_t as_of;  /* Unix seconds */
    int64_t received_ms;
    enum report_kind kind; /* a final unit stays final through later corrections */
    unsigned char digest[REPORT_DIGEST_BYTES];
};

/* What a report is judged by. */
struct rules_context {
    enum election_phase phase;
    const struct unit_state *unit;
    int32_t listed;                 /* the unit's roll in the register */
    const struct held_report *held; /* reports of the unit that were set aside, in any state; NULL: none */
    size_t held_count;
    int32_t alike; /* other units of the commune whose last count is the same; only read for that rule */
};

/* What was decided. */
struct decision {
    enum report_status status; /* accepted, duplicate, superseded, held or rejected */
    enum report_code code;     /* of what is held or rejected */
    bool by_committee;         /* rejected not by a rule now but by a committee before */
    bool held_before;          /* held, but not by this: the same report waits already */
    const struct held_report
        *taken_by;       /* a seq-conflict: the held report that has this seq; NULL: the unit's last one */
    uint32_t violations; /* the rules that it breaks, one bit each, those in mode off left out */
    struct unit_state after; /* for accepted: what stands now */
    struct totals change;    /* for accepted and held: what every area above the unit adds to its totals */
};

/* What the sender of a report is told. */
struct report_outcome {
    enum report_status status; /* unavailable, too, with CODE_STORE_UNAVAILABLE */
    enum report_code code;
    bool by_committee;
    bool is_new;                /* counted or held by this, and not before */
    struct unit_state standing; /* what stood before; for a seq-conflict the report that has the seq */
    int32_t listed;             /* the unit's roll in the register */
    int32_t next_seq;           /* a seq that is free */
};

/* The first of these that holds decides:
 *   1. no test report, and the election is in rehearsal: not-open. A test report, and it is open: test-report; or closed:
 *      closed
 *   2. this very report was voided: voided. Where more were voided than are known, so is whatever was not counted later
 *   3. a report of this seq waits for a committee, or a committee has rejected it: the same again when the digests are
 *      equal, else seq-conflict
 *   4. its seq is the unit's last one: duplicate when the digests are equal, else seq-conflict
 *   5. its seq is lower: seq-behind when it was counted later than the last one, else superseded
 *   6. the election is closed: closed, also instead of seq-conflict and seq-behind
 *   7. a correction without a reason: reason-required
 *   8. the strictest mode of all rules that it breaks: rejected or held, with the code of the first rule in that mode
 *   9. accepted */
void rules_decide(const struct election *election, const struct rules_context *context,
                  const struct report_received *received, struct decision *ret_decision);

/* A held report is let through, whatever rule held it: accepted; but superseded when the unit has reported with this or
 * a later seq, and rejected (voted-exceeds-registered) while it is over the roll, which changes nothing. */
void rules_release(const struct election *election, const struct unit_state *before,
                   const struct report_received *received, struct decision *ret_decision);

/* A held report is not let through: what every area above the unit adds to its totals. */
struct totals rules_turned_down(void);

/* The rounds in which a unit counts, a bit each (of round k bit k - 1), and of these the ones in which it was late. */
struct unit_rounds {
    uint64_t heard;
    uint64_t late;
};

/* What these units count, as far as their states tell: nothing of rounds, of held reports, and of the revision. */
struct totals rules_count_units(const struct unit_state *units, size_t count);

/* All that stands of a unit is taken out of the count: it is as if it had never reported. `listed` is its roll in the
 * register, `rounds` the rounds in which it counts, `waiting` how many of its reports are held. */
struct totals rules_void(const struct unit_state *before, int32_t listed, const struct unit_rounds *rounds,
                         size_t waiting);

/* Finds them from the unit's counted reports read backwards: adds the one before those that were added. A report counts
 * for its round unless the unit was heard in that one or a later one before. */
void rules_add_round(struct unit_rounds *rounds, const struct election *election, uint32_t round,
                     int64_t as_of);

/* The lowest seq above the unit's last one that no held report has. */
int32_t rules_next_seq(const struct unit_state *unit, const struct held_report *held, size_t held_count);

/* The codes of these rules, separated by commas. */
void rules_write_flags(uint32_t violations, char ret_flags[RULE_FLAGS_BYTES]);

/* Rules of which these are the codes: they are written as these flags again. False when it is no list of codes. */
bool rules_read_flags(const char *flags, uint32_t *ret_violations);

#endif
