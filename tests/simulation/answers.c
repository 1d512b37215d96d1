/* Checks each answer against the oracle. */
#include "answers.h"

#include <string.h>

#include <turnout/service/tally.h>

#include "oracle.h"
#include "scene.h"
#include "world.h"

static uint64_t acknowledged;

/* ---- reports ---- */

_Noreturn static void fail(const struct ticket *ticket, const struct report_message *report, const char *why)
{
    world_fail("server %u answers %s seq %d with %s %s: %s", ticket->server,
               scene.reg->units[ticket->sent->unit].code, report->received.seq,
               report_status_name(report->outcome.status), report_code_name(report->outcome.code), why);
}

/* Before the report was sent this time, in the election that still stands. */
static bool was_acknowledged(const struct ticket *ticket)
{
    return ticket->was_acknowledged && ticket->generation == scene_generation();
}

/* Voided so long ago that an answer must know. */
static bool is_void_known(const struct oracle_record *record, int64_t since_us)
{
    return record->is_voided && record->voided_us < since_us;
}

/* The answer speaks of the election that stands, and of no other that stood since the report was sent. */
static bool is_of_this_generation(const struct ticket *ticket, const struct report_message *report)
{
    char standing[GENERATION_BYTES];
    scene_write_generation(scene_generation(), standing);
    if (strcmp(report->generation, standing) == 0) {
        return true;
    }
    /* Of a report that is known already a server may speak from memory. */
    bool is_from_memory = report->outcome.status == STATUS_DUPLICATE ||
                          report->outcome.status == STATUS_SUPERSEDED ||
                          (report->outcome.status == STATUS_HELD && !report->outcome.is_new);
    for (uint32_t generation = is_from_memory ? 1 : ticket->generation; generation < scene_generation();
         generation++) {
        scene_write_generation(generation, standing);
        if (strcmp(report->generation, standing) == 0) {
            return false;
        }
    }
    fail(ticket, report, "names a generation that did not stand while it was asked");
}

/* Accepted, duplicate, held: the report is on the disk, as what the answer says. */
static void check_kept(struct ticket *ticket, const struct report_message *report)
{
    const struct oracle_record *record = oracle_find(ticket->sent->unit, report->received.digest);
    if (record == NULL) {
        fail(ticket, report, "it does not stand");
    }
    bool is_held = report->outcome.status == STATUS_HELD;
    bool is_counted = (record->fate == FATE_COUNTED && oracle_is_stored_durably(record)) ||
                      (record->fate == FATE_RELEASED && oracle_is_decided_durably(record));
    if (is_void_known(record, ticket->sent_us - TALLY_MEMORY_MS * 1000)) {
        fail(ticket, report, "it was voided long before");
    }
    if (is_held ? record->fate == FATE_COUNTED || !oracle_is_stored_durably(record) : !is_counted) {
        fail(ticket, report, is_held ? "it is not held on the disk" : "it is not counted on the disk");
    }
    struct sent_report *sent = ticket->sent;
    if (sent->acknowledged_in != scene_generation()) {
        sent->acknowledged_in = scene_generation();
        sent->times_new = 0;
        acknowledged++;
    }
    if (report->outcome.is_new) {
        if (was_acknowledged(ticket) || sent->times_new > 0) {
            fail(ticket, report, "as new, but it was acknowledged before");
        }
        sent->times_new++;
    }
}

/* What the answer says of another report that stands must be on the disk, too. */
static void check_standing(const struct ticket *ticket, const struct report_message *report)
{
    const struct unit_state *standing = &report->outcome.standing;
    if (standing->seq == 0) {
        return;
    }
    const struct oracle_record *record = oracle_find(ticket->sent->unit, standing->digest);
    if (record == NULL || !oracle_is_stored_durably(record)) {
        fail(ticket, report, "it rests on a report that is not on the disk");
    }
}

/* An election that is closed does not say seq-behind. */
static bool is_behind_and_closed(const struct ticket *ticket, const struct report_message *report)
{
    return report->outcome.code == CODE_CLOSED &&
           report->received.seq < oracle_durable_seq(ticket->sent->unit);
}

static void check_rejected(const struct ticket *ticket, const struct report_message *report)
{
    const struct oracle_record *record = oracle_find(ticket->sent->unit, report->received.digest);
    if (report->outcome.code == CODE_CLOSED &&
        !oracle_was_closed_since(ticket->sent->unit, ticket->sent_us)) {
        fail(ticket, report, "but it was not closed");
    }
    if (report->outcome.by_committee &&
        (record == NULL || record->fate != FATE_REJECTED || !oracle_is_decided_durably(record) ||
         is_void_known(record, ticket->sent_us))) {
        fail(ticket, report, "by a committee, but none has rejected it on the disk");
    }
    if (report->outcome.code == CODE_VOIDED && (record == NULL || !oracle_is_voided_durably(record))) {
        fail(ticket, report, "but no committee has voided it on the disk");
    }
    if (was_acknowledged(ticket) && !report->outcome.by_committee &&
        report->outcome.code != CODE_SEQ_BEHIND && report->outcome.code != CODE_VOIDED &&
        !is_behind_and_closed(ticket, report)) {
        fail(ticket, report, "but it was acknowledged before");
    }
    if (report->outcome.is_new) {
        fail(ticket, report, "as something new that stands");
    }
}

