/* The units that have reported in each round, as one word: the counts of round 1, 2, ... up to the last that is not
 * 0, separated by commas, each followed by `/` and how many of them were late, unless that is 0: `12,9/2`; `0` for
 * none. */
#ifndef TURNOUT_WIRE_ROUND_WORDS_H
#define TURNOUT_WIRE_ROUND_WORDS_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/election/totals.h>

void round_words_write(struct buffer *out, const struct totals *totals);

/* Sets `rounds` and `late` of the totals. False when it is no such word; both are undefined then. */
bool round_words_read(struct slice text, struct totals *totals);

#endif
