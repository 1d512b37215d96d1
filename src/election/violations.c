/* Each rule in a line, and the few that need more before it. */
#include "violations.h"

enum { JUMP_LEAST_S = 60 }; /* two counts a moment apart say nothing about how fast a unit is */

uint32_t violation(enum rule rule, bool is_broken)
{
    return is_broken ? UINT32_C(1) << rule : 0;
}

int32_t report_roll_after(const struct unit_state *before, const struct report_received *report)
{
    return report->registered == REGISTERED_ABSENT ? before->registered : report->registered;
}

static bool is_in_future(const struct rules *rules, const struct report_received *report)
{
    return report->as_of * 1000 - report->received_ms > (int64_t)rules->as_of_tolerance_s * 1000;
}

/* Measured against the listed roll, so that many small steps come to the same as one large one. */
static bool is_roll_change(const struct rules *rules, const struct rules_context *context, int32_t roll)
{
    int64_t moved = (int64_t)roll - context->listed;
    if (moved < 0) {
        moved = -moved;
    }
    return roll != context->unit->registered && moved > rules->roll_change_voters &&
           moved * 100 > (int64_t)context->listed * rules->roll_change_percent;
}

/* A first report is measured from the opening. So is a correction, because it says that the last count was wrong. */
static bool is_jump(const struct election *election, const struct unit_state *before,
                    const struct report_received *report)
{
    bool from_opening = before->seq == 0 || report->kind == KIND_CORRECTION;
    int64_t gained = (int64_t)report->voted - (from_opening ? 0 : before->voted);
    int64_t elapsed_s = report->as_of - (from_opening ? election->opens : before->as_of);
    if (elapsed_s < JUMP_LEAST_S) {
        elapsed_s = JUMP_LEAST_S;
    }
    return gained * 3600 > elapsed_s * election->rules.voters_an_hour;
}

uint32_t violations_of(const struct election *election, const struct rules_context *context,
                       const struct report_received *report)
{
    const struct rules *rules = &election->rules;
    const struct unit_state *before = context->unit;
    int32_t roll = report_roll_after(before, report);
    bool is_fewer = report->voted < before->voted;
    bool is_whole = report->voted == roll && roll > 0;
    return violation(RULE_OVER_ROLL, report->voted > roll) |
           violation(RULE_SEQ_TOO_FAR, report->seq - before->seq > SEQ_STEP_MAX) |
           violation(RULE_AS_OF_IN_FUTURE, is_in_future(rules, report)) |
           violation(RULE_AS_OF_BEFORE_OPENING, report->as_of < election->opens) |
           violation(RULE_AS_OF_BEFORE_LAST, report->as_of < before->as_of) |
           violation(RULE_DECREASE, is_fewer && report->kind == KIND_PROGRESS) |
           violation(RULE_FINAL_BELOW, is_fewer && report->kind == KIND_FINAL) |
           violation(RULE_ROLL_CHANGE, is_roll_change(rules, context, roll)) |
           violation(RULE_JUMP, is_jump(election, before, report)) |
           violation(RULE_EARLY_COMPLETE, is_whole && report->as_of < rules->complete_not_before) |
           violation(RULE_SAME_FIGURES,
                     report->voted > 0 && context->alike + 1 >= rules->same_figures_units) |
           violation(RULE_CORRECTIONS, report->kind == KIND_CORRECTION);
}

enum rule_mode violations_weigh(const struct rules *rules, uint32_t *violations, enum rule *ret_first)
{
    enum rule_mode strictest = MODE_OFF;
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        enum rule_mode mode = rules->modes[rule];
        if (mode == MODE_OFF) {
            *violations &= ~violation((enum rule)rule, true);
        } else if ((*violations & violation((enum rule)rule, true)) != 0 && mode > strictest) {
            strictest = mode;
            *ret_first = (enum rule)rule;
        }
    }
    return strictest;
}