void answers_check_report(struct ticket *ticket, const struct report_message *report)
{
    const struct report_outcome *outcome = &report->outcome;
    world_trace("server %u answers %s seq %d: %s %s", ticket->server,
                scene.reg->units[ticket->sent->unit].code, report->received.seq,
                report_status_name(outcome->status), report_code_name(outcome->code));
    if (outcome->status == STATUS_UNAVAILABLE || !is_of_this_generation(ticket, report)) {
        return;
    }
    check_standing(ticket, report);
    switch (outcome->status) {
    case STATUS_ACCEPTED:
    case STATUS_DUPLICATE:
    case STATUS_HELD:
        check_kept(ticket, report);
        break;
    case STATUS_SUPERSEDED:
        if (oracle_durable_seq(ticket->sent->unit) <= report->received.seq &&
            !oracle_was_voided_since(ticket->sent->unit, ticket->sent_us)) {
            fail(ticket, report, "but nothing later is on the disk");
        }
        break;
    case STATUS_REJECTED:
        check_rejected(ticket, report);
        break;
    case STATUS_UNAVAILABLE:
    case STATUS_COUNT:
        fail(ticket, report, "that is no answer");
    }
}

/* ---- decisions ---- */

static const char *const decided_names[] = {
    [DECIDED_RELEASED] = "released",       [DECIDED_REJECTED] = "rejected",
    [DECIDED_SUPERSEDED] = "superseded",   [DECIDED_VOIDED] = "voided",
    [DECIDED_BEFORE] = "decided before",   [DECIDED_OVER_ROLL] = "over roll",
    [DECIDED_NOT_FOUND] = "not found",     [DECIDED_CHANGED] = "changed",
    [DECIDED_UNAVAILABLE] = "unavailable", [DECIDED_UNSOUND] = "unsound",
};

static bool is_true_of(enum decided decided, enum held_state state, const struct oracle_record *record)
{
    static const enum fate of_decided[] = {[DECIDED_RELEASED] = FATE_RELEASED,
                                           [DECIDED_REJECTED] = FATE_REJECTED,
                                           [DECIDED_SUPERSEDED] = FATE_SUPERSEDED};
    static const enum fate of_state[] = {[HELD_WAITING] = FATE_WAITING,
                                         [HELD_RELEASED] = FATE_RELEASED,
                                         [HELD_REJECTED] = FATE_REJECTED,
                                         [HELD_SUPERSEDED] = FATE_SUPERSEDED};
    if (decided <= DECIDED_SUPERSEDED) {
        return record->fate == of_decided[decided] && oracle_is_decided_durably(record);
    }
    if (decided == DECIDED_BEFORE && state == HELD_VOIDED) {
        return oracle_is_voided_durably(record);
    }
    if (decided == DECIDED_BEFORE) {
        return record->fate == of_state[state] && oracle_is_decided_durably(record);
    }
    return record->fate != FATE_COUNTED && oracle_is_stored_durably(record);
}

/* Of some report with this seq. */
static bool is_true(const struct ticket *ticket, const struct decision_message *decision)
{
    const struct oracle_record *record = NULL;
    do {
        record = oracle_find_before(ticket->unit, decision->seq, record);
    } while (record != NULL && !is_true_of(decision->decided, decision->state, record));
    return record != NULL;
}

static bool is_true_of_unit(const struct ticket *ticket, const struct decision_message *decision)
{
    uint32_t unit = ticket->unit;
    switch ((int)decision->decided) {
    case DECIDED_VOIDED:
        return oracle_was_voided_durably_since(unit, ticket->sent_us);
    case DECIDED_NOT_FOUND:
        return oracle_was_empty_since(unit, ticket->sent_us);
    default:
        return decision->decided == DECIDED_CHANGED;
    }
}

void answers_check_decision(const struct ticket *ticket, const struct decision_message *decision)
{
    uint32_t unit = ticket->unit;
    enum decided decided = decision->decided;
    world_trace("server %u answers about %s seq %d: %s", ticket->server, scene.reg->units[unit].code,
                decision->seq, decided_names[decided]);
    if (ticket->generation != scene_generation() || decided == DECIDED_UNAVAILABLE ||
        decided == DECIDED_UNSOUND) {
        return;
    }
    bool is_right = decision->message.kind == MESSAGE_VOID ? is_true_of_unit(ticket, decision)
                    : decided == DECIDED_NOT_FOUND         ? !ticket->was_waiting
                                                           : is_true(ticket, decision);
    if (!is_right) {
        world_fail("server %u answers about %s seq %d: %s, but that is not what is on the disk",
                   ticket->server, scene.reg->units[unit].code, decision->seq, decided_names[decided]);
    }
}

/* ---- everything ---- */

static void check_stands(struct sent_report *sent)
{
    if (sent->acknowledged_in != scene_generation()) {
        return;
    }
    const struct oracle_record *record = oracle_find(sent->unit, sent->received.digest);
    if (record == NULL || !oracle_is_stored_durably(record)) {
        world_fail("%s seq %d was acknowledged and is lost", scene.reg->units[sent->unit].code,
                   sent->received.seq);
    }
}

void answers_check_all_stand(void)
{
    senders_each(check_stands);
}

uint64_t answers_acknowledged(void)
{
    return acknowledged;
}

void answers_begin(void)
{
    acknowledged = 0;
}
