/* Names and structure of a bulletin's areas as text, stored with it, so that its figures are shown as they were
 * frozen even after the register has changed. */
#ifndef TURNOUT_WIRE_FROZEN_REGISTER_H
#define TURNOUT_WIRE_FROZEN_REGISTER_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/election/register.h>

#define FROZEN_REGISTER_FILE "register" /* its name in a bundle */

/* Writes a line about the whole, then the areas as a table. */
void frozen_register_write(struct buffer *out, const struct election_register *reg, bool is_durable);

/* Returns a register whose areas have their number of units, but no units. NULL when it is no such text. The caller
 * holds the reference. */
struct election_register *frozen_register_read(struct slice text, bool *ret_is_durable);

#endif
