/* Batches: gathered, sent as commits, and answered. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "tally_private.h"

/* ---- gathering ---- */

static struct slice slice_of_span(const struct batch *batch, struct line_span span)
{
    return (struct slice){batch->lines.bytes + span.start, span.length};
}

struct batch *commune_batch(struct tally_commune *commune)
{
    if (commune->gathered == NULL) {
        struct tally_province *province = commune->province;
        struct batch *batch = memory_new(sizeof *batch);
        batch->commune = commune;
        batch->before = commune->known;
        commune->gathered = batch;
        commune->next_gathered = NULL;
        if (province->gathered == NULL) {
            province->gathered = commune;
        } else {
            province->gathered_last->next_gathered = commune;
        }
        province->gathered_last = commune;
        tally_list_to_send(province);
    }
    return commune->gathered;
}

void batch_free(struct batch *batch)
{
    assert(batch->messages.first == NULL);
    buffer_done(&batch->lines);
    free(batch->units);
    free(batch->held_units);
    free(batch->held);
    free(batch->decided);
    free(batch->ledger);
    free(batch->flagged);
    free(batch->unflagged);
    free(batch);
}

struct buffer *batch_begin_line(struct batch *batch)
{
    if (batch->line_count > 0) {
        buffer_append_char(&batch->lines, '\n');
    }
    batch->line_start = batch->lines.length;
    return &batch->lines;
}

struct line_span batch_end_line(struct batch *batch)
{
    struct line_span line = {batch->line_start, batch->lines.length - batch->line_start};
    batch->line_count++;
    batch->commune->province->gathered_lines++;
    log_chain_extend(batch->commune->known.head, slice_of_span(batch, line));
    return line;
}

/* Makes room for one more of an array's elements. */
static void *make_room(void *array, size_t count, size_t *capacity, size_t bytes_each)
{
    if (count < *capacity) {
        return array;
    }
    *capacity = *capacity == 0 ? 8 : 2 * *capacity;
    return memory_resize(array, *capacity, bytes_each);
}

static bool has_unit(const uint32_t *units, size_t count, uint32_t unit)
{
    for (size_t i = count; i > 0; i--) {
        if (units[i - 1] == unit) {
            return true;
        }
    }
    return false;
}

void batch_note_unit(struct batch *batch, uint32_t unit)
{
    if (!has_unit(batch->units, batch->unit_count, unit)) {
        batch->units =
            make_room(batch->units, batch->unit_count, &batch->unit_capacity, sizeof *batch->units);
        batch->units[batch->unit_count++] = unit;
    }
}

void batch_note_held(struct batch *batch, uint32_t unit)
{
    if (!has_unit(batch->held_units, batch->held_unit_count, unit)) {
        batch->held_units = make_room(batch->held_units, batch->held_unit_count, &batch->held_unit_capacity,
                                      sizeof *batch->held_units);
        batch->held_units[batch->held_unit_count++] = unit;
    }
}

/* turnout_commit adds the new reports to `held` first, and then removes those that were decided. A seq that was voided
 * may be held again within the batch, and must not be removed. */
static void forget_decided(struct batch *batch, const char id[HELD_ID_BYTES])
{
    for (size_t i = batch->decided_count; i > 0; i--) {
        if (strcmp(batch->decided[i - 1], id) == 0) {
            memmove(batch->decided[i - 1], batch->decided[--batch->decided_count], HELD_ID_BYTES);
        }
    }
}

void batch_add_held(struct batch *batch, const char *unit, const struct report_received *received,
                    size_t waiting, struct line_span line)
{
    batch->held = make_room(batch->held, batch->held_count, &batch->held_capacity, sizeof *batch->held);
    struct batch_held *held = &batch->held[batch->held_count++];
    held_id_write(unit, received->seq, held->id);
    forget_decided(batch, held->id);
    held->order = held_order(waiting, received->received_ms);
    held->line = line;
}

void batch_add_decided(struct batch *batch, const char *unit, int32_t seq)
{
    batch->decided =
        make_room(batch->decided, batch->decided_count, &batch->decided_capacity, sizeof *batch->decided);
    held_id_write(unit, seq, batch->decided[batch->decided_count++]);
}

