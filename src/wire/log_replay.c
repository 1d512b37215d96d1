/* Repeats the work of the tally (service/tally_decide.c, tally_committee.c) with the same pure rules. Keeps of a unit
 * what the tally keeps, and its counted reports, which the tally reads from the log for a void. */
#include <turnout/wire/log_replay.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "report_sender.h"

struct replayed_unit {
    char code[AREA_CODE_BYTES];
    struct unit_state state; /* its roll is meaningless while it is silent */
    struct unit_rounds rounds;
    struct held_report *aside;
    size_t aside_count, aside_capacity;
    struct report_received *counted; /* accepted on arrival since the last void */
    size_t counted_count, counted_capacity;
};

/* ---- units ---- */

void log_replay_init(struct log_replay *replay, const struct log_replay_of *of)
{
    const struct area *area = &of->reg->areas[of->commune];
    *replay = (struct log_replay){.of = *of, .unit_count = area->units};
    replay->units = memory_new_array(area->units, sizeof *replay->units);
    for (uint32_t i = 0; i < area->units; i++) {
        const char *code = of->reg->units[area->first_child + i].code;
        memcpy(replay->units[i].code, code, strlen(code) + 1);
    }
}

void log_replay_done(struct log_replay *replay)
{
    for (size_t i = 0; i < replay->unit_count; i++) {
        free(replay->units[i].aside);
        free(replay->units[i].counted);
    }
    free(replay->units);
    *replay = (struct log_replay){.unit_count = 0};
}

static struct replayed_unit *find_unit(const struct log_replay *replay, struct slice code)
{
    const struct area *area = &replay->of.reg->areas[replay->of.commune];
    uint32_t unit = register_find_unit(replay->of.reg, code);
    if (unit != REGISTER_NONE && unit >= area->first_child && unit - area->first_child < area->units) {
        return &replay->units[unit - area->first_child];
    }
    for (size_t i = area->units; i < replay->unit_count; i++) {
        if (slice_equals(code, replay->units[i].code)) {
            return &replay->units[i];
        }
    }
    return NULL;
}

/* A unit that has left the commune may have earlier lines there. */
static struct replayed_unit *find_or_add_unit(struct log_replay *replay, struct slice code)
{
    struct replayed_unit *unit = find_unit(replay, code);
    if (unit != NULL || !register_past_has_moved(replay->of.past, code)) {
        return unit;
    }
    replay->units = memory_resize(replay->units, replay->unit_count + 1, sizeof *replay->units);
    unit = &replay->units[replay->unit_count++];
    *unit = (struct replayed_unit){.code = ""};
    (void)slice_copy(code, unit->code, sizeof unit->code);
    return unit;
}

bool log_replay_find(const struct log_replay *replay, struct slice unit, int64_t when_ms,
                     struct unit_state *ret_state)
{
    const struct replayed_unit *found = find_unit(replay, unit);
    if (found == NULL) {
        return false;
    }
    struct unit_state state = found->state;
    if (state.seq == 0 &&
        !register_past_roll(replay->of.past, replay->of.reg, unit, when_ms, &state.registered)) {
        return false;
    }
    *ret_state = state;
    return true;
}

static struct held_report *add_aside(struct replayed_unit *unit)
{
    if (unit->aside_count == unit->aside_capacity) {
        unit->aside_capacity = unit->aside_capacity == 0 ? 4 : 2 * unit->aside_capacity;
        unit->aside = memory_resize(unit->aside, unit->aside_capacity, sizeof *unit->aside);
    }
    return &unit->aside[unit->aside_count++];
}

static void add_counted(struct replayed_unit *unit, const struct report_received *received)
{
    if (unit->counted_count == unit->counted_capacity) {
        unit->counted_capacity = unit->counted_capacity == 0 ? 8 : 2 * unit->counted_capacity;
        unit->counted = memory_resize(unit->counted, unit->counted_capacity, sizeof *unit->counted);
    }
    unit->counted[unit->counted_count++] = *received;
}

static size_t count_waiting(const struct replayed_unit *unit)
{
    size_t waiting = 0;
    for (size_t i = 0; i < unit->aside_count; i++) {
        waiting += unit->aside[i].state == HELD_WAITING ? 1 : 0;
    }
    return waiting;
}

int64_t log_replay_waiting(const struct log_replay *replay)
{
    int64_t waiting = 0;
    for (size_t i = 0; i < replay->unit_count; i++) {
        waiting += (int64_t)count_waiting(&replay->units[i]);
    }
    return waiting;
}

