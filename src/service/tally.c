/* Messages in, answers out, and the link between. */
#include <turnout/service/tally.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/budget.h>
#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "tally_private.h"

enum { SETTLE_AGAIN_MS = 500 };

static const char why_away[] = "not stored";
static const char why_changing[] = "the register is being changed";

/* ---- lists of messages ---- */

void message_list_add(struct message_list *list, struct message *message)
{
    message->next = NULL;
    if (list->first == NULL) {
        list->first = message;
    } else {
        list->last->next = message;
    }
    list->last = message;
}

void message_list_append(struct message_list *list, struct message_list *tail)
{
    if (tail->first == NULL) {
        return;
    }
    if (list->first == NULL) {
        list->first = tail->first;
    } else {
        list->last->next = tail->first;
    }
    list->last = tail->last;
    *tail = (struct message_list){NULL, NULL};
}

struct message *message_list_pop(struct message_list *list)
{
    struct message *message = list->first;
    if (message != NULL) {
        list->first = message->next;
    }
    return message;
}

/* ---- answers ---- */

static bool is_kept(enum report_status status)
{
    return status == STATUS_ACCEPTED || status == STATUS_HELD || status == STATUS_DUPLICATE;
}

/* A report that was not stored costs its unit nothing. */
static void give_back(struct tally *tally, struct report_message *report)
{
    if (report->is_charged && !is_kept(report->outcome.status)) {
        tally->account_full_at_us[report->message.unit] -= tally->account_cost_us;
        report->is_charged = false;
    }
}

static const char *shut_why(const struct tally *tally)
{
    return tally->options.gate == NULL ? NULL : gate_shut_why(tally->options.gate);
}

static void set_unavailable(struct message *message, const char *why)
{
    if (message->kind == MESSAGE_REPORT) {
        struct report_message *report = (struct report_message *)message;
        report->outcome =
            (struct report_outcome){.status = STATUS_UNAVAILABLE, .code = CODE_STORE_UNAVAILABLE};
        report->why = why;
    } else if (message->kind == MESSAGE_WRITE) {
        struct write_message *write = (struct write_message *)message;
        write->error = TURNOUT_UNAVAILABLE;
        (void)snprintf(write->why, sizeof write->why, "%s", why);
    } else {
        ((struct decision_message *)message)->decided = DECIDED_UNAVAILABLE;
    }
}

/* Nothing is acknowledged once the gate is shut, even if it was decided while the gate was open. */
void tally_answer(struct tally *tally, struct message *message)
{
    const char *why = shut_why(tally);
    if (why != NULL) {
        set_unavailable(message, why);
    }
    if (message->kind == MESSAGE_REPORT) {
        give_back(tally, (struct report_message *)message);
    }
    tally->options.on_answered(tally->options.context, message);
}

void tally_answer_unavailable(struct tally *tally, struct message *message, const char *why)
{
    set_unavailable(message, why);
    tally_answer(tally, message);
}

void tally_answer_unsound(struct tally *tally, struct message *message)
{
    if (message->kind != MESSAGE_REPORT) {
        ((struct decision_message *)message)->decided = DECIDED_UNSOUND;
        tally_answer(tally, message);
    } else {
        tally_answer_unavailable(tally, message, "what Redis holds of the commune cannot be right");
    }
}

/* ---- the link ---- */

bool tally_is_up(const struct tally *tally)
{
    return tally->is_settled && store_is_up(tally->store) && shut_why(tally) == NULL;
}

void tally_note_write(struct tally *tally)
{
    tally->written_ms = clock_monotonic_ms();
    health_note_write(tally->options.health, tally->written_ms);
    if (tally->is_refused && tally_is_up(tally)) {
        tally->is_refused = false;
        health_post(tally->options.health, HEALTH_WRITES, true, "");
    }
}

static void note_refusal(struct tally *tally, const char *why)
{
    tally->is_refused = true;
    health_post(tally->options.health, HEALTH_WRITES, false, why);
}

/* From now on reports are refused, and /readyz says why, until the link settles again. */
static void note_unsettled(struct tally *tally, const char *why)
{
    note_refusal(tally, why);
    tally->is_settled = false;
    tally->options.on_link(tally->options.context, false, why);
}

