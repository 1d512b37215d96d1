/* The decision about a report. rules.h says it in words; violations.c has the single rules. */
#include <turnout/election/rules.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "violations.h"

static void conclude(struct decision *ret_decision, enum report_status status, enum report_code code)
{
    *ret_decision = (struct decision){.status = status, .code = code};
}

/* ---- a seq that was seen before ---- */

static bool is_same(const struct report_received *received, const unsigned char digest[REPORT_DIGEST_BYTES])
{
    return memcmp(received->digest, digest, REPORT_DIGEST_BYTES) == 0;
}

/* The list of what is voided has a bound; once it is full, it no longer tells all, and time has to. */
static bool is_voided(const struct rules_context *context, const struct report_received *received)
{
    size_t voided = 0;
    int64_t last_as_of = INT64_MIN;
    for (size_t i = 0; i < context->held_count; i++) {
        const struct held_report *held = &context->held[i];
        if (held->state != HELD_VOIDED) {
            continue;
        }
        if (is_same(received, held->received.digest)) {
            return true;
        }
        voided++;
        last_as_of = held->received.as_of > last_as_of ? held->received.as_of : last_as_of;
    }
    return voided >= VOIDED_MAX && received->as_of <= last_as_of;
}

/* The report of this seq that waits for a committee or was rejected by one. Of one that was released or superseded the
 * unit's state tells, and the seq of one that was voided is free. */
static const struct held_report *find_held(const struct rules_context *context, int32_t seq)
{
    for (size_t i = 0; i < context->held_count; i++) {
        const struct held_report *held = &context->held[i];
        if (held->received.seq == seq && (held->state == HELD_WAITING || held->state == HELD_REJECTED)) {
            return held;
        }
    }
    return NULL;
}

static void decide_held_seq(const struct held_report *held, const struct report_received *received,
                            struct decision *ret_decision)
{
    if (!is_same(received, held->received.digest)) {
        conclude(ret_decision, STATUS_REJECTED, CODE_SEQ_CONFLICT);
        ret_decision->taken_by = held;
    } else if (held->state == HELD_WAITING) {
        conclude(ret_decision, STATUS_HELD, held->code);
        ret_decision->held_before = true;
    } else {
        conclude(ret_decision, STATUS_REJECTED, held->code);
        ret_decision->by_committee = true;
    }
}

static void decide_old_seq(const struct unit_state *before, const struct report_received *received,
                           struct decision *ret_decision)
{
    if (received->seq == before->seq) {
        bool is_duplicate = is_same(received, before->digest);
        conclude(ret_decision, is_duplicate ? STATUS_DUPLICATE : STATUS_REJECTED,
                 is_duplicate ? CODE_NONE : CODE_SEQ_CONFLICT);
    } else if (received->as_of > before->as_of) {
        conclude(ret_decision, STATUS_REJECTED, CODE_SEQ_BEHIND);
    } else {
        conclude(ret_decision, STATUS_SUPERSEDED, CODE_NONE);
    }
}

/* ---- what becomes of the unit and the totals ---- */

static struct unit_state state_after(const struct unit_state *before, const struct report_received *received)
{
    struct unit_state after = {
        .seq = received->seq,
        .voted = received->voted,
        .registered = report_roll_after(before, received),
        .round = received->round > before->round ? received->round : before->round,
        .as_of = received->as_of,
        .received_ms = received->received_ms,
        .kind = received->kind,
    };
    memcpy(after.digest, received->digest, sizeof after.digest);
    if (received->kind == KIND_CORRECTION && before->kind == KIND_FINAL) {
        after.kind = KIND_FINAL; /* the unit has closed; a progress report would open it again */
    }
    return after;
}

static int64_t is_complete(const struct unit_state *state)
{
    return state->registered > 0 && state->voted == state->registered ? 1 : 0;
}

static int64_t is_final(const struct unit_state *state)
{
    return state->kind == KIND_FINAL ? 1 : 0;
}

