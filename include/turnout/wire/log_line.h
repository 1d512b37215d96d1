/* The log (DESIGN section 5): one line of JSON for each report that was counted or held, each decision about one, and each
 * unit that was voided, as Redis keeps it a commune, and the chain of hashes over a commune's lines. The same lines are in a province's ledger,
 * where they tell what the public may read about, and beside them those about the whole election. */
#ifndef TURNOUT_WIRE_LOG_LINE_H
#define TURNOUT_WIRE_LOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/election/ledger.h>
#include <turnout/election/register.h>
#include <turnout/election/rules.h>

enum { LOG_HEAD_BYTES = 32, LOG_WHO_BYTES = 112, LOG_WORD_BYTES = AREA_CODE_BYTES };

enum log_outcome {
    LOG_ACCEPTED,
    LOG_HELD,
    LOG_RELEASED, /* from here to LOG_SUPERSEDED: what a committee decided about a held report */
    LOG_REJECTED,
    LOG_SUPERSEDED,
    LOG_VOIDED, /* all that a unit had sent before */
    LOG_PHASE,  /* from here: of the election */
    LOG_PUBLICATION,
    LOG_LOSS,     /* that was accepted; `from` and `to` are revisions */
    LOG_REGISTER, /* a row of it was changed */
    LOG_OUTCOME_COUNT,
};

const char *log_outcome_name(enum log_outcome outcome);

/* A line as it is read. */
struct log_line {
    enum log_outcome outcome;
    int64_t received_ms; /* of a decision or change: when it was made */
    uint32_t round;
    enum report_code code; /* of LOG_HELD: the rule that held it */
    bool was_silent;       /* the unit had not been heard before */
    int32_t voted_before;
    int32_t registered_before;
    char flags[RULE_FLAGS_BYTES];
    char who[LOG_WHO_BYTES];      /* who vouched, or decided or changed it; empty: it is signed */
    char why[NOTE_BYTES_MAX + 1]; /* of a decision: its reason */
    char from[LOG_WORD_BYTES];    /* of a change of the election; may be empty for LOG_REGISTER */
    char to[LOG_WORD_BYTES];
    enum ledger_kind change; /* of LOG_REGISTER, as are unit (may be empty) and area */
    char unit[AREA_CODE_BYTES];
    char area[AREA_CODE_BYTES];
    struct report
        report; /* of a decision: the report that it is about, without who signed it; of LOG_VOIDED: the unit,
                           * the last seq that was taken out, and the roll from then on */
};

/* Appends the line of a report, without a newline. `before` is how the unit stood; `sent` is the report as it was sent:
 * line ends in it, which mean nothing in JSON, become spaces. `who` may be NULL. */
void log_line_write_report(struct buffer *out, const struct report_received *received,
                           const struct decision *decision, const struct unit_state *before, const char *who,
                           struct slice sent);

/* A decision about a held report of a unit. */
struct log_decision {
    enum log_outcome outcome; /* LOG_RELEASED, LOG_REJECTED or LOG_SUPERSEDED */
    const char *unit;
    int64_t now_ms;
    int32_t offset_s; /* for its times */
    const char *who;
    const char *why;
};
void log_line_write_decision(struct buffer *out, const struct log_decision *decision,
                             const struct held_report *held, const struct unit_state *before);

/* All that a unit has sent is taken out of the count. */
struct log_void {
    const char *unit;
    int32_t seq;    /* the highest one that was taken out */
    int32_t listed; /* the roll in the register, which is its roll again */
    int64_t now_ms;
    const char *who;
    const char *why;
};
void log_line_write_void(struct buffer *out, const struct log_void *voided, const struct unit_state *before);

/* A change of the election's phase or publication mode, or a loss that was accepted. */
void log_line_write_change(struct buffer *out, enum log_outcome outcome, const char *from, const char *to,
                           const char *who, int64_t now_ms);

/* TURNOUT_BAD_INPUT when it is no line of the log. */
enum turnout_error log_line_read(struct slice text, struct log_line *ret_line, struct error *error);

/* Whether the line belongs into the ledger: a correction or a moved roll that counts. Every decision and every void does. */
bool log_line_is_public(const struct report_received *received, const struct decision *decision,
                        const struct unit_state *before);

/* The chain: head' = SHA-256(head || line). Before the first line it is all zeros. */
void log_chain_extend(unsigned char head[LOG_HEAD_BYTES], struct slice line);

/* What the public reads of a line, at most LOG_LINE_ENTRIES_MAX entries. */
enum { LOG_LINE_ENTRIES_MAX = 3 };
size_t log_line_ledger_entries(const struct log_line *line, const struct election_register *reg,
                               struct ledger_entry ret_entries[LOG_LINE_ENTRIES_MAX]);

#endif
