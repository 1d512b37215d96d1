/* The tables of the rules. */
#include <turnout/election/rule_set.h>

#include <check.h>

#include "suite.h"

static const struct {
    enum rule rule;
    const char *name;
    const char *code;
    enum rule_mode standard;
} rules_wanted[] = {
    {RULE_OVER_ROLL, "over-roll", "voted-exceeds-registered", MODE_REJECT},
    {RULE_SEQ_TOO_FAR, "seq-too-far", "seq-too-far", MODE_REJECT},
    {RULE_AS_OF_IN_FUTURE, "as-of-in-future", "as-of-in-future", MODE_REJECT},
    {RULE_AS_OF_BEFORE_OPENING, "as-of-before-opening", "as-of-before-opening", MODE_REJECT},
    {RULE_AS_OF_BEFORE_LAST, "as-of-before-last", "as-of-before-last", MODE_REJECT},
    {RULE_DECREASE, "decrease", "count-decreased", MODE_REJECT},
    {RULE_FINAL_BELOW, "final-below", "count-decreased", MODE_REJECT},
    {RULE_ROLL_CHANGE, "roll-change", "roll-changed", MODE_HOLD},
    {RULE_JUMP, "jump", "too-fast", MODE_FLAG},
    {RULE_EARLY_COMPLETE, "early-complete", "complete-too-early", MODE_FLAG},
    {RULE_SAME_FIGURES, "same-figures", "same-figures", MODE_OFF},
    {RULE_CORRECTIONS, "corrections", "correction", MODE_OFF},
};

TEST(test_names_codes_and_standards)
{
    ck_assert_uint_eq(sizeof rules_wanted / sizeof rules_wanted[0], RULE_COUNT);
    struct rules rules;
    rules_init(&rules);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        ck_assert_str_eq(rule_name(rules_wanted[i].rule), rules_wanted[i].name);
        ck_assert_str_eq(report_code_name(rule_code(rules_wanted[i].rule)), rules_wanted[i].code);
        ck_assert_int_eq(rules.modes[rules_wanted[i].rule], rules_wanted[i].standard);
    }
    ck_assert_int_eq(rules.as_of_tolerance_s, 120);
    ck_assert_int_eq(rules.roll_change_percent, 10);
    ck_assert_int_eq(rules.roll_change_voters, 50);
    ck_assert_int_eq(rules.voters_an_hour, 1500);
    ck_assert_int_eq(rules.same_figures_units, 3);
    ck_assert_int_eq(rules.late_after_s, 900);
    ck_assert_int_eq(rules.complete_not_before, 0);
}

TEST(test_modes_are_read_and_written)
{
    static const char *const names[] = {"off", "flag", "hold", "reject"};
    for (size_t i = 0; i < MODE_COUNT; i++) {
        enum rule_mode mode;
        ck_assert(rule_mode_parse(slice_of(names[i]), &mode));
        ck_assert_int_eq(mode, (int)i);
        ck_assert_str_eq(rule_mode_name(mode), names[i]);
    }
    static const char *const wrong[] = {"", "Off", "on", "hold ", "held"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum rule_mode mode = MODE_COUNT;
        ck_assert(!rule_mode_parse(slice_of(wrong[i]), &mode));
        ck_assert_int_eq(mode, MODE_COUNT);
    }
}

TEST(test_some_rules_cannot_be_waived)
{
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        bool stands = rule == RULE_OVER_ROLL || rule == RULE_SEQ_TOO_FAR;
        for (size_t mode = 0; mode < MODE_COUNT; mode++) {
            ck_assert_msg(rule_allows((enum rule)rule, (enum rule_mode)mode) ==
                              (!stands || mode == MODE_HOLD || mode == MODE_REJECT),
                          "%s, %s", rule_name((enum rule)rule), rule_mode_name((enum rule_mode)mode));
        }
    }
}

TEST(test_numbers_go_where_they_belong)
{
    struct rules rules;
    rules_init(&rules);
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        rule_number_set(&rules, &rule_numbers[i], rule_numbers[i].most - (int32_t)i);
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        ck_assert_int_eq(rule_number_get(&rules, &rule_numbers[i]), rule_numbers[i].most - (int32_t)i);
    }
    ck_assert_int_eq(rules.as_of_tolerance_s, 86400);
    ck_assert_int_eq(rules.roll_change_percent, 999);
    ck_assert_int_eq(rules.same_figures_units, 16);
}

SUITE("rule_set");
