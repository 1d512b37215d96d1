/* Messages from workers to the tally, and its answers (TALLY: one inbox). A worker makes a message; it goes to the
 * tally, and comes back to the same worker with the answer. One thread owns it at any time. */
#ifndef TURNOUT_SERVICE_MESSAGE_H
#define TURNOUT_SERVICE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/rfc3339.h>
#include <turnout/election/held.h>
#include <turnout/election/rules.h>
#include <turnout/store/store.h>
#include <turnout/wire/log_line.h>

enum message_kind {
    MESSAGE_REPORT,
    MESSAGE_DECISION, /* about a held report */
    MESSAGE_VOID,     /* of all reports of a unit */
    MESSAGE_WRITE,    /* a write that changes no count: phase, mode, register, bulletin, excuse */
};

/* The common head of all kinds. */
struct message {
    enum message_kind kind;
    const struct election_register *reg; /* the register of `unit`; only to be compared */
    uint32_t unit;                       /* index in the register; unused for the whole election */
    struct tally_port *port;
    struct message *next; /* the tally's: link in its lists */
    int64_t deadline_ms;  /* the tally's; monotonic: after it the answer is `unavailable` */
    uint32_t tries;       /* the tally's */
    uint64_t taken_at;    /* the tally's: the `moment` (tally_private.h) at which it was taken */
    bool is_refusal;      /* the tally's: the answer must be confirmed */
    bool is_from_memory;  /* the tally's: the answer reports earlier state and stores nothing */
};

/* The answer to one report. `result` is borrowed for the call. */
typedef void report_answer_fn(void *context, uint64_t tag, const struct report_result *result);

struct report_message {
    struct message message;
    /* for the worker, when it is answered */
    report_answer_fn *on_answer;
    void *context;
    uint64_t tag;
    char as_of_text[RFC3339_BYTES];
    /* for the tally */
    struct report_received received;
    bool is_charged;         /* to its unit's rate limit */
    char who[LOG_WHO_BYTES]; /* who vouched; empty: signed */
    /* the answer */
    struct report_outcome outcome;
    char generation[GENERATION_BYTES]; /* of the store that has it; empty: not stored */
    const char *why;                   /* for unavailable; a literal */
    /* the report as it was sent */
    uint32_t sent_bytes;
    char sent[];
};

/* The outcome of a decision. The order matters: first what was written, then what changed nothing, then failures. */
enum decided {
    DECIDED_RELEASED,    /* a held report: counted */
    DECIDED_REJECTED,    /* a held report: will not be counted */
    DECIDED_SUPERSEDED,  /* released too late: the unit has reported again */
    DECIDED_VOIDED,      /* none of the unit's reports counts any more */
    DECIDED_BEFORE,      /* decided earlier by somebody else: nothing has changed */
    DECIDED_OVER_ROLL,   /* voted exceeds registered, so it cannot be counted: still held */
    DECIDED_NOT_FOUND,   /* no such held report, or nothing to void */
    DECIDED_CHANGED,     /* a void: the unit has changed since it was read: read it again */
    DECIDED_UNAVAILABLE, /* unknown whether it was decided; deciding again is safe */
    DECIDED_UNSOUND,     /* the commune's data in Redis is invalid */
};

/* `state` is the report's state now; undefined for DECIDED_NOT_FOUND and the values after it. */
typedef void decision_answer_fn(void *context, enum decided decided, enum held_state state);

/* A counted report of a unit that is to be voided. */
struct voided_report {
    struct report_received received;
    uint32_t violations; /* the rules that it broke */
};

/* A decision of either kind. */
struct decision_message {
    struct message message;
    decision_answer_fn *on_answer;
    void *context;
    int64_t now_ms;
    char who[LOG_WHO_BYTES];
    char why[NOTE_BYTES_MAX + 1]; /* the committee's reason */
    enum decided decided;
    enum held_state state;
    /* about a held report */
    int32_t seq;
    bool release; /* or reject */
    /* a void: the unit as it was read, and what only its log tells */
    struct unit_state unit;
    char generation[GENERATION_BYTES]; /* the tally's: when the message came; empty: unknown */
    struct unit_rounds rounds;         /* in which it has reported */
    size_t report_count;               /* at most VOIDED_MAX */
    struct voided_report reports[];    /* its counted reports that were never held, the newest first */
};

/* A write that changes no count. The tally lends it the link, and answers when the link is returned. Structs that
 * begin with this one carry the request and its result. */
struct write_message {
    struct message message;
    /* On the tally's thread: calls the store, and passes its answer to tally_written(). */
    void (*begin)(struct write_message *write, struct store *store);
    /* On the worker's thread, when it is answered. Frees the message. */
    void (*on_written)(struct write_message *write);
    struct tally *tally; /* the tally's */
    /* the answer */
    enum turnout_error error;
    char why[ERROR_TEXT_BYTES];
};

#endif
