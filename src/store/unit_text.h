/* A unit's state as the units hash holds it: `seq voted registered as_of received kind round digest`. */
#ifndef TURNOUT_STORE_UNIT_TEXT_H
#define TURNOUT_STORE_UNIT_TEXT_H

#include <stdbool.h>

#include <turnout/base/text.h>
#include <turnout/election/rules.h>

enum { DIGEST_HEX_BYTES = 2 * REPORT_DIGEST_BYTES + 1 };

void digest_to_hex(const unsigned char digest[REPORT_DIGEST_BYTES], char ret_hex[DIGEST_HEX_BYTES]);
bool digest_from_hex(struct slice hex, unsigned char ret_digest[REPORT_DIGEST_BYTES]);

/* False, and *ret_state unspecified, when the text is anything else. */
bool unit_text_parse(struct slice text, struct unit_state *ret_state);

#endif
