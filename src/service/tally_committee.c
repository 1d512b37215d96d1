/* What committees decide, on a commune that is ready: what becomes of a held report, and that a unit's reports are
 * void. */
#include <string.h>

#include "tally_private.h"

/* ---- decisions about held reports ---- */

/* What becomes of the report; *ret_decision is what it changes. */
static enum decided weigh(const struct election *election, const struct decision_message *wanted,
                          const struct unit_state *state, const struct held_report *held,
                          struct decision *ret_decision)
{
    if (!wanted->release) {
        *ret_decision = (struct decision){.status = STATUS_REJECTED, .change = rules_turned_down()};
        return DECIDED_REJECTED;
    }
    rules_release(election, state, &held->received, ret_decision);
    return ret_decision->status == STATUS_ACCEPTED     ? DECIDED_RELEASED
           : ret_decision->status == STATUS_SUPERSEDED ? DECIDED_SUPERSEDED
                                                       : DECIDED_OVER_ROLL;
}

static void store_decision(struct tally_commune *commune, const struct decision_message *wanted,
                           struct held_report *held, const struct decision *decision)
{
    static const struct {
        enum log_outcome outcome;
        enum held_state state;
    } outcomes[] = {
        [DECIDED_RELEASED] = {LOG_RELEASED, HELD_RELEASED},
        [DECIDED_REJECTED] = {LOG_REJECTED, HELD_REJECTED},
        [DECIDED_SUPERSEDED] = {LOG_SUPERSEDED, HELD_SUPERSEDED},
    };
    const struct tally *tally = commune->tally;
    uint32_t unit = wanted->message.unit;
    const char *code = tally->reg->units[unit].code;
    struct unit_state *state = commune_state_of(commune, unit);
    struct batch *batch = commune_batch(commune);
    log_line_write_decision(batch_begin_line(batch),
                            &(struct log_decision){.outcome = outcomes[wanted->decided].outcome,
                                                   .unit = code,
                                                   .now_ms = wanted->now_ms,
                                                   .offset_s = tally->election->offset_s,
                                                   .who = wanted->who,
                                                   .why = wanted->why},
                            held, state);
    batch_add_ledger(batch, batch_end_line(batch));
    batch_change_totals(batch, &decision->change);
    held->state = outcomes[wanted->decided].state;
    batch_note_held(batch, unit);
    batch_add_decided(batch, code, held->received.seq);
    if (wanted->decided == DECIDED_RELEASED) {
        *state = decision->after;
        batch_note_unit(batch, unit);
    }
}

/* The last report held under this seq: after a void a seq may be used again. */
static struct held_report *find_seq(struct unit_held *held, int32_t seq)
{
    for (size_t i = held == NULL ? 0 : held->count; i > 0; i--) {
        struct held_report *report = &held->reports[i - 1];
        if (report->received.seq == seq && report->code != CODE_VOIDED) {
            return report;
        }
    }
    return NULL;
}

void commune_decide_held(struct tally_commune *commune, struct decision_message *wanted)
{
    struct held_report *held = find_seq(commune_find_held(commune, wanted->message.unit), wanted->seq);
    struct decision decision = {.change = {0}};
    if (held == NULL) {
        wanted->decided = DECIDED_NOT_FOUND;
    } else if (held->state != HELD_WAITING) {
        wanted->decided = DECIDED_BEFORE;
    } else {
        wanted->decided = weigh(commune->tally->election, wanted,
                                commune_state_of(commune, wanted->message.unit), held, &decision);
    }
    if (!totals_can_add(&commune->known.totals, &decision.change)) {
        commune_answer_contradiction(commune, &wanted->message);
        return;
    }
    if (wanted->decided < DECIDED_BEFORE) {
        store_decision(commune, wanted, held, &decision);
    }
    wanted->state = held == NULL ? HELD_WAITING : held->state;
    wanted->message.is_refusal = wanted->decided == DECIDED_NOT_FOUND || wanted->decided == DECIDED_OVER_ROLL;
    commune_answer_when_durable(commune, &wanted->message);
}

/* ---- voids ---- */

/* Whether the unit is as it was when its reports were read. Another generation is another count: equal reports there
 * prove nothing. */
