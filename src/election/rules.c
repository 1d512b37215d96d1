/* The rules for a report. proto/turnout.lua says the second half again, inside Redis. */
#include <turnout/election/rules.h>

#include <inttypes.h>
#include <string.h>

bool rules_check(const struct election *election, const struct report *report, int64_t now_ms,
                 struct report_result *ret_result)
{
    if (strcmp(report->election, election->id) != 0) {
        report_reject(ret_result, report, CODE_WRONG_ELECTION, "election", "this is the election %s",
                      election->id);
        return false;
    }
    int64_t ahead_ms = report->as_of * 1000 - now_ms;
    if (ahead_ms > (int64_t)election->rules.as_of_tolerance_s * 1000) {
        report_reject(ret_result, report, CODE_AS_OF_IN_FUTURE, "as_of",
                      "%s is %" PRId64 " s ahead of the server's clock", report->as_of_text,
                      (ahead_ms + 999) / 1000);
        return false;
    }
    if (report->as_of < election->opens) {
        char opens[RFC3339_BYTES];
        rfc3339_format(election->opens, election->offset_s, opens);
        report_reject(ret_result, report, CODE_AS_OF_BEFORE_OPENING, "as_of", "%s; the polls open at %s",
                      report->as_of_text, opens);
        return false;
    }
    if (report->kind == KIND_CORRECTION && report->reason == REASON_NONE) {
        report_reject(ret_result, report, CODE_REASON_REQUIRED, "reason", "a correction needs a reason");
        return false;
    }
    return true;
}

/* The roll that the report leaves behind. */
static int32_t roll_after(const struct unit_state *before, const struct report *report)
{
    return report->registered == REGISTERED_ABSENT ? before->registered : report->registered;
}

static void settle(struct decision *ret_decision, enum report_status status, enum report_code code)
{
    *ret_decision = (struct decision){.status = status, .code = code};
}

/* A seq that was seen before: nothing about the unit changes. */
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

/* CODE_NONE when the figures can follow those that stand. */
static enum report_code check_figures(const struct unit_state *before, const struct report *report)
{
    if (report->voted > roll_after(before, report)) {
        return CODE_VOTED_EXCEEDS_REGISTERED;
    }
    if (report->as_of < before->as_of) {
        return CODE_AS_OF_BEFORE_LAST;
    }
    if (report->voted < before->voted && report->kind != KIND_CORRECTION) {
        return CODE_COUNT_DECREASED;
    }
    return CODE_NONE;
}

static struct unit_state state_after(const struct unit_state *before, const struct report_received *received)
{
    const struct report *report = received->report;
    struct unit_state after = {
        .seq = report->seq,
        .voted = report->voted,
        .registered = roll_after(before, report),
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

void rules_decide(const struct unit_state *before, const struct report_received *received,
                  struct decision *ret_decision)
{
    if (received->report->seq <= before->seq) {
        decide_old_seq(before, received, ret_decision);
        return;
    }
    enum report_code code = check_figures(before, received->report);
    if (code != CODE_NONE) {
        settle(ret_decision, STATUS_REJECTED, code);
        return;
    }
    settle(ret_decision, STATUS_ACCEPTED, CODE_NONE);
    ret_decision->after = state_after(before, received);
    ret_decision->change = change_between(before, &ret_decision->after);
}