/* ---- reports ---- */

/* A line about a unit, and the unit's state before it. */
struct step {
    struct log_replay *replay;
    struct replayed_unit *unit;
    const struct log_line *line;
    struct unit_state before;
    int32_t listed;
};

static void add_change(const struct step *step, const struct totals *change)
{
    struct unit_rounds *rounds = &step->unit->rounds;
    totals_add(&step->replay->totals, change);
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        rounds->heard |= change->rounds[i] > 0 ? UINT64_C(1) << i : 0;
        rounds->late |= change->late[i] > 0 ? UINT64_C(1) << i : 0;
    }
}

static enum turnout_error refuse(const char *what, struct error *error)
{
    return error_fail(error, TURNOUT_BAD_INPUT, "", "%s", what);
}

static int32_t count_alike(const struct step *step)
{
    int32_t alike = 0;
    for (size_t i = 0; i < step->replay->unit_count; i++) {
        const struct replayed_unit *unit = &step->replay->units[i];
        bool is_alike =
            unit != step->unit && unit->state.seq > 0 && unit->state.voted == step->line->report.voted;
        alike += is_alike ? 1 : 0;
    }
    return alike;
}

static enum turnout_error check_decision(const struct log_line *line, const struct decision *decision,
                                         struct error *error)
{
    enum report_status said = line->outcome == LOG_HELD ? STATUS_HELD : STATUS_ACCEPTED;
    char flags[RULE_FLAGS_BYTES];
    if (decision->status != said || decision->code != line->code || decision->held_before) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "by the rules the report is %s%s%s, and not %s",
                          report_status_name(decision->status), decision->code == CODE_NONE ? "" : ": ",
                          report_code_name(decision->code), log_outcome_name(line->outcome));
    }
    rules_write_flags(decision->violations, flags);
    if (strcmp(flags, line->flags) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "the report breaks the rules \"%s\", and not those that the line names", flags);
    }
    return TURNOUT_OK;
}

static enum turnout_error take_report(const struct step *step, struct error *error)
{
    const struct election *election = step->replay->of.election;
    struct replayed_unit *unit = step->unit;
    struct report_received received =
        report_received_of(&step->line->report, step->line->round, step->line->received_ms);
    struct rules_context context = {
        .phase = received.test ? PHASE_REHEARSAL : PHASE_OPEN,
        .unit = &step->before,
        .listed = step->listed,
        .held = unit->aside,
        .held_count = unit->aside_count,
        .alike = election->rules.modes[RULE_SAME_FIGURES] == MODE_OFF ? 0 : count_alike(step),
    };
    struct decision decision;
    rules_decide(election, &context, &received, &decision);
    enum turnout_error failed = check_decision(step->line, &decision, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (decision.status == STATUS_ACCEPTED) {
        unit->state = decision.after;
        add_counted(unit, &received);
    } else {
        *add_aside(unit) =
            (struct held_report){.received = received, .state = HELD_WAITING, .code = decision.code};
    }
    add_change(step, &decision.change);
    step->replay->counts.tests += received.test ? 1 : 0;
    return TURNOUT_OK;
}

/* ---- committees ---- */

/* The last one held: after a void a seq may be used again. */
static struct held_report *find_aside(const struct replayed_unit *unit, int32_t seq)
{
    for (size_t i = unit->aside_count; i > 0; i--) {
        struct held_report *held = &unit->aside[i - 1];
        if (held->received.seq == seq && held->code != CODE_VOIDED) {
            return held;
        }
    }
    return NULL;
}

static bool is_about(const struct log_line *line, const struct report_received *received)
{
    const struct report *report = &line->report;
    return report->as_of == received->as_of && report->voted == received->voted &&
           report->registered == received->registered && report->kind == received->kind &&
           report->reason == received->reason;
}

static enum turnout_error take_decision(const struct step *step, struct error *error)
{
    const struct log_line *line = step->line;
    struct held_report *held = find_aside(step->unit, line->report.seq);
    if (held == NULL || held->state != HELD_WAITING || !is_about(line, &held->received)) {
        return refuse("no such report waits for a decision", error);
    }
    if (line->outcome == LOG_REJECTED) {
        const struct totals change = rules_turned_down();
        add_change(step, &change);
        held->state = HELD_REJECTED;
        return TURNOUT_OK;
    }
    struct decision decision;
    rules_release(step->replay->of.election, &step->before, &held->received, &decision);
    if (decision.status != (line->outcome == LOG_RELEASED ? STATUS_ACCEPTED : STATUS_SUPERSEDED)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "by the rules the held report would be %s",
                          report_status_name(decision.status));
    }
    if (line->outcome == LOG_RELEASED) {
        step->unit->state = decision.after;
    }
    add_change(step, &decision.change);
    held->state = line->outcome == LOG_RELEASED ? HELD_RELEASED : HELD_SUPERSEDED;
    return TURNOUT_OK;
}

