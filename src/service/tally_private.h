/* What the tally knows, and who of its files does what:
 *   tally.c           messages in, the link, the end of a turn
 *   tally_communes.c  what is known of a commune: unknown, loading, ready; forgetting
 *   tally_decide.c    a report on a commune that is ready
 *   tally_committee.c a decision about a held report, or a void, on a commune that is ready
 *   tally_commit.c    batches on their way to Redis, and their answers */
#ifndef TURNOUT_SERVICE_TALLY_PRIVATE_H
#define TURNOUT_SERVICE_TALLY_PRIVATE_H

#include <turnout/base/buffer.h>
#include <turnout/service/tally.h>
#include <turnout/store/commit.h>
#include <turnout/store/load.h>

struct message_list {
    struct message *first;
    struct message *last;
};

void message_list_add(struct message_list *list, struct message *message);
void message_list_append(struct message_list *list, struct message_list *tail); /* empties the tail */
struct message *message_list_pop(struct message_list *list);                    /* NULL when it is empty */

/* A piece of a batch's lines. */
struct line_span {
    size_t start;
    size_t length;
};

/* A report of a batch that is to be held. */
struct batch_held {
    char id[HELD_ID_BYTES];
    int64_t order;
    struct line_span line;
};

/* What was decided about one commune since its last batch: first gathered, then part of a commit in flight. */
struct batch {
    struct batch *next;            /* of the commune's in flight */
    uint64_t sent_at;              /* a moment */
    int64_t sent_ms;               /* monotonic */
    struct tally_commune *commune; /* NULL once the commune was forgotten: then nobody waits for it */
    struct store_commune before;
    struct totals change;
    struct buffer lines; /* each but the last ended by a newline */
    uint32_t line_count;
    size_t line_start;            /* of the one that is being written */
    struct message_list messages; /* that are answered when it is durable */
    uint32_t *units;              /* that changed */
    size_t unit_count, unit_capacity;
    uint32_t *held_units; /* of which a held report changed */
    size_t held_unit_count, held_unit_capacity;
    struct batch_held *held;
    size_t held_count, held_capacity;
    char (*decided)[HELD_ID_BYTES];
    size_t decided_count, decided_capacity;
    struct line_span *ledger;
    size_t ledger_count, ledger_capacity;
    struct commit_flagged *flagged;
    size_t flagged_count, flagged_capacity;
    struct commit_flagged *unflagged;
    size_t unflagged_count, unflagged_capacity;
};

/* The reports of a unit that were set aside. */
struct unit_held {
    uint32_t unit;
    size_t count, capacity;
    struct held_report *reports;
};

enum commune_status {
    COMMUNE_UNKNOWN,
    COMMUNE_LOADING,
    COMMUNE_READY,
};

struct tally_commune {
    struct tally *tally;
    struct tally_province *province;
    uint32_t area;
    enum commune_status status;
    struct message_list waiting; /* until it is ready; none while it is */
    struct tally_commune *next_waiting;
    bool is_listed_waiting;
    uint64_t asked_at; /* the moment at which Redis was asked about it last */
    int64_t asked_ms;  /* the same, monotonic */
    /* while it is ready: */
    uint64_t confirmed_at;      /* Redis was asked then, and has answered: it was as it is known here */
    int64_t confirmed_ms;       /* the same, monotonic */
    struct store_commune known; /* as it is when all batches have been written */
    struct unit_state *units;
    struct unit_held *held;
    size_t held_count;
    struct batch *gathered; /* NULL: nothing is */
    struct tally_commune *next_gathered;
    struct batch *in_flight; /* the oldest first */
    struct batch *in_flight_last;
};

struct tally_province {
    uint32_t area;
    struct store_ground ground;
    bool is_ground_known;
    uint32_t commits;               /* in flight */
    struct tally_commune *gathered; /* communes with a batch, the first first */
    struct tally_commune *gathered_last;
    uint32_t gathered_lines;
    struct tally_province *next_listed; /* of those with something to send */
    bool is_listed;
};

struct tally {
    struct tally_options options;
    const struct election *election;
    const struct election_register *reg;
    struct store *store;
    bool is_settled; /* the link is up, and a write of ours was answered on it */
    bool is_settling;
    bool is_stopping;
    uint32_t writes;      /* that have the link */
    uint64_t moment;      /* numbers messages taken, loads and commits sent: tells which was first */
    int64_t settle_at_ms; /* try again not before; monotonic */
    int64_t written_ms;   /* when Redis last took a write; monotonic */
    bool is_refused;      /* Redis has refused a write since: health knows */
    struct tally_province *provinces; /* [province - 1] */
    struct tally_commune **communes;  /* one an area; NULL: never touched */
    struct tally_commune *waiting;    /* communes with messages that wait */
    struct tally_province *listed;
    int64_t *account_full_at_us; /* one a unit: its rate limit */
    int64_t account_cost_us;
};

