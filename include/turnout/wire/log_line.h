/* The log (DESIGN section 5): one JSON line for each report that was counted or held, each decision about one, and
 * each voided unit, stored in Redis by commune, and the hash chain over a commune's lines. The public lines are also
 * in the province's ledger; the election's ledger has those about the whole election. */
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
    LOG_RELEASED, /* from here to LOG_SUPERSEDED: a committee's decision about a held report */
    LOG_REJECTED,
    LOG_SUPERSEDED,
    LOG_VOIDED, /* all earlier reports of a unit */
    LOG_PHASE,  /* from here: about the election */
    LOG_PUBLICATION,
    LOG_LOSS,     /* accepted; `from` and `to` are revisions */
    LOG_REGISTER, /* a changed row of it */
    LOG_OUTCOME_COUNT,
};

const char *log_outcome_name(enum log_outcome outcome);

/* A parsed line. */
struct log_line {
    enum log_outcome outcome;
    int64_t received_ms; /* for a decision or change: when it was made */
    uint32_t round;
    enum report_code code; /* for LOG_HELD: of the rule that held it */
    bool was_silent;       /* the unit had not reported before */
    int32_t voted_before;
    int32_t registered_before;
    char flags[RULE_FLAGS_BYTES];
    char who[LOG_WHO_BYTES];      /* who vouched, decided or changed it; empty: signed */
    char why[NOTE_BYTES_MAX + 1]; /* for a decision: its reason */
    char from[LOG_WORD_BYTES];    /* for a change of the election; may be empty for LOG_REGISTER */
    char to[LOG_WORD_BYTES];
    enum ledger_kind change; /* for LOG_REGISTER, as are `unit` (may be empty) and `area` */
    char unit[AREA_CODE_BYTES];
    char area[AREA_CODE_BYTES];
    /* For a decision: the report that it is about, without key and signature. For LOG_VOIDED: the unit, the last seq
     * that was taken out, and the roll from then on. */
    struct report report;
};

/* Appends the line of a report, without a newline. `before` is the unit's previous state; `sent` is the report as it
 * was sent: its line ends, which mean nothing in JSON, become spaces. `who` may be NULL. */
void log_line_write_report(struct buffer *out, const struct report_received *received,
                           const struct decision *decision, const struct unit_state *before, const char *who,
                           struct slice sent);

/* A decision about a held report of a unit. */
struct log_decision {
    enum log_outcome outcome; /* LOG_RELEASED, LOG_REJECTED or LOG_SUPERSEDED */
    const char *unit;
    int64_t now_ms;
    int32_t offset_s; /* to format times */
    const char *who;
    const char *why;
};
void log_line_write_decision(struct buffer *out, const struct log_decision *decision,
                             const struct held_report *held, const struct unit_state *before);

/* All reports of a unit are taken out of the count. */
struct log_void {
    const char *unit;
    int32_t seq;    /* the highest seq that was taken out */
    int32_t listed; /* the roll in the register, which applies again */
    int64_t now_ms;
    const char *who;
    const char *why;
};
void log_line_write_void(struct buffer *out, const struct log_void *voided, const struct unit_state *before);

/* A change of the election's phase or publication mode, or a loss that was accepted. */
void log_line_write_change(struct buffer *out, enum log_outcome outcome, const char *from, const char *to,
                           const char *who, int64_t now_ms);

/* TURNOUT_BAD_INPUT when the text is no line of the log. */
enum turnout_error log_line_read(struct slice text, struct log_line *ret_line, struct error *error);

/* Whether the line of a report belongs into the ledger: a counted correction or changed roll. Lines of decisions and
 * voids always do. */
bool log_line_is_public(const struct report_received *received, const struct decision *decision,
                        const struct unit_state *before);

/* Extends the hash chain: head' = SHA-256(head || line). All zeros before the first line. */
void log_chain_extend(unsigned char head[LOG_HEAD_BYTES], struct slice line);

/* The public entries of a line, at most LOG_LINE_ENTRIES_MAX. */
enum { LOG_LINE_ENTRIES_MAX = 3 };
size_t log_line_ledger_entries(const struct log_line *line, const struct election_register *reg,
                               struct ledger_entry ret_entries[LOG_LINE_ENTRIES_MAX]);

#endif
