/* The tables of the rules: names, codes, modes, bounds. */
#include <turnout/election/rule_set.h>

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    enum report_code code;
    enum rule_mode standard;
} table[RULE_COUNT] = {
    [RULE_OVER_ROLL] = {"over-roll", CODE_VOTED_EXCEEDS_REGISTERED, MODE_REJECT},
    [RULE_SEQ_TOO_FAR] = {"seq-too-far", CODE_SEQ_TOO_FAR, MODE_REJECT},
    [RULE_AS_OF_IN_FUTURE] = {"as-of-in-future", CODE_AS_OF_IN_FUTURE, MODE_REJECT},
    [RULE_AS_OF_BEFORE_OPENING] = {"as-of-before-opening", CODE_AS_OF_BEFORE_OPENING, MODE_REJECT},
    [RULE_AS_OF_BEFORE_LAST] = {"as-of-before-last", CODE_AS_OF_BEFORE_LAST, MODE_REJECT},
    [RULE_DECREASE] = {"decrease", CODE_COUNT_DECREASED, MODE_REJECT},
    [RULE_FINAL_BELOW] = {"final-below", CODE_COUNT_DECREASED, MODE_REJECT},
    [RULE_ROLL_CHANGE] = {"roll-change", CODE_ROLL_CHANGED, MODE_HOLD},
    [RULE_JUMP] = {"jump", CODE_TOO_FAST, MODE_FLAG},
    [RULE_EARLY_COMPLETE] = {"early-complete", CODE_COMPLETE_TOO_EARLY, MODE_FLAG},
    [RULE_SAME_FIGURES] = {"same-figures", CODE_SAME_FIGURES, MODE_OFF},
    [RULE_CORRECTIONS] = {"corrections", CODE_CORRECTION, MODE_OFF},
};

static const char *const mode_names[MODE_COUNT] = {
    [MODE_OFF] = "off",
    [MODE_FLAG] = "flag",
    [MODE_HOLD] = "hold",
    [MODE_REJECT] = "reject",
};

const struct rule_number rule_numbers[RULE_NUMBER_COUNT] = {
    {"as-of-tolerance-s", "seconds", 0, 86400, 120, offsetof(struct rules, as_of_tolerance_s)},
    {"roll-change-percent", "per cent", 0, 1000, 10, offsetof(struct rules, roll_change_percent)},
    {"roll-change-voters", "voters", 0, VOTERS_MAX, 50, offsetof(struct rules, roll_change_voters)},
    {"voters-an-hour", "voters", 1, VOTERS_MAX, 1500, offsetof(struct rules, voters_an_hour)},
    {"same-figures-units", "units", 2, 20, 3, offsetof(struct rules, same_figures_units)},
    {"late-after-s", "seconds", 0, 86400, 900, offsetof(struct rules, late_after_s)},
};

void rules_init(struct rules *ret_rules)
{
    *ret_rules = (struct rules){0};
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        ret_rules->modes[rule] = table[rule].standard;
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        rule_number_set(ret_rules, &rule_numbers[i], rule_numbers[i].standard);
    }
}

const char *rule_name(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return table[rule].name;
}

enum report_code rule_code(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return table[rule].code;
}

const char *rule_mode_name(enum rule_mode mode)
{
    assert(mode < MODE_COUNT);
    return mode_names[mode];
}

bool rule_mode_parse(struct slice name, enum rule_mode *ret_mode)
{
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        if (slice_equals(name, mode_names[mode])) {
            *ret_mode = (enum rule_mode)mode;
            return true;
        }
    }
    return false;
}

bool rule_allows(enum rule rule, enum rule_mode mode)
{
    return (rule != RULE_OVER_ROLL && rule != RULE_SEQ_TOO_FAR) || mode == MODE_HOLD || mode == MODE_REJECT;
}

void rule_number_set(struct rules *rules, const struct rule_number *number, int32_t value)
{
    assert(value >= number->least && value <= number->most);
    memcpy((char *)rules + number->offset, &value, sizeof value);
}

int32_t rule_number_get(const struct rules *rules, const struct rule_number *number)
{
    int32_t value;
    memcpy(&value, (const char *)rules + number->offset, sizeof value);
    return value;
}