/* ---- tally.c ---- */

/* Whether something can be asked of Redis, and what it answers is durable. */
bool tally_is_up(const struct tally *tally);

/* Redis has taken a write, durably. */
void tally_note_write(struct tally *tally);

/* Redis refuses what it must do. Nothing more is asked of it until it has taken a write of ours again. */
void tally_unsettle(struct tally *tally, const char *why);

/* The answers. */
void tally_answer(struct tally *tally, struct message *message);
void tally_answer_unavailable(struct tally *tally, struct message *message, const char *why);

/* Answers that what Redis holds of the commune cannot be right. */
void tally_answer_unsound(struct tally *tally, struct message *message);

/* The province has something gathered: it is sent at the end of the turn. */
void tally_list_to_send(struct tally_province *province);

/* ---- tally_communes.c ---- */

/* Decides the message, at once or when the commune is loaded. */
void commune_take(struct tally_commune *commune, struct message *message);

/* Forgets the commune first, so that the message is decided on what Redis says now. */
void commune_take_when_loaded(struct tally_commune *commune, struct message *message);

/* The commune of a unit; made, and unknown, where it was never touched. */
struct tally_commune *tally_commune_of(struct tally *tally, uint32_t unit);

/* Its messages wait, oldest first, and it is unknown. Each has been tried once more; those that were tried too often
 * are answered. */
void commune_forget(struct tally_commune *commune);

void tally_forget_province(struct tally *tally, struct tally_province *province);
void tally_forget_all(struct tally *tally);

/* Loads what messages wait for. */
void tally_load_waiting(struct tally *tally);
void tally_answer_overdue(struct tally *tally, int64_t now_ms);
void tally_answer_waiting(struct tally *tally, const char *why);

void province_set_ground(struct tally *tally, struct tally_province *province,
                         const struct store_ground *ground);

struct unit_held *commune_find_held(struct tally_commune *commune, uint32_t unit);
struct held_report *commune_add_held(struct tally_commune *commune, uint32_t unit);
void commune_free(struct tally_commune *commune);

/* ---- tally_decide.c ---- */

/* The commune must be ready. */
void commune_decide(struct tally_commune *commune, struct message *message);

struct unit_state *commune_state_of(struct tally_commune *commune, uint32_t unit);

/* Answers when everything that was decided about the commune is durable, and the answer is true of what Redis has. */
void commune_answer_when_durable(struct tally_commune *commune, struct message *message);

/* Adds a change to the batch and to what is known of its commune. */
void batch_change_totals(struct batch *batch, const struct totals *change);

/* Logs, and answers, that what Redis holds of the commune cannot be right: a count would fall below 0. */
void commune_answer_contradiction(struct tally_commune *commune, struct message *message);

/* Whether the message's answer was true when the message came, or later. */
bool commune_confirms(const struct tally_commune *commune, const struct message *message);

/* How many of a unit's reports wait for a committee; `held` may be NULL. */
size_t commune_count_waiting(const struct unit_held *held);

/* ---- tally_committee.c ---- */

void commune_decide_held(struct tally_commune *commune, struct decision_message *wanted);
void commune_decide_void(struct tally_commune *commune, struct decision_message *wanted);

/* ---- tally_commit.c ---- */

/* The batch that is being gathered. */
struct batch *commune_batch(struct tally_commune *commune);
void batch_free(struct batch *batch);

/* Begins a line of the log in the batch, and ends it: then it is part of the chain. */
struct buffer *batch_begin_line(struct batch *batch);
struct line_span batch_end_line(struct batch *batch);

void batch_note_unit(struct batch *batch, uint32_t unit);
void batch_note_held(struct batch *batch, uint32_t unit);
/* `waiting` others of the unit wait. */
void batch_add_held(struct batch *batch, const char *unit, const struct report_received *received,
                    size_t waiting, struct line_span line);
void batch_add_decided(struct batch *batch, const char *unit, int32_t seq);
void batch_add_ledger(struct batch *batch, struct line_span line);
void batch_add_flagged(struct batch *batch, const struct commit_flagged *flagged);
void batch_add_unflagged(struct batch *batch, const struct commit_flagged *unflagged);

/* Sends what the province has gathered, as far as it may. */
void province_send(struct tally *tally, struct tally_province *province);

#endif
