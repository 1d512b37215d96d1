/* Private keys of many units, for programs that play all units: the demo, which makes its own, and the simulation,
 * which reads a folder. In memory only, and wiped at the end. */
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

/* Makes a key for every unit of the register, with the id `<unit>.1`. Borrows the register until freed. */
struct unit_keys *unit_keys_draw(const struct election_register *reg);

/* Reads the units' keys from the files `<key>.pem` of a folder: those that are in `known` and valid at `now`; one for
 * each unit. Fails when such a file is not a private key, or not the one of that id in `known`. Other files are
 * ignored. Borrows the register until freed. */
enum turnout_error unit_keys_read(const char *folder, const struct election_register *reg,
                                  const struct signing_keys *known, int64_t now, struct unit_keys **ret_keys,
                                  struct error *error);

void unit_keys_free(struct unit_keys *keys); /* NULL-safe */

bool unit_keys_has(const struct unit_keys *keys, uint32_t unit);

/* Adds a row for every key. */
void unit_keys_write(const struct unit_keys *keys, struct keys_table *table);

/* Signs with the unit's key, which must exist: fills `key` and `sig`. */
void unit_keys_sign(const struct unit_keys *keys, uint32_t unit, struct report *report);

#endif
