/* What a bulletin's areas were called and made of, as text, kept with it: so that its figures are shown as they were frozen
 * also when the register is another one. */
#ifndef TURNOUT_WIRE_FROZEN_REGISTER_H
#define TURNOUT_WIRE_FROZEN_REGISTER_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/election/register.h>

#define FROZEN_REGISTER_FILE "register" /* its name in a bundle */

/* A line of words about the whole, then the areas as a table. */
void frozen_register_write(struct buffer *out, const struct election_register *reg, bool is_durable);

/* A register of areas that know how many units they have, but none of them. NULL when it is no such text. The caller holds
 * the reference. */
struct election_register *frozen_register_read(struct slice text, bool *ret_is_durable);

#endif
