/* Keys for every unit of a register, the same whenever they are asked for: a load program signs with what another has
 * written into the election's keys.csv. They keep nothing secret. */
#ifndef TURNOUT_BENCH_KEYS_H
#define TURNOUT_BENCH_KEYS_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>

struct bench_keys;

/* Borrows the register until freed. */
struct bench_keys *bench_keys_new(const struct election_register *reg);
void bench_keys_free(struct bench_keys *keys); /* NULL-safe */

/* Fills `key` and `sig`. */
void bench_keys_sign(const struct bench_keys *keys, uint32_t unit, struct report *report);

const unsigned char *bench_keys_public(const struct bench_keys *keys, uint32_t unit); /* PUBLIC_KEY_BYTES */

/* Puts keys.csv into the election's folder. */
enum turnout_error bench_keys_write(const struct bench_keys *keys, const char *folder, struct error *error);

#endif