void tally_unsettle(struct tally *tally, const char *why)
{
    if (!tally->is_settled) {
        note_refusal(tally, why);
        return;
    }
    tally->is_settled = false;
    for (uint32_t i = 0; i < tally->reg->province_count; i++) {
        while (tally->provinces[i].gathered != NULL) { /* their messages wait again, up to their deadline */
            commune_forget(tally->provinces[i].gathered);
        }
    }
    note_unsettled(tally, why);
}

static void on_settled(void *context, enum turnout_error error, const char *why)
{
    struct tally *tally = context;
    tally->is_settling = false;
    if (tally->is_stopping || !store_is_up(tally->store)) {
        return;
    }
    if (error != TURNOUT_OK) {
        tally_unsettle(tally, why);
        tally->settle_at_ms = clock_monotonic_ms() + SETTLE_AGAIN_MS;
        log_warning("store-unwilling", log_text("link", "tally"), log_text("why", why));
        return;
    }
    if (shut_why(tally) != NULL) {
        return; /* a tick settles when it is open again */
    }
    bool was_settled = tally->is_settled;
    tally->is_settled = true;
    tally_note_write(tally);
    if (!was_settled) {
        tally->options.on_link(tally->options.context, true, "");
        tally_load_waiting(tally);
    }
}

static void settle(struct tally *tally)
{
    tally->is_settling = true;
    store_settle(tally->store, clock_wall_ms(), on_settled, tally);
}

static void on_link(void *context, bool up, const char *why)
{
    struct tally *tally = context;
    health_post(tally->options.health, HEALTH_TALLY_LINK, up, why);
    if (up && tally->options.gate != NULL) {
        gate_note_link(tally->options.gate); /* a tick finds it open again, and settles */
        return;
    }
    if (up) {
        settle(tally);
        return;
    }
    tally->is_settled = false;
    tally_forget_all(tally);
    note_unsettled(tally, why);
}

/* A link that is not settled must settle. A settled link that has written nothing for a while makes a write of its own:
 * it shows that Redis still takes writes. */
static bool wants_to_settle(const struct tally *tally, int64_t now_ms)
{
    bool is_quiet = tally->options.health != NULL && now_ms - tally->written_ms >= TALLY_PROBE_MS;
    return store_is_up(tally->store) && !tally->is_settling && now_ms >= tally->settle_at_ms &&
           (!tally->is_settled || is_quiet);
}

/* Something is wrong. A gate that is shut only until Redis has been looked at does not count. */
static bool is_shut_for_long(const struct tally *tally)
{
    return tally->options.gate != NULL && atomic_load(&tally->options.gate->why) != NULL;
}

/* While the gate is shut nothing is written. When it opens, the link must settle again: what others wrote in between
 * may not be synced. */
static void look_at_gate(struct tally *tally)
{
    const char *why = shut_why(tally);
    if (why != NULL && (tally->is_settled || !tally->is_refused)) {
        tally_unsettle(tally, why);
    }
}

/* ---- writes beside the count ---- */

static void begin_write(struct tally *tally, struct write_message *write)
{
    write->tally = tally;
    tally->writes++;
    write->begin(write, tally->store);
}

void tally_written(struct write_message *write, enum turnout_error error, const char *why)
{
    struct tally *tally = write->tally;
    tally->writes--;
    write->error = error;
    (void)snprintf(write->why, sizeof write->why, "%s", why);
    /* Do not ask the gate: a change of the register is written here and shuts it. */
    tally->options.on_answered(tally->options.context, &write->message);
}

bool tally_is_writing(const struct tally *tally)
{
    return tally->writes > 0;
}

/* ---- messages ---- */

