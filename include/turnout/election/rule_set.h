/* The rules that an election sets for its reports: for each its mode and its numbers. rules.h says when a report
 * breaks one. */
#ifndef TURNOUT_ELECTION_RULE_SET_H
#define TURNOUT_ELECTION_RULE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/report.h>

/* Checked in this order: of the broken rules in the strictest mode, the first names the answer. */
enum rule {
    RULE_OVER_ROLL,       /* more voted than are registered */
    RULE_SEQ_TOO_FAR,     /* the seq is so far above the unit's last one that it would lock the unit out */
    RULE_AS_OF_IN_FUTURE, /* counted later than the server's clock plus a tolerance */
    RULE_AS_OF_BEFORE_OPENING,
    RULE_AS_OF_BEFORE_LAST, /* counted before the unit's last report */
    RULE_DECREASE,          /* fewer voted than in the last report, in a progress report */
    RULE_FINAL_BELOW,       /* the same in a final report */
    RULE_ROLL_CHANGE, /* the roll differs from the listed one by more than this many voters and this percentage */
    RULE_JUMP,        /* more voters an hour than a polling unit can serve */
    RULE_EARLY_COMPLETE, /* the whole roll has voted before a plausible hour */
    RULE_SAME_FIGURES,   /* this many units of a commune report the same count */
    RULE_CORRECTIONS,    /* not a fault: a second person looks at every correction */
    RULE_COUNT,
};

/* In ascending strictness. */
enum rule_mode {
    MODE_OFF,
    MODE_FLAG, /* counted, and noted in the log */
    MODE_HOLD, /* not counted until a committee decides */
    MODE_REJECT,
    MODE_COUNT,
};

struct rules {
    enum rule_mode modes[RULE_COUNT];
    int32_t as_of_tolerance_s;   /* how far a unit's clock may be ahead of the server's */
    int32_t roll_change_percent; /* of the listed roll; a change must exceed this and ... */
    int32_t roll_change_voters;  /* ... this */
    int32_t voters_an_hour;      /* the most that a unit can serve */
    int32_t same_figures_units;  /* of a commune; as many may not report the same count, this one included */
    int32_t late_after_s;        /* a count taken longer after its round is late; no rule is broken */
    int64_t complete_not_before; /* Unix seconds; 0: never too early */
};

/* Sets the defaults. */
void rules_init(struct rules *ret_rules);

const char *rule_name(enum rule rule); /* in election.ini and in Redis: "over-roll", ... */
enum report_code rule_code(enum rule rule);
const char *rule_mode_name(enum rule_mode mode); /* "off", "flag", "hold", "reject" */
bool rule_mode_parse(struct slice name, enum rule_mode *ret_mode);

/* Whether a rule may have a mode: more voters than the roll must never be counted, and no seq may lock a unit out. */
bool rule_allows(enum rule rule, enum rule_mode mode);

/* A rule's integer setting. */
struct rule_number {
    const char *name; /* in election.ini */
    const char *unit; /* in words */
    int32_t least;
    int32_t most;
    int32_t standard;
    size_t offset; /* of an int32_t in struct rules */
};

enum { RULE_NUMBER_COUNT = 6 };

extern const struct rule_number rule_numbers[RULE_NUMBER_COUNT];

void rule_number_set(struct rules *rules, const struct rule_number *number, int32_t value);
int32_t rule_number_get(const struct rules *rules, const struct rule_number *number);

#endif