void batch_add_ledger(struct batch *batch, struct line_span line)
{
    batch->ledger =
        make_room(batch->ledger, batch->ledger_count, &batch->ledger_capacity, sizeof *batch->ledger);
    batch->ledger[batch->ledger_count++] = line;
}

void batch_add_flagged(struct batch *batch, const struct commit_flagged *flagged)
{
    batch->flagged =
        make_room(batch->flagged, batch->flagged_count, &batch->flagged_capacity, sizeof *batch->flagged);
    batch->flagged[batch->flagged_count++] = *flagged;
}

void batch_add_unflagged(struct batch *batch, const struct commit_flagged *unflagged)
{
    batch->unflagged = make_room(batch->unflagged, batch->unflagged_count, &batch->unflagged_capacity,
                                 sizeof *batch->unflagged);
    batch->unflagged[batch->unflagged_count++] = *unflagged;
}

/* ---- a commit in flight ---- */

struct flight {
    struct tally *tally;
    struct tally_province *province;
    size_t count;
    struct batch *batches[];
};

static void answer_batch(struct batch *batch)
{
    struct tally_commune *commune = batch->commune;
    assert(commune->in_flight == batch);
    commune->in_flight = batch->next;
    if (commune->in_flight == NULL) {
        commune->in_flight_last = NULL;
    }
    commune->confirmed_at = batch->sent_at;
    commune->confirmed_ms = batch->sent_ms;
    for (struct message *message; (message = message_list_pop(&batch->messages)) != NULL;) {
        if (commune_confirms(commune, message)) {
            tally_answer(commune->tally, message);
        } else {
            commune_take(commune, message);
        }
    }
}

/* Redis refused the commit and wrote nothing. Trying again at once would fail again. */
static void refuse_batch(struct batch *batch, enum turnout_error error)
{
    struct tally *tally = batch->commune->tally;
    for (struct message *message; (message = message_list_pop(&batch->messages)) != NULL;) {
        if (error == TURNOUT_BAD_INPUT) {
            tally_answer_unsound(tally, message);
        } else {
            tally_answer_unavailable(tally, message, "Redis refused to store it");
        }
    }
}

static void on_committed(void *context, enum turnout_error error, const char *why, const bool *written,
                         size_t count, const struct store_ground *standing)
{
    struct flight *flight = context;
    struct tally *tally = flight->tally;
    struct tally_province *province = flight->province;
    assert(count == flight->count && province->commits > 0);
    province->commits--;
    if (error != TURNOUT_OK) {
        log_warning("commit-failed", log_text("province", tally->reg->areas[province->area].code),
                    log_number("communes", (int64_t)count), log_text("why", why));
    }
    if (written != NULL) {
        tally_note_write(tally);
    }
    if (standing != NULL) {
        province_set_ground(tally, province, standing);
    }
    for (size_t i = 0; i < count; i++) {
        struct batch *batch = flight->batches[i];
        if (batch->commune != NULL && written != NULL && written[i]) {
            answer_batch(batch);
        } else if (batch->commune != NULL) {
            if (error == TURNOUT_CONFLICT || error == TURNOUT_BAD_INPUT) {
                refuse_batch(batch, error);
            }
            commune_forget(batch->commune);
        }
        batch_free(batch);
    }
    free(flight);
    if (error == TURNOUT_CONFLICT) {
        tally_unsettle(tally, why);
    }
    if (province->gathered != NULL) {
        tally_list_to_send(province);
    }
    tally_load_waiting(tally);
}

/* What store_commit() wants to know of a batch, beside the batch itself. */
struct arguments {
    struct unit_state *unit_states;
    struct commit_unit_held *unit_held;
    struct commit_held *held;
    struct slice *ledger;
};