static enum turnout_error take_void(const struct step *step, struct error *error)
{
    struct replayed_unit *unit = step->unit;
    int32_t last = step->before.seq;
    for (size_t i = 0; i < unit->aside_count; i++) {
        const struct held_report *held = &unit->aside[i];
        last = held->state == HELD_WAITING && held->received.seq > last ? held->received.seq : last;
    }
    if (last == 0) {
        return refuse("a unit without reports is voided", error);
    }
    if (step->line->report.seq != last || step->line->report.registered != step->listed) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "the void ends with report %" PRId32 ", and the listed roll is %" PRId32, last,
                          step->listed);
    }
    const struct totals change = rules_void(&step->before, step->listed, &unit->rounds, count_waiting(unit));
    add_change(step, &change);
    unit->rounds = (struct unit_rounds){0};
    size_t known = unit->aside_count;
    for (size_t i = 0; i < known; i++) {
        unit->aside[i].state = HELD_VOIDED;
    }
    for (size_t i = 0; i < unit->counted_count && known + i < VOIDED_MAX; i++) { /* the newest first */
        *add_aside(unit) = (struct held_report){.received = unit->counted[unit->counted_count - 1 - i],
                                                .state = HELD_VOIDED,
                                                .code = CODE_VOIDED};
    }
    unit->counted_count = 0;
    unit->state = (struct unit_state){.seq = 0};
    return TURNOUT_OK;
}

/* ---- lines ---- */

static enum turnout_error check_before(const struct step *step, struct error *error)
{
    const struct log_line *line = step->line;
    bool was_silent = step->before.seq == 0;
    if (line->was_silent != was_silent ||
        (!was_silent &&
         (line->voted_before != step->before.voted || line->registered_before != step->before.registered))) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "unit %s had %" PRId32 " of %" PRId32 " before, not what the line says",
                          step->unit->code, step->before.voted, step->before.registered);
    }
    return TURNOUT_OK;
}

static enum turnout_error take_from_sender(const struct step *step, struct error *error)
{
    struct log_replay_counts *counts = &step->replay->counts;
    const struct log_replay_of *of = &step->replay->of;
    const struct report_sender_of sender_of = {of->election, of->reg, of->keys, of->commune};
    enum report_sender sender;
    enum turnout_error failed = report_sender_find(&sender_of, step->line, &sender, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    counts->is_signed += sender == SENDER_SIGNED || sender == SENDER_REVOKED ? 1 : 0;
    counts->revoked += sender == SENDER_REVOKED ? 1 : 0;
    counts->vouched += sender == SENDER_VOUCHED ? 1 : 0;
    counts->unsigned_tests += sender == SENDER_NOBODY ? 1 : 0;
    return take_report(step, error);
}

static enum turnout_error take_line(struct log_replay *replay, const struct log_line *line,
                                    struct error *error)
{
    if (line->outcome >= LOG_PHASE) {
        return refuse("a line about the whole election does not belong here", error);
    }
    struct slice code = slice_of(line->report.unit);
    struct step step = {.replay = replay, .line = line, .unit = find_or_add_unit(replay, code)};
    if (step.unit == NULL || !log_replay_find(replay, code, line->received_ms, &step.before) ||
        !register_past_roll(replay->of.past, replay->of.reg, code, line->received_ms, &step.listed)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s is no unit of this commune", line->report.unit);
    }
    enum turnout_error failed = check_before(&step, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (line->outcome <= LOG_HELD) {
        return take_from_sender(&step, error);
    }
    replay->counts.decisions++;
    return line->outcome == LOG_VOIDED ? take_void(&step, error) : take_decision(&step, error);
}

enum turnout_error log_replay_take(struct log_replay *replay, struct slice text, struct error *error)
{
    struct log_line line;
    enum turnout_error failed = log_line_read(text, &line, error);
    if (failed == TURNOUT_OK) {
        failed = take_line(replay, &line, error);
    }
    log_chain_extend(replay->head, text);
    replay->counts.lines++;
    return failed;
}
