/* What a value of [rules] may be comes from the tables of the rules; only `corrections` has words of its own. */
#include "rules_ini.h"

#include <assert.h>

static const struct {
    const char *word;
    enum rule_mode mode;
} corrections_words[] = {{"counted", MODE_OFF}, {"held", MODE_HOLD}};

const char *rules_ini_name(size_t key)
{
    assert(key < RULES_INI_KEYS);
    return key < RULE_COUNT ? rule_name((enum rule)key) : rule_numbers[key - RULE_COUNT].name;
}

static enum turnout_error read_corrections(struct slice value, struct rules *rules, struct error *error)
{
    for (size_t i = 0; i < sizeof corrections_words / sizeof corrections_words[0]; i++) {
        if (slice_equals(value, corrections_words[i].word)) {
            rules->modes[RULE_CORRECTIONS] = corrections_words[i].mode;
            return TURNOUT_OK;
        }
    }
    return error_fail(error, TURNOUT_BAD_INPUT, rule_name(RULE_CORRECTIONS),
                      "not what may be done about corrections; write counted or held");
}

static enum turnout_error read_mode(enum rule rule, struct slice value, struct rules *rules,
                                    struct error *error)
{
    enum rule_mode mode;
    if (rule_mode_parse(value, &mode) && rule_allows(rule, mode)) {
        rules->modes[rule] = mode;
        return TURNOUT_OK;
    }
    return error_fail(
        error, TURNOUT_BAD_INPUT, rule_name(rule),
        rule_allows(rule, MODE_OFF) ? "not what may be done about a report; write reject, hold, flag or off"
        : rule == RULE_OVER_ROLL    ? "more voters than the roll are never counted; write reject or hold"
                                    : "a seq that far would lock the unit out; write reject or hold");
}

static enum turnout_error read_number(const struct rule_number *number, struct slice value,
                                      struct rules *rules, struct error *error)
{
    uint64_t read;
    if (text_parse_unsigned(value, (uint64_t)number->most, &read) && read >= (uint64_t)number->least) {
        rule_number_set(rules, number, (int32_t)read);
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, number->name,
                      "not a number of %s; write a whole number from %d to %d", number->unit, number->least,
                      number->most);
}

enum turnout_error rules_ini_read(size_t key, struct slice value, struct rules *rules, struct error *error)
{
    assert(key < RULES_INI_KEYS);
    if (key == RULE_CORRECTIONS) {
        return read_corrections(value, rules, error);
    }
    if (key < RULE_COUNT) {
        return read_mode((enum rule)key, value, rules, error);
    }
    return read_number(&rule_numbers[key - RULE_COUNT], value, rules, error);
}
