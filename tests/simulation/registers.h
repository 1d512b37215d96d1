/* The registers that the election has in turn: all of the same areas; `scene.reg` has every unit that any of them has,
 * and everything that is no message to a server counts units by it. */
#ifndef TURNOUT_SIMULATION_REGISTERS_H
#define TURNOUT_SIMULATION_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/register.h>

enum { REGISTERS = 2, REGISTER_HEX_BYTES = 2 * REGISTER_DIGEST_BYTES + 1, REGISTER_UNKNOWN = REGISTERS };

/* Draws them: units of scene.reg that are in one only, and rolls that differ. */
void registers_begin(void);
void registers_end(void);

struct election_register *registers_at(uint32_t number);
const char *registers_hex(uint32_t number);

/* The number of the one with this digest, in hex digits; REGISTER_UNKNOWN. */
uint32_t registers_find(struct slice hex);

/* Whether it is in one only, or has another roll in each. */
bool registers_differ_in(uint32_t unit);

/* The unit's index there; REGISTER_NONE. Its roll there; 0 where it is not. */
uint32_t registers_unit_in(uint32_t number, uint32_t unit);
int32_t registers_roll(uint32_t number, uint32_t unit);

#endif