/* A silent unit counts in `registered` alone. */
static struct totals change_between(const struct election *election, const struct unit_state *before,
                                    const struct unit_state *after)
{
    bool was_silent = before->seq == 0;
    struct totals change = {
        .voted = (int64_t)after->voted - before->voted,
        .registered = (int64_t)after->registered - before->registered,
        .units_reported = was_silent ? 1 : 0,
        .registered_reported = (int64_t)after->registered - (was_silent ? 0 : before->registered),
        .units_final = is_final(after) - is_final(before),
        .units_complete = is_complete(after) - is_complete(before),
        .revision = 1,
        .as_of = after->as_of,
    };
    if (after->round > before->round) {
        change.rounds[after->round - 1] = 1;
        change.late[after->round - 1] = election_is_late(election, after->round, after->as_of) ? 1 : 0;
    }
    return change;
}

static void accept(const struct election *election, const struct unit_state *before,
                   const struct report_received *received, struct decision *ret_decision)
{
    conclude(ret_decision, STATUS_ACCEPTED, CODE_NONE);
    ret_decision->after = state_after(before, received);
    ret_decision->change = change_between(election, before, &ret_decision->after);
}

/* ---- deciding ---- */

/* A report of the other kind than the phase takes cannot have been counted before. */
static enum report_code code_of_other_kind(enum election_phase phase, bool is_test)
{
    switch (phase) {
    case PHASE_REHEARSAL:
        return is_test ? CODE_NONE : CODE_NOT_OPEN;
    case PHASE_OPEN:
        return is_test ? CODE_TEST_REPORT : CODE_NONE;
    case PHASE_CLOSED:
        break;
    }
    return is_test ? CODE_CLOSED : CODE_NONE;
}

static void decide_new_seq(const struct election *election, const struct rules_context *context,
                           const struct report_received *received, struct decision *ret_decision)
{
    uint32_t violations = violations_of(election, context, received);
    enum rule first = RULE_COUNT;
    enum rule_mode mode = violations_weigh(&election->rules, &violations, &first);
    if (mode == MODE_REJECT) {
        conclude(ret_decision, STATUS_REJECTED, rule_code(first));
    } else if (mode == MODE_HOLD) {
        conclude(ret_decision, STATUS_HELD, rule_code(first));
        ret_decision->change = (struct totals){.held = 1, .revision = 1};
    } else {
        accept(election, context->unit, received, ret_decision);
    }
    ret_decision->violations = violations;
}

void rules_decide(const struct election *election, const struct rules_context *context,
                  const struct report_received *received, struct decision *ret_decision)
{
    assert(rule_allows(RULE_OVER_ROLL, election->rules.modes[RULE_OVER_ROLL]));
    enum report_code other_kind = code_of_other_kind(context->phase, received->test);
    const struct held_report *held = find_held(context, received->seq);
    if (other_kind != CODE_NONE) {
        conclude(ret_decision, STATUS_REJECTED, other_kind);
    } else if (is_voided(context, received)) {
        conclude(ret_decision, STATUS_REJECTED, CODE_VOIDED);
    } else if (held != NULL) {
        decide_held_seq(held, received, ret_decision);
    } else if (received->seq <= context->unit->seq) {
        decide_old_seq(context->unit, received, ret_decision);
    } else if (context->phase == PHASE_CLOSED) {
        conclude(ret_decision, STATUS_REJECTED, CODE_CLOSED);
    } else if (received->kind == KIND_CORRECTION && received->reason == REASON_NONE) {
        conclude(ret_decision, STATUS_REJECTED, CODE_REASON_REQUIRED);
    } else {
        decide_new_seq(election, context, received, ret_decision);
    }
    /* Another number would not help: the election is closed, so say that at once. */
    if (context->phase == PHASE_CLOSED &&
        (ret_decision->code == CODE_SEQ_CONFLICT || ret_decision->code == CODE_SEQ_BEHIND)) {
        conclude(ret_decision, STATUS_REJECTED, CODE_CLOSED);
    }
}

struct totals rules_turned_down(void)
{
    return (struct totals){.held = -1, .revision = 1};
}

