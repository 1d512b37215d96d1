/* The rules for a report. proto/lua says the second half again, inside Redis. */
#include <turnout/election/rules.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "strikes.h"

bool rules_check_election(const struct election *election, const struct report *report,
                          struct report_result *ret_result)
{
    if (strcmp(report->election, election->id) != 0) {
        report_reject(ret_result, report, CODE_WRONG_ELECTION, "election", "this is the election %s",
                      election->id);
        return false;
    }
    return true;
}

/* ---- before the store ---- */

static bool is_in_future(const struct election *election, const struct report *report, int64_t now_ms)
{
    return report->as_of * 1000 - now_ms > (int64_t)election->rules.as_of_tolerance_s * 1000;
}

static void reject_in_future(const struct report *report, int64_t now_ms, struct report_result *ret_result)
{
    int64_t ahead_ms = report->as_of * 1000 - now_ms;
    report_reject(ret_result, report, CODE_AS_OF_IN_FUTURE, "as_of",
                  "%s is %" PRId64 " s ahead of the server's clock", report->as_of_text,
                  (ahead_ms + 999) / 1000);
}

static void reject_before_opening(const struct election *election, const struct report *report,
                                  struct report_result *ret_result)
{
    char opens[RFC3339_BYTES];
    rfc3339_format(election->opens, election->offset_s, opens);
    report_reject(ret_result, report, CODE_AS_OF_BEFORE_OPENING, "as_of", "%s; the polls open at %s",
                  report->as_of_text, opens);
}

bool rules_check(const struct election *election, const struct report *report, int64_t now_ms,
                 uint32_t *ret_struck, struct report_result *ret_result)
{
    const enum rule_mode *modes = election->rules.modes;
    uint32_t struck = 0;
    if (is_in_future(election, report, now_ms)) {
        if (modes[RULE_AS_OF_IN_FUTURE] == MODE_REJECT) {
            reject_in_future(report, now_ms, ret_result);
            return false;
        }
        struck |= strike(RULE_AS_OF_IN_FUTURE, true);
    }
    if (report->as_of < election->opens) {
        if (modes[RULE_AS_OF_BEFORE_OPENING] == MODE_REJECT) {
            reject_before_opening(election, report, ret_result);
            return false;
        }
        struck |= strike(RULE_AS_OF_BEFORE_OPENING, true);
    }
    if (report->kind == KIND_CORRECTION && report->reason == REASON_NONE) {
        report_reject(ret_result, report, CODE_REASON_REQUIRED, "reason", "a correction needs a reason");
        return false;
    }
    *ret_struck = struck;
    return true;
}

/* ---- in the store: what was seen before ---- */

static void settle(struct decision *ret_decision, enum report_status status, enum report_code code)
{
    *ret_decision = (struct decision){.status = status, .code = code};
}

/* A report of this seq waits for a committee, or a committee has rejected it. */
static void decide_held_seq(const struct held_report *held, const struct report_received *received,
                            struct decision *ret_decision)
{
    if (memcmp(received->digest, held->digest, REPORT_DIGEST_BYTES) != 0) {
        settle(ret_decision, STATUS_REJECTED, CODE_SEQ_CONFLICT);
    } else if (held->state == HELD_WAITING) {
        settle(ret_decision, STATUS_HELD, held->code);
        ret_decision->change.dup_seen = 1;
    } else {
        settle(ret_decision, STATUS_REJECTED, held->code);
        ret_decision->by_committee = true;
    }
}

/* A seq that was counted before: nothing about the unit changes. */
static void decide_old_seq(const struct unit_state *before, const struct report_received *received,
                           struct decision *ret_decision)
{
    if (received->report->seq < before->seq) {
        settle(ret_decision, STATUS_SUPERSEDED, CODE_NONE);
    } else if (memcmp(received->digest, before->digest, REPORT_DIGEST_BYTES) == 0) {
        settle(ret_decision, STATUS_DUPLICATE, CODE_NONE);
        ret_decision->change.dup_seen = 1;
    } else {
        settle(ret_decision, STATUS_REJECTED, CODE_SEQ_CONFLICT);
    }
}

/* ---- in the store: what becomes of the totals ---- */

static struct unit_state state_after(const struct unit_state *before, const struct report_received *received)
{
    const struct report *report = received->report;
    struct unit_state after = {
        .seq = report->seq,
        .voted = report->voted,
        .registered = report_roll_after(before, report),
        .as_of = report->as_of,
        .received_ms = received->received_ms,
        .kind = report->kind,
        .round = received->round > before->round ? received->round : before->round,
    };
    memcpy(after.digest, received->digest, sizeof after.digest);
    if (report->kind == KIND_CORRECTION && before->kind == KIND_FINAL) {
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
static struct totals change_between(const struct unit_state *before, const struct unit_state *after)
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
    }
    return change;
}

static void accept(const struct unit_state *before, const struct report_received *received,
                   struct decision *ret_decision)
{
    settle(ret_decision, STATUS_ACCEPTED, CODE_NONE);
    ret_decision->after = state_after(before, received);
    ret_decision->change = change_between(before, &ret_decision->after);
}

/* ---- deciding ---- */

void rules_decide(const struct election *election, const struct standing *standing,
                  const struct report_received *received, struct decision *ret_decision)
{
    assert(rule_allows(RULE_OVER_ROLL, election->rules.modes[RULE_OVER_ROLL]));
    const struct held_report *held = standing->held;
    if (held != NULL && (held->state == HELD_WAITING || held->state == HELD_REJECTED)) {
        decide_held_seq(held, received, ret_decision);
        return;
    }
    if (received->report->seq <= standing->unit->seq) {
        decide_old_seq(standing->unit, received, ret_decision);
        return;
    }
    uint32_t struck = strikes_of(election, standing, received);
    enum rule first = RULE_COUNT;
    enum rule_mode mode = strikes_weigh(&election->rules, &struck, &first);
    if (mode == MODE_REJECT) {
        settle(ret_decision, STATUS_REJECTED, rule_code(first));
    } else if (mode == MODE_HOLD) {
        settle(ret_decision, STATUS_HELD, rule_code(first));
        ret_decision->change = (struct totals){.held = 1, .revision = 1};
    } else {
        accept(standing->unit, received, ret_decision);
    }
    ret_decision->struck = struck;
}

struct totals rules_turned_down(void)
{
    return (struct totals){.held = -1, .revision = 1};
}

void rules_release(const struct unit_state *before, const struct report_received *received,
                   struct decision *ret_decision)
{
    const struct report *report = received->report;
    if (report->seq <= before->seq) {
        settle(ret_decision, STATUS_SUPERSEDED, CODE_NONE);
        ret_decision->change = rules_turned_down();
    } else if (report->voted > report_roll_after(before, report)) {
        settle(ret_decision, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED);
    } else {
        accept(before, received, ret_decision);
        ret_decision->change.held = -1;
    }
}

void rules_write_flags(uint32_t struck, char ret_flags[RULE_FLAGS_BYTES])
{
    size_t length = 0;
    ret_flags[0] = '\0';
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        if ((struck & strike((enum rule)rule, true)) == 0) {
            continue;
        }
        int written = snprintf(ret_flags + length, RULE_FLAGS_BYTES - length, "%s%s", length == 0 ? "" : ",",
                               report_code_name(rule_code((enum rule)rule)));
        assert(written > 0 && (size_t)written < RULE_FLAGS_BYTES - length);
        length += (size_t)written;
    }
}