static struct commit_commune describe(struct batch *batch, struct arguments *ret_arguments)
{
    struct tally_commune *commune = batch->commune;
    uint32_t first_unit = commune->tally->reg->areas[commune->area].first_child;
    struct arguments arguments = {
        .unit_states = memory_resize(NULL, batch->unit_count, sizeof *arguments.unit_states),
        .unit_held = memory_resize(NULL, batch->held_unit_count, sizeof *arguments.unit_held),
        .held = memory_resize(NULL, batch->held_count, sizeof *arguments.held),
        .ledger = memory_resize(NULL, batch->ledger_count, sizeof *arguments.ledger),
    };
    for (size_t i = 0; i < batch->unit_count; i++) {
        arguments.unit_states[i] = commune->units[batch->units[i] - first_unit];
    }
    for (size_t i = 0; i < batch->held_unit_count; i++) {
        const struct unit_held *held = commune_find_held(commune, batch->held_units[i]);
        arguments.unit_held[i] = (struct commit_unit_held){held->unit, held->reports, held->count};
    }
    for (size_t i = 0; i < batch->held_count; i++) {
        arguments.held[i].order = batch->held[i].order;
        arguments.held[i].line = slice_of_span(batch, batch->held[i].line);
        memcpy(arguments.held[i].id, batch->held[i].id, sizeof arguments.held[i].id);
    }
    for (size_t i = 0; i < batch->ledger_count; i++) {
        arguments.ledger[i] = slice_of_span(batch, batch->ledger[i]);
    }
    *ret_arguments = arguments;
    return (struct commit_commune){
        .commune = commune->area,
        .before = &batch->before,
        .after = &commune->known,
        .change = &batch->change,
        .lines = {batch->lines.bytes, batch->lines.length},
        .line_count = batch->line_count,
        .units = batch->units,
        .unit_states = arguments.unit_states,
        .unit_count = batch->unit_count,
        .unit_held = arguments.unit_held,
        .unit_held_count = batch->held_unit_count,
        .held = arguments.held,
        .held_count = batch->held_count,
        .decided = (const char(*)[HELD_ID_BYTES])batch->decided,
        .decided_count = batch->decided_count,
        .ledger = arguments.ledger,
        .ledger_count = batch->ledger_count,
        .flagged = batch->flagged,
        .flagged_count = batch->flagged_count,
        .unflagged = batch->unflagged,
        .unflagged_count = batch->unflagged_count,
    };
}

static void arguments_done(struct arguments *arguments)
{
    free(arguments->unit_states);
    free(arguments->unit_held);
    free(arguments->held);
    free(arguments->ledger);
}

/* Takes the first commune's batch out of what was gathered, into flight. */
static struct batch *next_batch(struct tally_province *province)
{
    struct tally_commune *commune = province->gathered;
    struct batch *batch = commune->gathered;
    province->gathered = commune->next_gathered;
    province->gathered_lines -= batch->line_count;
    commune->gathered = NULL;
    if (commune->in_flight == NULL) {
        commune->in_flight = batch;
    } else {
        commune->in_flight_last->next = batch;
    }
    commune->in_flight_last = batch;
    return batch;
}

/* How many communes go into the next commit. */
static size_t count_communes(const struct tally_province *province)
{
    size_t communes = 0;
    uint32_t lines = 0;
    const struct tally_commune *commune = province->gathered;
    while (commune != NULL && lines < commune->tally->options.commit_lines_max) {
        lines += commune->gathered->line_count;
        communes++;
        commune = commune->next_gathered;
    }
    return communes;
}

static void send_commit(struct tally *tally, struct tally_province *province)
{
    size_t count = count_communes(province);
    struct flight *flight = memory_new(sizeof *flight + count * sizeof(struct batch *));
    struct commit_commune *communes = memory_new_array(count, sizeof *communes);
    struct arguments *arguments = memory_new_array(count, sizeof *arguments);
    flight->tally = tally;
    flight->province = province;
    flight->count = count;
    int64_t now_ms = clock_monotonic_ms();
    tally->moment++;
    for (size_t i = 0; i < count; i++) {
        flight->batches[i] = next_batch(province);
        flight->batches[i]->sent_at = tally->moment;
        flight->batches[i]->sent_ms = now_ms;
        communes[i] = describe(flight->batches[i], &arguments[i]);
    }
    province->commits++;
    store_commit(tally->store, province->area, &province->ground, communes, count, on_committed, flight);
    for (size_t i = 0; i < count; i++) {
        arguments_done(&arguments[i]);
    }
    free(arguments);
    free(communes);
}

/* While one commit is in flight, the next one grows. A full one need not wait. */
void province_send(struct tally *tally, struct tally_province *province)
{
    while (province->gathered != NULL && tally_is_up(tally) &&
           (province->commits == 0 || (province->commits < TALLY_COMMITS_MAX &&
                                       province->gathered_lines >= tally->options.commit_lines_max))) {
        send_commit(tally, province);
    }
}
