/* A unit's key is made of its index alone. */
#include "bench_keys.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "keys/keys_table.h"

struct bench_keys {
    const struct election_register *reg;
    unsigned char (*pairs)[SIGNING_PAIR_BYTES]; /* [unit]: the seed, then the public key */
};

struct bench_keys *bench_keys_new(const struct election_register *reg)
{
    struct bench_keys *keys = memory_new(sizeof *keys);
    keys->reg = reg;
    keys->pairs = memory_new_array(reg->unit_count, sizeof keys->pairs[0]);
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        unsigned char seed[SIGNING_SEED_BYTES];
        unsigned char public_key[PUBLIC_KEY_BYTES];
        int failed =
            crypto_generichash(seed, sizeof seed, (const unsigned char *)&unit, sizeof unit, NULL, 0);
        failed |= crypto_sign_seed_keypair(public_key, keys->pairs[unit], seed);
        assert(failed == 0);
    }
    return keys;
}

void bench_keys_free(struct bench_keys *keys)
{
    if (keys != NULL) {
        free(keys->pairs);
        free(keys);
    }
}

static void write_id(const struct bench_keys *keys, uint32_t unit, char ret_id[KEY_BYTES_MAX + 1])
{
    int length = snprintf(ret_id, KEY_BYTES_MAX + 1, "%s.1", keys->reg->units[unit].code);
    assert(length > 0 && length <= KEY_BYTES_MAX);
}

void bench_keys_sign(const struct bench_keys *keys, uint32_t unit, struct report *report)
{
    write_id(keys, unit, report->key);
    report_sign_with_pair(report, keys->pairs[unit]);
}

const unsigned char *bench_keys_public(const struct bench_keys *keys, uint32_t unit)
{
    return keys->pairs[unit] + SIGNING_SEED_BYTES;
}

enum turnout_error bench_keys_write(const struct bench_keys *keys, const char *folder, struct error *error)
{
    struct keys_table table;
    keys_table_init(&table, folder);
    for (uint32_t unit = 0; unit < keys->reg->unit_count; unit++) {
        char id[KEY_BYTES_MAX + 1];
        write_id(keys, unit, id);
        keys_table_add(&table, id, keys->reg->units[unit].code, bench_keys_public(keys, unit), "", "");
    }
    enum turnout_error failed = keys_table_save(&table, error);
    keys_table_close(&table);
    return failed;
}
