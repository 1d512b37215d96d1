/* Deciding a message on a commune that is ready. The decision changes the commune in memory at once, so the next
 * message is decided on top of it. The answer waits until the decision is durable. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/budget.h>
#include <turnout/base/clock.h>
#include <turnout/base/log.h>

#include "tally_private.h"

struct unit_state *commune_state_of(struct tally_commune *commune, uint32_t unit)
{
    return &commune->units[unit - commune->tally->reg->areas[commune->area].first_child];
}

/* An answer to what this message has stored is true. A refusal may be wrong by now: another server may have counted the
 * report, corrected or voided the unit's last one, or opened the election again. So a refusal waits until Redis was
 * asked about the commune after the message had come. A `duplicate` is true unless another server has voided the report
 * meanwhile. For it, an answer of Redis from a moment ago is enough, so that reports sent again and again cost
 * little. */
bool commune_confirms(const struct tally_commune *commune, const struct message *message)
{
    if (!message->is_refusal && !message->is_from_memory) {
        return true;
    }
    bool is_recent = clock_monotonic_ms() - commune->confirmed_ms < TALLY_MEMORY_MS;
    return commune->confirmed_at > message->taken_at || (!message->is_refusal && is_recent);
}

/* An answer rests on everything that was decided about the commune before: it waits for the last of it. */
void commune_answer_when_durable(struct tally_commune *commune, struct message *message)
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

void batch_change_totals(struct batch *batch, const struct totals *change)
{
    totals_add(&batch->commune->known.totals, change);
    totals_add(&batch->change, change);
}

void commune_answer_contradiction(struct tally_commune *commune, struct message *message)
{
    log_error("commune-contradicts-itself",
              log_text("commune", commune->tally->reg->areas[commune->area].code));
    tally_answer_unsound(commune->tally, message);
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

size_t commune_count_waiting(const struct unit_held *held)
{
    size_t waiting = 0;
    for (size_t i = 0; held != NULL && i < held->count; i++) {
        waiting += held->reports[i].state == HELD_WAITING ? 1 : 0;
    }
    return waiting;
}

/* At most TALLY_HELD_WAITING_MAX reports of a unit may wait for a committee. */
static bool has_room_to_wait(const struct decision *decision, const struct unit_held *held)
{
    return decision->status != STATUS_HELD || commune_count_waiting(held) < TALLY_HELD_WAITING_MAX;
}

/* Charges the unit's rate limit for a report that is about to be stored. False when the limit is reached. */
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
    struct unit_state *state = commune_state_of(commune, unit);
    struct batch *batch = commune_batch(commune);
    struct slice sent = {report->sent, report->sent_bytes};
    log_line_write_report(batch_begin_line(batch), &report->received, decision, state, report->who, sent);
    struct line_span line = batch_end_line(batch);
    if (log_line_is_public(&report->received, decision, state)) {
        batch_add_ledger(batch, line);
    }
    batch_change_totals(batch, &decision->change);
    if (decision->status == STATUS_ACCEPTED) {
        *state = decision->after;
        batch_note_unit(batch, unit);
        if (decision->violations != 0) {
            batch_add_flagged(batch, &(struct commit_flagged){unit, report->received, decision->violations});
        }
    } else {
        size_t waiting = commune_count_waiting(commune_find_held(commune, unit));
        batch_add_held(batch, commune->tally->reg->units[unit].code, &report->received, waiting, line);
        *commune_add_held(commune, unit) =
            (struct held_report){.received = report->received, .state = HELD_WAITING, .code = decision->code};
        batch_note_held(batch, unit);
    }
}

/* Whether the report was rejected by the one rule that depends on the server's own clock. */
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
        report->why = "the server doubts its own clock";
    }
}

static void decide_report(struct tally_commune *commune, struct report_message *report)
{
    struct tally *tally = commune->tally;
    uint32_t unit = report->message.unit;
    const struct unit_state *state = commune_state_of(commune, unit);
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
        commune_answer_contradiction(commune, &report->message);
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
    report->message.is_refusal =
        report->outcome.status == STATUS_REJECTED || report->outcome.status == STATUS_SUPERSEDED;
    report->message.is_from_memory = !report->outcome.is_new;
    commune_answer_when_durable(commune, &report->message);
}

void commune_decide(struct tally_commune *commune, struct message *message)
{
    assert(commune->status == COMMUNE_READY);
    switch (message->kind) {
    case MESSAGE_REPORT:
        decide_report(commune, (struct report_message *)message);
        break;
    case MESSAGE_DECISION:
        commune_decide_held(commune, (struct decision_message *)message);
        break;
    case MESSAGE_VOID:
        commune_decide_void(commune, (struct decision_message *)message);
        break;
    case MESSAGE_WRITE: /* is of no commune */
        assert(false);
    }
}
