/* Deciding a message on a commune that is ready. What was decided stands in the commune at once, so that the next message
 * is decided on it; its answer waits until it is durable. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/budget.h>
#include <turnout/base/clock.h>
#include <turnout/base/log.h>

#include "tally_private.h"

static struct unit_state *state_of(struct tally_commune *commune, uint32_t unit)
{
    return &commune->units[unit - commune->tally->reg->areas[commune->area].first_child];
}

/* What an answer says to stand goes on standing. But what is refused may have become right: another server may have
 * counted the report, corrected the unit's last one, opened the election again. So a refusal waits until Redis was asked
 * about the commune after the message had come. */
bool commune_confirms(const struct tally_commune *commune, const struct message *message)
{
    return !message->is_refusal || commune->confirmed_at > message->taken_at;
}

/* An answer rests on everything that was decided about the commune before: it waits for the last of it. */
static void answer_when_durable(struct tally_commune *commune, struct message *message)
{
    struct batch *last = commune->gathered != NULL ? commune->gathered : commune->in_flight_last;
    if (last != NULL) {
        message_list_add(&last->messages, message);
    } else if (commune_confirms(commune, message)) {
        tally_answer(commune->tally, message);
    } else {
        commune_take_when_loaded(commune, message);
    }
}

static void change_totals(struct batch *batch, const struct totals *change)
{
    totals_add(&batch->commune->known.totals, change);
    totals_add(&batch->change, change);
}

static void log_contradiction(const struct tally_commune *commune)
{
    log_error("commune-contradicts-itself",
              log_text("commune", commune->tally->reg->areas[commune->area].code));
}

/* ---- reports ---- */

static int32_t count_alike(struct tally_commune *commune, uint32_t unit, int32_t voted)
{
    const struct area *area = &commune->tally->reg->areas[commune->area];
    int32_t alike = 0;
    for (uint32_t i = 0; i < area->units; i++) {
        const struct unit_state *state = &commune->units[i];
        alike += area->first_child + i != unit && state->seq > 0 && state->voted == voted ? 1 : 0;
    }
    return alike;
}

static struct unit_state state_of_held(const struct held_report *held, const struct unit_state *unit)
{
    const struct report_received *received = &held->received;
    struct unit_state state = {
        .seq = received->seq,
        .voted = received->voted,
        .registered = received->registered == REGISTERED_ABSENT ? unit->registered : received->registered,
        .round = received->round,
        .as_of = received->as_of,
        .received_ms = received->received_ms,
        .kind = received->kind,
    };
    memcpy(state.digest, received->digest, sizeof state.digest);
    return state;
}

static void reject(struct report_message *report, enum report_code code)
{
    report->outcome.status = STATUS_REJECTED;
    report->outcome.code = code;
    report->outcome.is_new = false;
}

static bool is_stored(const struct decision *decision)
{
    return decision->status == STATUS_ACCEPTED || (decision->status == STATUS_HELD && !decision->held_before);
}

static size_t count_waiting(const struct unit_held *held)
{
    size_t waiting = 0;
    for (size_t i = 0; held != NULL && i < held->count; i++) {
        waiting += held->reports[i].state == HELD_WAITING ? 1 : 0;
    }
    return waiting;
}

/* So many reports of a unit may wait for a committee. */
static bool has_room_to_wait(const struct decision *decision, const struct unit_held *held)
{
    return decision->status != STATUS_HELD || count_waiting(held) < TALLY_HELD_WAITING_MAX;
}

/* Charges what is about to be stored to the unit's account. False when there is no room in it. */
static bool charge(struct tally *tally, struct report_message *report)
{
    if (report->is_charged) {
        return true; /* before it had to be decided again */
    }
    int64_t *full_at_us = &tally->account_full_at_us[report->message.unit];
    int64_t now_us = clock_monotonic_us();
    if (budget_is_spent(*full_at_us, now_us, tally->account_cost_us)) {
        return false;
    }
    *full_at_us = budget_spend(*full_at_us, now_us, tally->account_cost_us);
    report->is_charged = true;
    return true;
}

static void store_report(struct tally_commune *commune, struct report_message *report,
                         const struct decision *decision)
{
    uint32_t unit = report->message.unit;
    struct unit_state *state = state_of(commune, unit);
    struct batch *batch = commune_batch(commune);
    struct slice sent = {report->sent, report->sent_bytes};
    log_line_write_report(batch_begin_line(batch), &report->received, decision, state, report->who, sent);
    struct line_span line = batch_end_line(batch);
    if (log_line_is_public(&report->received, decision, state)) {
        batch_add_ledger(batch, line);
    }
    change_totals(batch, &decision->change);
    if (decision->status == STATUS_ACCEPTED) {
        *state = decision->after;
        batch_note_unit(batch, unit);
    } else {
        size_t waiting = count_waiting(commune_find_held(commune, unit));
        batch_add_held(batch, commune->tally->reg->units[unit].code, &report->received, waiting, line);
        *commune_add_held(commune, unit) =
            (struct held_report){.received = report->received, .state = HELD_WAITING, .code = decision->code};
        batch_note_held(batch, unit);
    }
}

