/* The published percentage: integer arithmetic, rounded half-up to two decimals, and exact at both ends (DESIGN
 * section 1, promise 4). */
#ifndef TURNOUT_ELECTION_PERCENT_H
#define TURNOUT_ELECTION_PERCENT_H

#include <stdint.h>

enum { PERCENT_NONE = -1, PERCENT_ALL = 10000, PERCENT_TEXT_BYTES = 8 };

/* Hundredths of a percent: 9938 is 99.38 %. PERCENT_NONE when `whole` is 0. Never PERCENT_ALL while
 * part < whole, never 0 while part > 0. Needs 0 <= part <= whole <= INT64_MAX / 20000. */
int32_t percent_of(int64_t part, int64_t whole);

/* "99.38", "100.00"; "" for PERCENT_NONE. Always two decimals. */
void percent_format(int32_t hundredths, char ret_text[PERCENT_TEXT_BYTES]);

/* As a JSON number of at most two decimals: "99.38", "97.8", "100"; "null" for PERCENT_NONE. */
void percent_format_json(int32_t hundredths, char ret_text[PERCENT_TEXT_BYTES]);

#endif
