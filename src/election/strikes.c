/* Each rule in a line, and the few that need more before it. */
#include "strikes.h"

enum { JUMP_LEAST_S = 60 }; /* two counts a moment apart say nothing about how fast a unit is */

uint32_t strike(enum rule rule, bool is_broken)
{
    return is_broken ? UINT32_C(1) << rule : 0;
}

int32_t report_roll_after(const struct unit_state *before, const struct report *report)
{
    return report->registered == REGISTERED_ABSENT ? before->registered : report->registered;
}

static bool is_roll_change(const struct rules *rules, int64_t before, int64_t after)
{
    int64_t moved = after > before ? after - before : before - after;
    return moved > rules->roll_change_voters && moved * 100 > before * rules->roll_change_percent;
}

/* A first report is held against nobody at opening; so is a correction, because it says that the last count was
 * wrong. */
static bool is_jump(const struct election *election, const struct unit_state *before,
                    const struct report *report)
{
    bool from_opening = before->seq == 0 || report->kind == KIND_CORRECTION;
    int64_t gained = (int64_t)report->voted - (from_opening ? 0 : before->voted);
    int64_t elapsed_s = report->as_of - (from_opening ? election->opens : before->as_of);
    if (elapsed_s < JUMP_LEAST_S) {
        elapsed_s = JUMP_LEAST_S;
    }
    return gained * 3600 > elapsed_s * election->rules.voters_an_hour;
}

uint32_t strikes_of(const struct election *election, const struct standing *standing,
                    const struct report_received *received)
{
    const struct rules *rules = &election->rules;
    const struct unit_state *before = standing->unit;
    const struct report *report = received->report;
    int32_t roll = report_roll_after(before, report);
    bool is_fewer = report->voted < before->voted;
    bool is_whole = report->voted == roll && roll > 0;
    return received->struck | strike(RULE_OVER_ROLL, report->voted > roll) |
           strike(RULE_AS_OF_BEFORE_LAST, report->as_of < before->as_of) |
           strike(RULE_DECREASE, is_fewer && report->kind == KIND_PROGRESS) |
           strike(RULE_FINAL_BELOW, is_fewer && report->kind == KIND_FINAL) |
           strike(RULE_ROLL_CHANGE, is_roll_change(rules, before->registered, roll)) |
           strike(RULE_JUMP, is_jump(election, before, report)) |
           strike(RULE_EARLY_COMPLETE, is_whole && report->as_of < rules->complete_not_before) |
           strike(RULE_SAME_FIGURES, report->voted > 0 && standing->alike + 1 >= rules->same_figures_units) |
           strike(RULE_CORRECTIONS, report->kind == KIND_CORRECTION);
}

enum rule_mode strikes_weigh(const struct rules *rules, uint32_t *strikes, enum rule *ret_first)
{
    enum rule_mode strictest = MODE_OFF;
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        enum rule_mode mode = rules->modes[rule];
        if (mode == MODE_OFF) {
            *strikes &= ~strike((enum rule)rule, true);
        } else if ((*strikes & strike((enum rule)rule, true)) != 0 && mode > strictest) {
            strictest = mode;
            *ret_first = (enum rule)rule;
        }
    }
    return strictest;
}
