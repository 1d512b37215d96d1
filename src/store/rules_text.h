/* The rules of an election as proto/lua takes them: `over-roll=reject ... voters-an-hour=1500`. */
#ifndef TURNOUT_STORE_RULES_TEXT_H
#define TURNOUT_STORE_RULES_TEXT_H

#include <turnout/base/buffer.h>
#include <turnout/election/election.h>

/* Appends them. */
void rules_text_write(struct buffer *out, const struct election *election);

#endif