static bool is_as_read(struct tally_commune *commune, const struct decision_message *wanted)
{
    const struct unit_state *state = commune_state_of(commune, wanted->message.unit);
    return strcmp(wanted->generation, commune->province->ground.generation) == 0 &&
           state->seq == wanted->unit.seq &&
           (state->seq == 0 || memcmp(state->digest, wanted->unit.digest, sizeof state->digest) == 0);
}

/* Voids all reports of the unit that were ever held, also those that a committee has decided about. */
static void void_held(struct unit_held *held, struct batch *batch, const char *unit)
{
    for (size_t i = 0; held != NULL && i < held->count; i++) {
        struct held_report *report = &held->reports[i];
        if (report->state == HELD_WAITING) {
            batch_add_decided(batch, unit, report->received.seq);
        }
        report->state = HELD_VOIDED;
    }
}

/* Sets the counted reports aside, too. So the tally knows them when the unit sends them again. */
static void void_counted(struct tally_commune *commune, const struct decision_message *wanted,
                         struct batch *batch)
{
    uint32_t unit = wanted->message.unit;
    const struct unit_held *held = commune_find_held(commune, unit);
    size_t known = held == NULL ? 0 : held->count;
    for (size_t i = 0; i < wanted->report_count; i++) {
        const struct voided_report *report = &wanted->reports[i];
        if (report->violations != 0) {
            batch_add_unflagged(batch, &(struct commit_flagged){unit, report->received, report->violations});
        }
        if (known + i < VOIDED_MAX) {
            *commune_add_held(commune, unit) =
                (struct held_report){.received = report->received, .state = HELD_VOIDED, .code = CODE_VOIDED};
        }
    }
}

static int32_t last_seq(const struct unit_state *state, const struct unit_held *held)
{
    int32_t last = state->seq;
    for (size_t i = 0; held != NULL && i < held->count; i++) {
        const struct held_report *report = &held->reports[i];
        if (report->state == HELD_WAITING && report->received.seq > last) {
            last = report->received.seq;
        }
    }
    return last;
}

static void store_void(struct tally_commune *commune, const struct decision_message *wanted,
                       const struct totals *change, int32_t last)
{
    const struct tally *tally = commune->tally;
    uint32_t unit = wanted->message.unit;
    const struct unit *listed = &tally->reg->units[unit];
    struct unit_state *state = commune_state_of(commune, unit);
    struct batch *batch = commune_batch(commune);
    log_line_write_void(batch_begin_line(batch),
                        &(struct log_void){.unit = listed->code,
                                           .seq = last,
                                           .listed = (int32_t)listed->registered,
                                           .now_ms = wanted->now_ms,
                                           .who = wanted->who,
                                           .why = wanted->why},
                        state);
    batch_add_ledger(batch, batch_end_line(batch));
    batch_change_totals(batch, change);
    void_held(commune_find_held(commune, unit), batch, listed->code);
    void_counted(commune, wanted, batch);
    *state = (struct unit_state){.registered = (int32_t)listed->registered};
    batch_note_unit(batch, unit);
    if (commune_find_held(commune, unit) != NULL) {
        batch_note_held(batch, unit);
    }
}

void commune_decide_void(struct tally_commune *commune, struct decision_message *wanted)
{
    uint32_t unit = wanted->message.unit;
    const struct unit_state *state = commune_state_of(commune, unit);
    const struct unit_held *held = commune_find_held(commune, unit);
    int32_t last = last_seq(state, held);
    struct totals change = rules_void(state, (int32_t)commune->tally->reg->units[unit].registered,
                                      &wanted->rounds, commune_count_waiting(held));
    if (last == 0) {
        wanted->decided = DECIDED_NOT_FOUND;
    } else if (!is_as_read(commune, wanted)) {
        wanted->decided = DECIDED_CHANGED;
    } else if (!totals_can_add(&commune->known.totals, &change)) {
        commune_answer_contradiction(commune, &wanted->message);
        return;
    } else {
        wanted->decided = DECIDED_VOIDED;
        store_void(commune, wanted, &change, last);
    }
    wanted->state = HELD_VOIDED;
    wanted->message.is_refusal = wanted->decided != DECIDED_VOIDED;
    commune_answer_when_durable(commune, &wanted->message);
}