void tally_take(struct tally *tally, struct message *message)
{
    if (!tally_is_up(tally) || !store_has_room(tally->store)) {
        tally_answer_unavailable(tally, message, why_away); /* or what the gate says */
        return;
    }
    if (message->reg != tally->reg) { /* one of us has yet to follow to the other's register */
        tally_answer_unavailable(tally, message, why_changing);
        return;
    }
    if (message->kind == MESSAGE_WRITE) {
        begin_write(tally, (struct write_message *)message);
        return;
    }
    message->tries = 0;
    message->taken_at = ++tally->moment;
    message->deadline_ms = clock_monotonic_ms() + tally->options.store.command_deadline_ms;
    struct tally_commune *commune = tally_commune_of(tally, message->unit);
    if (message->kind == MESSAGE_VOID && commune->province->is_ground_known) {
        memcpy(((struct decision_message *)message)->generation, commune->province->ground.generation,
               GENERATION_BYTES);
    }
    commune_take(commune, message);
}

void tally_list_to_send(struct tally_province *province)
{
    struct tally *tally = province->gathered->tally;
    if (!province->is_listed) {
        province->is_listed = true;
        province->next_listed = tally->listed;
        tally->listed = province;
        tally->options.on_turn_wanted(tally->options.context);
    }
}

void tally_end_turn(struct tally *tally)
{
    while (tally->listed != NULL) {
        struct tally_province *province = tally->listed;
        tally->listed = province->next_listed;
        province->is_listed = false;
        province_send(tally, province);
    }
}

void tally_tick(struct tally *tally)
{
    int64_t now_ms = clock_monotonic_ms();
    look_at_gate(tally);
    if (shut_why(tally) == NULL && wants_to_settle(tally, now_ms)) {
        settle(tally);
    }
    if (is_shut_for_long(tally)) {
        tally_answer_waiting(tally, why_away);
    }
    tally_answer_overdue(tally, now_ms);
    tally_load_waiting(tally);
}

/* ---- life ---- */

/* Nothing is known of any of its areas and units. */
static void begin_register(struct tally *tally, const struct election_register *reg)
{
    tally->reg = reg;
    tally->options.store.reg = reg;
    tally->provinces = memory_new_array(reg->province_count, sizeof *tally->provinces);
    for (uint32_t i = 0; i < reg->province_count; i++) {
        tally->provinces[i].area = i + 1;
    }
    tally->communes = memory_new_array(reg->area_count, sizeof(struct tally_commune *));
    tally->account_full_at_us = memory_new_array(reg->unit_count, sizeof *tally->account_full_at_us);
}

/* Nothing is in flight. */
static void end_register(struct tally *tally, const char *why)
{
    tally_forget_all(tally);
    tally_answer_waiting(tally, why);
    for (uint32_t area = 0; area < tally->reg->area_count; area++) {
        commune_free(tally->communes[area]);
    }
    tally->waiting = NULL;
    tally->listed = NULL;
    free(tally->communes);
    free(tally->provinces);
    free(tally->account_full_at_us);
}

void tally_set_register(struct tally *tally, const struct election_register *reg)
{
    assert(!tally_is_writing(tally));
    store_set_register(tally->store, reg); /* what is in flight is uncertain, and its messages wait again */
    note_unsettled(tally, "the register has changed");
    end_register(tally, why_changing);
    begin_register(tally, reg);
    tally->settle_at_ms = 0;
    if (tally->options.clock != NULL) {
        clock_watch_set_units(tally->options.clock, reg->unit_count);
    }
}

struct tally *tally_new(struct event_base *base, const struct tally_options *options)
{
    struct tally *tally = memory_new(sizeof *tally);
    tally->options = *options;
    if (options->commit_lines_max == 0) {
        tally->options.commit_lines_max = TALLY_COMMIT_LINES_MAX;
    }
    tally->election = options->store.election;
    begin_register(tally, options->store.reg);
    tally->account_cost_us = budget_cost_us(options->reports_per_minute);
    tally->is_refused = true; /* until the first write */
    tally->store = store_new(base, &options->store, on_link, tally);
    return tally;
}

void tally_start(struct tally *tally)
{
    store_start(tally->store);
}

void tally_free(struct tally *tally)
{
    if (tally == NULL) {
        return;
    }
    tally->is_stopping = true;
    tally->is_settled = false;
    store_free(tally->store); /* what is in flight is uncertain, and its messages wait again */
    end_register(tally, why_away);
    free(tally);
}

const struct store_counters *tally_store_counters(const struct tally *tally)
{
    return store_counters(tally->store);
}
