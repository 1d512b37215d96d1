/* One entry a unit. The public key is stored next to the seed, so that a signature costs one curve multiplication,
 * not two. */
#include "keys/unit_keys.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "keys/key_pem.h"
#include "keys/keys_table.h"

struct unit_key {
    char id[KEY_BYTES_MAX + 1];             /* empty: the unit has no key */
    unsigned char pair[SIGNING_PAIR_BYTES]; /* the seed, then the public key */
};

struct unit_keys {
    const struct election_register *reg; /* borrowed */
    struct unit_key *keys;               /* [unit] */
};

static const char file_end[] = ".pem";

static struct unit_keys *new_keys(const struct election_register *reg)
{
    struct unit_keys *keys = memory_new(sizeof *keys);
    keys->reg = reg;
    keys->keys = memory_new_array(reg->unit_count, sizeof *keys->keys);
    return keys;
}

void unit_keys_free(struct unit_keys *keys)
{
    if (keys != NULL) {
        sodium_memzero(keys->keys, keys->reg->unit_count * sizeof *keys->keys);
        free(keys->keys);
        free(keys);
    }
}

static const unsigned char *public_key_of(const struct unit_key *key)
{
    return key->pair + SIGNING_SEED_BYTES;
}

static void set_key(struct unit_key *key, const char *id, const unsigned char seed[SIGNING_SEED_BYTES])
{
    unsigned char public_key[PUBLIC_KEY_BYTES];
    bool fits = slice_copy(slice_of(id), key->id, sizeof key->id);
    int failed = crypto_sign_seed_keypair(public_key, key->pair, seed);
    assert(fits && failed == 0);
}

struct unit_keys *unit_keys_draw(const struct election_register *reg)
{
    struct unit_keys *keys = new_keys(reg);
    unsigned char seed[SIGNING_SEED_BYTES];
    char id[KEY_BYTES_MAX + 1];
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        (void)snprintf(id, sizeof id, "%s.1", reg->units[unit].code);
        randombytes_buf(seed, sizeof seed);
        set_key(&keys->keys[unit], id, seed);
    }
    sodium_memzero(seed, sizeof seed);
    return keys;
}

/* The known key of a file with this name; NULL when it is of no known key, or of one that a unit cannot sign with
 * now. */
static const struct signing_key *find_key(const struct signing_keys *known, const char *name, int64_t now)
{
    char id[KEY_BYTES_MAX + 1];
    const char *why;
    size_t length = strlen(name);
    size_t end = strlen(file_end);
    if (length <= end || strcmp(name + length - end, file_end) != 0 ||
        !slice_copy((struct slice){name, length - end}, id, sizeof id)) {
        return NULL;
    }
    const struct signing_key *key = signing_keys_find(known, id);
    return key != NULL && key->unit != REGISTER_NONE && signing_key_is_good_at(key, now, &why) ? key : NULL;
}

static enum turnout_error read_key(struct unit_keys *keys, const char *folder, const char *name,
                                   const struct signing_key *known, struct error *error)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    struct error cause;
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", folder, name);
    struct unit_key *key = &keys->keys[known->unit];
    enum turnout_error failed = key_pem_read(path.bytes, seed, &cause);
    if (failed != TURNOUT_OK) {
        failed = error_fail(error, failed, "keys", "%s %s", path.bytes, cause.text);
    } else {
        set_key(key, known->id, seed);
        sodium_memzero(seed, sizeof seed);
        if (memcmp(public_key_of(key), known->public_key, PUBLIC_KEY_BYTES) != 0) {
            failed = error_fail(error, TURNOUT_CONFLICT, "keys",
                                "%s is not the private key of %s in keys.csv", path.bytes, known->id);
        }
    }
    buffer_done(&path);
    return failed;
}

static enum turnout_error read_folder(struct unit_keys *keys, const char *path,
                                      const struct signing_keys *known, int64_t now, struct error *error)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return error_fail_system(error, errno, "keys", "%s cannot be opened", path);
    }
    enum turnout_error failed = TURNOUT_OK;
    errno = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && failed == TURNOUT_OK;
         entry = readdir(folder)) {
        const struct signing_key *key = find_key(known, entry->d_name, now);
        if (key != NULL) {
            failed = read_key(keys, path, entry->d_name, key, error);
        }
        errno = 0;
    }
    if (failed == TURNOUT_OK && errno != 0) {
        failed = error_fail_system(error, errno, "keys", "%s cannot be read", path);
    }
    (void)closedir(folder);
    return failed;
}

enum turnout_error unit_keys_read(const char *folder, const struct election_register *reg,
                                  const struct signing_keys *known, int64_t now, struct unit_keys **ret_keys,
                                  struct error *error)
{
    struct unit_keys *keys = new_keys(reg);
    enum turnout_error failed = read_folder(keys, folder, known, now, error);
    if (failed != TURNOUT_OK) {
        unit_keys_free(keys);
        return failed;
    }
    *ret_keys = keys;
    return TURNOUT_OK;
}

bool unit_keys_has(const struct unit_keys *keys, uint32_t unit)
{
    return keys->keys[unit].id[0] != '\0';
}

void unit_keys_write(const struct unit_keys *keys, struct keys_table *table)
{
    for (uint32_t unit = 0; unit < keys->reg->unit_count; unit++) {
        const struct unit_key *key = &keys->keys[unit];
        if (unit_keys_has(keys, unit)) {
            keys_table_add(table, key->id, keys->reg->units[unit].code, public_key_of(key), "", "");
        }
    }
}

void unit_keys_sign(const struct unit_keys *keys, uint32_t unit, struct report *report)
{
    assert(unit_keys_has(keys, unit));
    (void)slice_copy(slice_of(keys->keys[unit].id), report->key, sizeof report->key);
    report_sign_with_pair(report, keys->keys[unit].pair);
}
