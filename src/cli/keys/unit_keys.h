/* Private keys of many units at once, for programs that play all of them: the demo, which draws its own, and the
 * simulation, which is given a folder. In memory only, and wiped in the end. */
#ifndef TURNOUT_UNIT_KEYS_H
#define TURNOUT_UNIT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>

struct keys_table;
struct unit_keys;

/* A fresh key for every unit of the register, with the id `<unit>.1`. Borrows the register until freed. */
struct unit_keys *unit_keys_draw(const struct election_register *reg);

/* The units' keys among the files `<key>.pem` of a folder: those that `known` has and that are good at `now`; a unit
 * with several gets one of them. Fails when a file is no private key, or not the one that `known` has by that id;
 * files of other names, and of keys that are not known, are passed over. Borrows the register until freed. */
enum turnout_error unit_keys_read(const char *folder, const struct election_register *reg,
                                  const struct signing_keys *known, int64_t now, struct unit_keys **ret_keys,
                                  struct error *error);

void unit_keys_free(struct unit_keys *keys); /* NULL-safe */

bool unit_keys_has(const struct unit_keys *keys, uint32_t unit);

/* Adds a row for every key. */
void unit_keys_write(const struct unit_keys *keys, struct keys_table *table);

/* Signs with the unit's key, which must be there: fills `key` and `sig`. */
void unit_keys_sign(const struct unit_keys *keys, uint32_t unit, struct report *report);

#endif