/* Only the rule that asks for the server's own time. */
static bool is_rejected_for_its_time(const struct report_message *report)
{
    return report->outcome.status == STATUS_REJECTED && report->outcome.code == CODE_AS_OF_IN_FUTURE;
}

static void note_clock(const struct tally *tally, struct report_message *report)
{
    struct clock_watch *clock = tally->options.clock;
    if (clock != NULL) {
        clock_watch_note_count(clock, report->message.unit, report->received.as_of,
                               report->received.received_ms);
    }
    if (is_rejected_for_its_time(report) && clock_watch_is_doubted(clock)) {
        report->outcome.status = STATUS_UNAVAILABLE;
        report->outcome.code = CODE_CLOCK_IN_DOUBT;
        report->why = "the server doubts its own clock; send the same report again later";
    }
}

static void decide_report(struct tally_commune *commune, struct report_message *report)
{
    struct tally *tally = commune->tally;
    uint32_t unit = report->message.unit;
    const struct unit_state *state = state_of(commune, unit);
    const struct unit_held *held = commune_find_held(commune, unit);
    const struct election *election = tally->election;
    struct rules_context context = {
        .phase = commune->province->ground.phase,
        .unit = state,
        .listed = (int32_t)tally->reg->units[unit].registered,
        .held = held == NULL ? NULL : held->reports,
        .held_count = held == NULL ? 0 : held->count,
        .alike = election->rules.modes[RULE_SAME_FIGURES] == MODE_OFF
                     ? 0
                     : count_alike(commune, unit, report->received.voted),
    };
    struct decision decision;
    rules_decide(election, &context, &report->received, &decision);
    if (!totals_can_add(&commune->known.totals, &decision.change)) {
        log_contradiction(commune);
        tally_answer_unsound(tally, &report->message);
        return;
    }
    report->outcome = (struct report_outcome){
        .status = decision.status,
        .code = decision.code,
        .by_committee = decision.by_committee,
        .is_new = is_stored(&decision),
        .standing = decision.taken_by == NULL ? *state : state_of_held(decision.taken_by, state),
        .listed = context.listed,
        .next_seq = rules_next_seq(state, context.held, context.held_count),
    };
    memcpy(report->generation, commune->province->ground.generation, sizeof report->generation);
    if (is_stored(&decision)) {
        if (has_room_to_wait(&decision, held) && charge(tally, report)) {
            store_report(commune, report, &decision);
        } else {
            reject(report, CODE_TOO_MANY);
        }
    }
    note_clock(tally, report);
    report->message.is_refusal = report->outcome.status == STATUS_REJECTED;
    answer_when_durable(commune, &report->message);
}

/* ---- decisions about held reports ---- */

/* What becomes of the report; *ret_decision is what it changes. */
static enum decided weigh(const struct decision_message *wanted, const struct unit_state *state,
                          const struct held_report *held, struct decision *ret_decision)
{
    if (!wanted->release) {
        *ret_decision = (struct decision){.status = STATUS_REJECTED, .change = rules_turned_down()};
        return DECIDED_REJECTED;
    }
    rules_release(state, &held->received, ret_decision);
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
    struct unit_state *state = state_of(commune, unit);
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
    change_totals(batch, &decision->change);
    held->state = outcomes[wanted->decided].state;
    batch_note_held(batch, unit);
    batch_add_decided(batch, code, held->received.seq);
    if (wanted->decided == DECIDED_RELEASED) {
        *state = decision->after;
        batch_note_unit(batch, unit);
    }
}

static struct held_report *find_seq(struct unit_held *held, int32_t seq)
{
    for (size_t i = 0; held != NULL && i < held->count; i++) {
        if (held->reports[i].received.seq == seq) {
            return &held->reports[i];
        }
    }
    return NULL;
}

static void decide_decision(struct tally_commune *commune, struct decision_message *wanted)
{
    struct held_report *held = find_seq(commune_find_held(commune, wanted->message.unit), wanted->seq);
    struct decision decision = {.change = {0}};
    if (held == NULL) {
        wanted->decided = DECIDED_NOT_FOUND;
    } else if (held->state != HELD_WAITING) {
        wanted->decided = DECIDED_BEFORE;
    } else {
        wanted->decided = weigh(wanted, state_of(commune, wanted->message.unit), held, &decision);
    }
    if (!totals_can_add(&commune->known.totals, &decision.change)) {
        log_contradiction(commune);
        tally_answer_unsound(commune->tally, &wanted->message);
        return;
    }
    if (wanted->decided < DECIDED_BEFORE) {
        store_decision(commune, wanted, held, &decision);
    }
    wanted->state = held == NULL ? HELD_WAITING : held->state;
    wanted->message.is_refusal = wanted->decided == DECIDED_NOT_FOUND || wanted->decided == DECIDED_OVER_ROLL;
    answer_when_durable(commune, &wanted->message);
}

void commune_decide(struct tally_commune *commune, struct message *message)
{
    assert(commune->status == COMMUNE_READY);
    switch (message->kind) {
    case MESSAGE_REPORT:
        decide_report(commune, (struct report_message *)message);
        break;
    case MESSAGE_DECISION:
        decide_decision(commune, (struct decision_message *)message);
        break;
    }
}
