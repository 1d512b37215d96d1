/* The keys of [rules] in election.ini whose value stands by itself: what is done about each rule, and the numbers
 * that it measures with. */
#ifndef TURNOUT_RULES_INI_H
#define TURNOUT_RULES_INI_H

#include <turnout/base/error.h>
#include <turnout/election/rule_set.h>

enum { RULES_INI_KEYS = RULE_COUNT + RULE_NUMBER_COUNT };

/* From 0 to RULES_INI_KEYS - 1. */
const char *rules_ini_name(size_t key);

/* On a fault, *error says what the value may be. */
enum turnout_error rules_ini_read(size_t key, struct slice value, struct rules *rules, struct error *error);

#endif
