/* keys.csv in an election's folder: `key,area,public_key,from,until,revoked`. `key` is an id, `area` the code of the
 * unit or area that signs with it, `public_key` 43 characters of base64url; the other three are RFC 3339 times or
 * empty. */
#ifndef TURNOUT_STORE_ELECTION_KEYS_H
#define TURNOUT_STORE_ELECTION_KEYS_H

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>

#define ELECTION_KEYS_FILE "keys.csv"

/* TURNOUT_BAD_INPUT after all faults were passed to `on_fault`, with the line (0: none to blame); the error then says
 * how many. A folder without keys.csv is valid, with an empty set. The caller releases *ret_keys. */
enum turnout_error election_keys_read(const char *folder, const struct election_register *reg,
                                      fault_fn *on_fault, void *context, struct signing_keys **ret_keys,
                                      struct error *error);

#endif
