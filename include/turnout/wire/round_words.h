/* The units that were heard in each round, as one word: those of round 1, 2, ... up to the last with any, separated by commas,
 * behind each, where there are any, a `/` and those of them that were late: `12,9/2`; `0` for none. */
#ifndef TURNOUT_WIRE_ROUND_WORDS_H
#define TURNOUT_WIRE_ROUND_WORDS_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/election/totals.h>

void round_words_write(struct buffer *out, const struct totals *totals);

/* Sets `rounds` and `late` of the totals. False when it is no such word; what is set then is of no use. */
bool round_words_read(struct slice text, struct totals *totals);

#endif