void rules_release(const struct election *election, const struct unit_state *before,
                   const struct report_received *received, struct decision *ret_decision)
{
    if (received->seq <= before->seq) {
        conclude(ret_decision, STATUS_SUPERSEDED, CODE_NONE);
        ret_decision->change = rules_turned_down();
    } else if (received->voted > report_roll_after(before, received)) {
        conclude(ret_decision, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED);
    } else {
        accept(election, before, received, ret_decision);
        ret_decision->change.held = -1;
    }
}

struct totals rules_count_units(const struct unit_state *units, size_t count)
{
    struct totals sum = {.voted = 0};
    for (size_t i = 0; i < count; i++) {
        const struct unit_state *unit = &units[i];
        bool is_silent = unit->seq == 0;
        struct totals counted = {
            .voted = unit->voted,
            .registered = unit->registered,
            .units_reported = is_silent ? 0 : 1,
            .registered_reported = is_silent ? 0 : unit->registered,
            .units_final = is_final(unit),
            .units_complete = is_complete(unit),
            .as_of = unit->as_of,
        };
        totals_add(&sum, &counted);
    }
    return sum;
}

struct totals rules_void(const struct unit_state *before, int32_t listed, const struct unit_rounds *rounds,
                         size_t waiting)
{
    struct totals change = {.held = -(int64_t)waiting, .revision = 1};
    if (before->seq == 0) {
        return change;
    }
    change.voted = -(int64_t)before->voted;
    change.registered = (int64_t)listed - before->registered;
    change.units_reported = -1;
    change.registered_reported = -(int64_t)before->registered;
    change.units_final = -is_final(before);
    change.units_complete = -is_complete(before);
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        change.rounds[i] = -(int64_t)(rounds->heard >> i & 1);
        change.late[i] = -(int64_t)(rounds->late >> i & 1);
    }
    return change;
}

void rules_add_round(struct unit_rounds *rounds, const struct election *election, uint32_t round,
                     int64_t as_of)
{
    if (round == 0) {
        return;
    }
    uint64_t this_round = UINT64_C(1) << (round - 1);
    uint64_t later = ~(this_round | (this_round - 1));
    rounds->heard = (rounds->heard & later) | this_round;
    rounds->late = (rounds->late & later) | (election_is_late(election, round, as_of) ? this_round : 0);
}

int32_t rules_next_seq(const struct unit_state *unit, const struct held_report *held, size_t held_count)
{
    struct rules_context context = {.unit = unit, .held = held, .held_count = held_count};
    int32_t seq = unit->seq;
    do {
        if (seq == SEQ_MAX) {
            return SEQ_MAX; /* no number is left; a unit gets here only by many steps that were let through */
        }
        seq++;
    } while (find_held(&context, seq) != NULL);
    return seq;
}

void rules_write_flags(uint32_t violations, char ret_flags[RULE_FLAGS_BYTES])
{
    size_t length = 0;
    ret_flags[0] = '\0';
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        if ((violations & violation((enum rule)rule, true)) == 0) {
            continue;
        }
        int written = snprintf(ret_flags + length, RULE_FLAGS_BYTES - length, "%s%s", length == 0 ? "" : ",",
                               report_code_name(rule_code((enum rule)rule)));
        assert(written > 0 && (size_t)written < RULE_FLAGS_BYTES - length);
        length += (size_t)written;
    }
}

static bool add_flag(struct slice code, uint32_t *violations)
{
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        uint32_t bit = violation((enum rule)rule, true);
        /* Several rules may have one code. */
        if ((*violations & bit) == 0 && slice_equals(code, report_code_name(rule_code((enum rule)rule)))) {
            *violations |= bit;
            return true;
        }
    }
    return false;
}

bool rules_read_flags(const char *flags, uint32_t *ret_violations)
{
    struct slice rest = slice_of(flags);
    *ret_violations = 0;
    while (rest.length > 0) {
        if (!add_flag(text_split(&rest, ','), ret_violations)) {
            return false;
        }
    }
    return true;
}
