/* The keys that reports are signed with (DESIGN section 6). A key belongs to a unit, or to an area whose office sends
 * for its units. Built once from the rows of keys.csv, then immutable and shared by reference: a newer set can
 * replace it while the old one is in use. */
#ifndef TURNOUT_ELECTION_KEYS_H
#define TURNOUT_ELECTION_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>

enum { PUBLIC_KEY_BYTES = 32 }; /* Ed25519 */

struct signing_key {
    char id[KEY_BYTES_MAX + 1];
    char code[AREA_CODE_BYTES]; /* of the unit or area that owns it; valid in every register */
    /* Indices in the register that the keys were read for. A server's register in force may be another: it looks up
     * the code. One is REGISTER_NONE; both are where a revoked key's owner was withdrawn. */
    uint32_t unit;
    uint32_t area;
    unsigned char public_key[PUBLIC_KEY_BYTES];
    int64_t from;    /* Unix seconds; valid from then on; 0: no start */
    int64_t until;   /* no longer valid from then on; 0: no end */
    int64_t revoked; /* no longer valid from then on; 0: not revoked */
};

struct signing_keys;

struct signing_keys_builder;

/* `on_fault` as for the register builder; the file is "keys.csv". */
struct signing_keys_builder *signing_keys_builder_new(const struct election_register *reg, fault_fn *on_fault,
                                                      void *context);
void signing_keys_builder_free(struct signing_keys_builder *builder); /* NULL-safe */

/* Adds a row of keys.csv. `area` is the code of a unit, commune, province or the nation; `public_key` was decoded by
 * the caller (43 characters of base64url in the file); from, until and revoked are Unix seconds, 0 when empty. */
void signing_keys_builder_add(struct signing_keys_builder *builder, uint32_t line, struct slice id,
                              struct slice area, const unsigned char public_key[PUBLIC_KEY_BYTES],
                              int64_t from, int64_t until, int64_t revoked);

/* NULL after any fault; all faults have been reported then. The caller holds the first reference. */
struct signing_keys *signing_keys_builder_finish(struct signing_keys_builder *builder);

/* Thread-safe. */
void signing_keys_acquire(struct signing_keys *keys);
void signing_keys_release(struct signing_keys *keys); /* NULL-safe */

size_t signing_keys_count(const struct signing_keys *keys);

/* The key at this index, from 0, in the order of adding. Borrowed while a reference is held. */
const struct signing_key *signing_keys_at(const struct signing_keys *keys, size_t place);

/* NULL when there is none. Borrowed while a reference is held. Constant time on average. */
const struct signing_key *signing_keys_find(const struct signing_keys *keys, const char *id);

/* Whether the key may sign for a unit: it is the unit's own key, or that of an area that contains the unit. */
bool signing_key_covers(const struct signing_key *key, const struct election_register *reg, uint32_t unit);

/* Whether the key is valid at `now` (Unix seconds). When not, *ret_why says why. */
bool signing_key_is_good_at(const struct signing_key *key, int64_t now, const char **ret_why);

#endif
