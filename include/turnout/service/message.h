/* What workers ask of the tally, and what it answers (TALLY: one inbox). A message is made by a worker, travels to the
 * tally, and comes back to the same worker with its answer; at any time one thread has it. */
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
    MESSAGE_VOID,     /* of all that a unit has sent */
    MESSAGE_WRITE,    /* beside the count: a phase, a mode, a register, a bulletin, an excuse */
};

/* What all kinds begin with. */
struct message {
    enum message_kind kind;
    const struct election_register *reg; /* only to be compared: the unit is one of it */
    uint32_t unit; /* index in the register: what it is about, unless it is of the whole election */
    struct tally_port *port;
    struct message *next; /* the tally's: in one of its lists */
    int64_t deadline_ms;  /* the tally's; monotonic: past it the answer is `unavailable` */
    uint32_t tries;       /* the tally's */
    uint64_t taken_at;    /* the tally's: the `moment` (tally_private.h) at which it was taken */
    bool is_refusal;      /* the tally's: the answer has to be confirmed */
    bool is_from_memory;  /* the tally's: the answer stores nothing: it says what was there before */
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
    bool is_charged;         /* to its unit's account */
    char who[LOG_WHO_BYTES]; /* who vouched; empty: it is signed */
    /* the answer */
    struct report_outcome outcome;
    char generation[GENERATION_BYTES]; /* of the store that has it; empty where it was not kept */
    const char *why;                   /* for unavailable, in words; a literal */
    /* the report as it was sent */
    uint32_t sent_bytes;
    char sent[];
};

/* What became of a decision. The order counts: first what was written, then what changed nothing, last what failed. */
enum decided {
    DECIDED_RELEASED,    /* a held report: counted */
    DECIDED_REJECTED,    /* will not be counted */
    DECIDED_SUPERSEDED,  /* was to be counted, but the unit has reported again since: will not be */
    DECIDED_VOIDED,      /* of a unit: nothing that it had sent counts any more */
    DECIDED_BEFORE,      /* by somebody else: nothing has changed */
    DECIDED_OVER_ROLL,   /* cannot be counted while more have voted than are registered: still held */
    DECIDED_NOT_FOUND,   /* no such held report; nothing to void */
    DECIDED_CHANGED,     /* a void: the unit is not as it was read: read it again */
    DECIDED_UNAVAILABLE, /* nobody knows whether it was decided; deciding again is safe */
    DECIDED_UNSOUND,     /* Redis holds of the commune what it must not */
};

/* `state` is what the report is now. It says nothing where `decided` is DECIDED_NOT_FOUND or one of those behind it. */
typedef void decision_answer_fn(void *context, enum decided decided, enum held_state state);

/* A report that counts, of a unit that is to be voided. */
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
    char why[NOTE_BYTES_MAX + 1]; /* in the committee's words */
    enum decided decided;
    enum held_state state;
    /* about a held report */
    int32_t seq;
    bool release; /* or reject */
    /* a void: the unit as it was read, and from its log what the tally does not know */
    struct unit_state unit;
    char generation
        [GENERATION_BYTES];         /* the tally's: of the election when the message came; empty: not known */
    struct unit_rounds rounds;      /* in which it counts */
    size_t report_count;            /* at most VOIDED_MAX */
    struct voided_report reports[]; /* its counted ones but for those that were held, the newest first */
};

/* What is written beside the count. It is no matter of a commune: the tally lends it the link, and answers when it has been
 * used. What begins with this struct carries what is wanted, and what became of it. */
struct write_message {
    struct message message;
    /* On the tally's thread: asks the store, whose answer is passed to tally_written(). */
    void (*begin)(struct write_message *write, struct store *store);
    /* On the worker's thread, when it is answered. Frees the message. */
    void (*on_written)(struct write_message *write);
    struct tally *tally; /* the tally's */
    /* the answer */
    enum turnout_error error;
    char why[ERROR_TEXT_BYTES];
};

#endif
