/* Voiding a unit. The tally knows of a unit what stands, and not what stood before. So the unit is read first, then its
 * reports in the log of its commune, back to the last void; the tally voids the unit if it is still as it was read. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "committee_private.h"

enum { TRIES_MAX = 5 };

/* A void under way. */
struct voiding {
    struct committee *committee;
    const struct election_register *reg; /* only to be compared: the unit is one of it */
    uint32_t unit;
    uint32_t tries;
    char who[LOG_WHO_BYTES];
    char why[NOTE_BYTES_MAX + 1];
    decision_answer_fn *on_answer;
    void *context;
    /* as it was read: */
    struct unit_state state;
    struct unit_rounds rounds;
    struct voided_report *reports;
    size_t count, capacity;
};

static void read_unit(struct voiding *voiding);

/* In another register the index may be another unit's. */
static bool is_of_register(const struct voiding *voiding)
{
    return voiding->committee->options.reg == voiding->reg;
}

static void conclude(struct voiding *voiding, enum decided decided)
{
    voiding->on_answer(voiding->context, decided, HELD_VOIDED);
    free(voiding->reports);
    free(voiding);
}

static void fail(struct voiding *voiding, enum turnout_error error)
{
    conclude(voiding, error == TURNOUT_BAD_INPUT ? DECIDED_UNSOUND : DECIDED_UNAVAILABLE);
}

/* ---- to the tally ---- */

static void on_decided(void *context, enum decided decided, enum held_state state)
{
    (void)state;
    struct voiding *voiding = context;
    if (decided == DECIDED_CHANGED && voiding->tries < TRIES_MAX && is_of_register(voiding)) {
        read_unit(voiding);
    } else {
        conclude(voiding, decided == DECIDED_CHANGED ? DECIDED_UNAVAILABLE : decided);
    }
}

static void send(struct voiding *voiding)
{
    size_t bytes = voiding->count * sizeof voiding->reports[0];
    struct decision_message *message = memory_new(sizeof *message + bytes);
    *message = (struct decision_message){.message = {.kind = MESSAGE_VOID, .unit = voiding->unit},
                                         .on_answer = on_decided,
                                         .context = voiding,
                                         .now_ms = clock_wall_ms(),
                                         .unit = voiding->state,
                                         .rounds = voiding->rounds,
                                         .report_count = voiding->count};
    memcpy(message->who, voiding->who, sizeof message->who);
    memcpy(message->why, voiding->why, sizeof message->why);
    if (bytes > 0) {
        memcpy(message->reports, voiding->reports, bytes);
    }
    if (!committee_send(voiding->committee, &message->message)) {
        free(message);
        conclude(voiding, DECIDED_UNAVAILABLE);
    }
}

/* ---- from the log ---- */

static void add_report(struct voiding *voiding, const struct log_line *line)
{
    if (voiding->count == VOIDED_MAX) {
        return;
    }
    if (voiding->count == voiding->capacity) {
        voiding->capacity = voiding->capacity == 0 ? 16 : 2 * voiding->capacity;
        voiding->reports = memory_resize(voiding->reports, voiding->capacity, sizeof *voiding->reports);
    }
    struct voided_report *voided = &voiding->reports[voiding->count++];
    *voided =
        (struct voided_report){.received = report_received_of(&line->report, line->round, line->received_ms)};
    (void)rules_read_flags(line->flags, &voided->violations); /* of rules that this server knows */
}

static bool on_line(void *context, const struct log_line *line, const struct store_log_place *place)
{
    (void)place;
    struct voiding *voiding = context;
    const struct election_register *reg = voiding->committee->options.reg;
    if (!is_of_register(voiding)) {
        return false;
    }
    if (strcmp(line->report.unit, reg->units[voiding->unit].code) != 0) {
        return true;
    }
    if (line->outcome == LOG_ACCEPTED || line->outcome == LOG_RELEASED) {
        rules_add_round(&voiding->rounds, voiding->committee->options.election, line->round,
                        line->report.as_of);
    }
    if (line->outcome == LOG_ACCEPTED) {
        add_report(voiding, line);
    }
    return line->outcome != LOG_VOIDED;
}

static void read_log(struct voiding *voiding, const struct store_log_place *after);

static void on_log_read(void *context, enum turnout_error error, const char *why,
                        const struct store_log_place *next)
{
    (void)why;
    struct voiding *voiding = context;
    if (!is_of_register(voiding)) {
        fail(voiding, TURNOUT_UNAVAILABLE);
    } else if (error != TURNOUT_OK) {
        fail(voiding, error);
    } else if (next != NULL) {
        read_log(voiding, next);
    } else {
        send(voiding);
    }
}

static void read_log(struct voiding *voiding, const struct store_log_place *after)
{
    const struct committee_options *options = &voiding->committee->options;
    store_read_log(options->store, options->reg->units[voiding->unit].commune, after, on_line, on_log_read,
                   voiding);
}

static void on_state(void *context, enum turnout_error error, const char *why, const struct unit_state *state)
{
    (void)why;
    struct voiding *voiding = context;
    if (error != TURNOUT_OK || !is_of_register(voiding)) {
        fail(voiding, error == TURNOUT_OK ? TURNOUT_UNAVAILABLE : error);
        return;
    }
    voiding->state = *state;
    read_log(voiding, NULL);
}

static void read_unit(struct voiding *voiding)
{
    voiding->tries++;
    voiding->rounds = (struct unit_rounds){0};
    voiding->count = 0;
    store_read_units(voiding->committee->options.store, voiding->unit, 1, on_state, voiding);
}

void committee_void(struct committee *committee, const struct principal *principal, uint32_t unit,
                    const char *reason, decision_answer_fn *on_answer, void *context)
{
    const struct committee_options *options = &committee->options;
    assert(token_role_may(principal->role, ROLE_DECIDE));
    assert(register_area_contains(options->reg, principal->area, options->reg->units[unit].commune));
    struct voiding *voiding = memory_new(sizeof *voiding);
    *voiding = (struct voiding){.committee = committee,
                                .reg = options->reg,
                                .unit = unit,
                                .on_answer = on_answer,
                                .context = context};
    principal_write_who(principal, voiding->who);
    bool fits = slice_copy(slice_of(reason), voiding->why, sizeof voiding->why);
    assert(fits);
    read_unit(voiding);
}
