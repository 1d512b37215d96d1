/* The keys of [rules]: every rule in every mode, every number at its bounds. */
#include "../../src/store/rules_ini.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "suite.h"

static size_t key_of(const char *name)
{
    for (size_t key = 0; key < RULES_INI_KEYS; key++) {
        if (strcmp(rules_ini_name(key), name) == 0) {
            return key;
        }
    }
    ck_abort_msg("no key %s", name);
}

static bool read_value(const char *name, const char *value, struct rules *ret_rules)
{
    struct error error = {0};
    rules_init(ret_rules);
    enum turnout_error failed = rules_ini_read(key_of(name), slice_of(value), ret_rules, &error);
    if (failed != TURNOUT_OK) {
        ck_assert_int_eq(failed, TURNOUT_BAD_INPUT);
        ck_assert_str_eq(error.field, name);
        ck_assert_ptr_nonnull(strstr(error.text, "write "));
    }
    return failed == TURNOUT_OK;
}

TEST(test_every_rule_in_every_mode)
{
    for (size_t rule = 0; rule < RULE_CORRECTIONS; rule++) {
        for (size_t mode = 0; mode < MODE_COUNT; mode++) {
            struct rules rules;
            bool taken = read_value(rule_name((enum rule)rule), rule_mode_name((enum rule_mode)mode), &rules);
            ck_assert(taken == rule_allows((enum rule)rule, (enum rule_mode)mode));
            ck_assert(!taken || rules.modes[rule] == (enum rule_mode)mode);
        }
    }
}

static const struct {
    const char *name;
    const char *value;
} wrong_values[] = {
    {"jump", ""},
    {"jump", "Reject"},
    {"jump", "reject hold"},
    {"jump", "1"},
    {"over-roll", "off"},
    {"over-roll", "flag"},
    {"seq-too-far", "off"},
    {"seq-too-far", "flag"},
    {"corrections", "hold"},
    {"corrections", "off"},
    {"corrections", ""},
    {"voters-an-hour", "0"},
    {"voters-an-hour", "10000001"},
    {"voters-an-hour", "1.5"},
    {"voters-an-hour", ""},
    {"as-of-tolerance-s", "86401"},
    {"as-of-tolerance-s", "-0"},
    {"roll-change-percent", "1001"},
    {"roll-change-percent", "10 %"},
    {"roll-change-voters", "99999999999999999999"},
    {"same-figures-units", "1"},
    {"same-figures-units", "21"},
};

LOOP_TEST(test_wrong_values, COUNT(wrong_values))
{
    struct rules rules;
    ck_assert_msg(!read_value(wrong_values[_i].name, wrong_values[_i].value, &rules), "%s = %s",
                  wrong_values[_i].name, wrong_values[_i].value);
}

static const struct {
    const char *rule;
    const char *why; /* a word of it */
} not_waived[] = {{"over-roll", "voters"}, {"seq-too-far", "seq "}};

LOOP_TEST(a_rule_that_cannot_be_waived_says_why, COUNT(not_waived))
{
    struct rules rules;
    struct error error = {0};
    rules_init(&rules);
    ck_assert_int_eq(rules_ini_read(key_of(not_waived[_i].rule), slice_of("off"), &rules, &error),
                     TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, not_waived[_i].rule);
    ck_assert_msg(strstr(error.text, not_waived[_i].why) != NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, "write reject or hold") != NULL, "%s", error.text);
}

TEST(test_numbers_at_their_bounds)
{
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        const int32_t bounds[] = {rule_numbers[i].least, rule_numbers[i].most};
        for (size_t b = 0; b < 2; b++) {
            char value[16];
            struct rules rules;
            (void)snprintf(value, sizeof value, "%d", bounds[b]);
            ck_assert(read_value(rule_numbers[i].name, value, &rules));
            ck_assert_int_eq(rule_number_get(&rules, &rule_numbers[i]), bounds[b]);
        }
    }
}

TEST(test_corrections_have_words_of_their_own)
{
    struct rules rules;
    ck_assert(read_value("corrections", "held", &rules));
    ck_assert_int_eq(rules.modes[RULE_CORRECTIONS], MODE_HOLD);
    ck_assert(read_value("corrections", "counted", &rules));
    ck_assert_int_eq(rules.modes[RULE_CORRECTIONS], MODE_OFF);
}

SUITE("rules_ini");
