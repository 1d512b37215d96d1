/* Everything that a rule may ask about, by the names of election.ini; Redis takes what it needs. */
#include "rules_text.h"

#include <inttypes.h>

void rules_text_write(struct buffer *out, const struct election *election)
{
    const struct rules *rules = &election->rules;
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        buffer_printf(out, "%s=%s ", rule_name((enum rule)rule), rule_mode_name(rules->modes[rule]));
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        buffer_printf(out, "%s=%" PRId32 " ", rule_numbers[i].name, rule_number_get(rules, &rule_numbers[i]));
    }
    buffer_printf(out, "opens=%" PRId64 " complete-not-before=%" PRId64, election->opens,
                  rules->complete_not_before);
}
