/* Puts a register whose rows stand in the order of their files into its own order. */
#ifndef TURNOUT_REGISTER_ARRANGE_H
#define TURNOUT_REGISTER_ARRANGE_H

#include <turnout/election/register.h>

/* `reg` is sound: one nation, every parent and commune resolved to its row. Sorts areas and units, renumbers
 * everything that refers to them, and sums up. */
void register_arrange(struct election_register *reg);

#endif
