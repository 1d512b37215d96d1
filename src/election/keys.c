/* The signing keys of an election: rows first, in the order of the file, then a hash table over their ids, made once
 * the number of rows is known. Which bytes make a key is none of its business, nor how they are verified. */
#include <turnout/election/keys.h>

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

static const char keys_file[] = "keys.csv";

enum { ROWS_AT_FIRST = 64, SLOTS_MIN = 2 };

#define SLOT_EMPTY UINT32_MAX

struct signing_keys {
    _Atomic uint32_t references;
    struct signing_key *keys;
    uint32_t count;
    uint32_t *slots;     /* indices into `keys`; linear probing, at most half full */
    uint32_t slot_count; /* a power of two */
};

struct signing_keys_builder {
    const struct election_register *reg;
    struct faults faults;
    struct signing_keys *keys; /* NULL when finished */
    uint32_t *lines;           /* of each key */
    uint32_t capacity;
};

/* ---- looking up ---- */

/* The slot that holds this id, or the empty one where it belongs. */
static uint32_t *slot_of(const struct signing_keys *keys, struct slice id)
{
    uint32_t mask = keys->slot_count - 1;
    uint32_t at = slice_hash(id) & mask;
    while (keys->slots[at] != SLOT_EMPTY && !slice_equals(id, keys->keys[keys->slots[at]].id)) {
        at = (at + 1) & mask;
    }
    return &keys->slots[at];
}

size_t signing_keys_count(const struct signing_keys *keys)
{
    return keys->count;
}

const struct signing_key *signing_keys_at(const struct signing_keys *keys, size_t place)
{
    assert(place < keys->count);
    return &keys->keys[place];
}

const struct signing_key *signing_keys_find(const struct signing_keys *keys, const char *id)
{
    uint32_t found = *slot_of(keys, slice_of(id));
    return found == SLOT_EMPTY ? NULL : &keys->keys[found];
}

bool signing_key_covers(const struct signing_key *key, const struct election_register *reg, uint32_t unit)
{
    uint32_t commune = reg->units[unit].commune;
    return strcmp(key->code, reg->units[unit].code) == 0 ||
           strcmp(key->code, reg->areas[commune].code) == 0 ||
           strcmp(key->code, reg->areas[register_province_of(reg, commune)].code) == 0 ||
           strcmp(key->code, reg->areas[REGISTER_NATION].code) == 0;
}

bool signing_key_is_good_at(const struct signing_key *key, int64_t now, const char **ret_why)
{
    if (key->revoked != 0 && now >= key->revoked) {
        *ret_why = "has been revoked";
    } else if (now < key->from) {
        *ret_why = "is not valid yet";
    } else if (key->until != 0 && now >= key->until) {
        *ret_why = "has expired";
    } else {
        return true;
    }
    return false;
}

/* ---- life ---- */

void signing_keys_acquire(struct signing_keys *keys)
{
    atomic_fetch_add_explicit(&keys->references, 1, memory_order_relaxed);
}

void signing_keys_release(struct signing_keys *keys)
{
    if (keys == NULL || atomic_fetch_sub_explicit(&keys->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    free(keys->keys);
    free(keys->slots);
    free(keys);
}

/* ---- building ---- */

struct signing_keys_builder *signing_keys_builder_new(const struct election_register *reg, fault_fn *on_fault,
                                                      void *context)
{
    struct signing_keys_builder *builder = memory_new(sizeof *builder);
    builder->reg = reg;
    builder->faults = (struct faults){.on_fault = on_fault, .context = context};
    builder->keys = memory_new(sizeof *builder->keys);
    atomic_init(&builder->keys->references, 1);
    return builder;
}

void signing_keys_builder_free(struct signing_keys_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    signing_keys_release(builder->keys);
    free(builder->lines);
    free(builder);
}

static bool check_id(struct signing_keys_builder *builder, uint32_t line, struct slice id)
{
    char shown[TEXT_SHOWN_BYTES];
    if (text_is_key_id(id)) {
        return true;
    }
    faults_add(&builder->faults, keys_file, line, "key",
               "\"%s\" is not the id of a key; write 1 to %d of A-Z a-z 0-9 . _ - and nothing else",
               text_show(id, shown), KEY_BYTES_MAX);
    return false;
}

static void find_area(struct signing_keys_builder *builder, uint32_t line, struct slice code,
                      struct signing_key *key)
{
    key->unit = register_find_unit(builder->reg, code);
    key->area = register_find_area(builder->reg, code);
    bool is_known = key->unit != REGISTER_NONE || key->area != REGISTER_NONE;
    char shown[TEXT_SHOWN_BYTES];
    if (code.length == 0 || !slice_copy(code, key->code, sizeof key->code)) {
        faults_add(&builder->faults, keys_file, line, "area",
                   "no unit and no area has the code \"%s\"; write the code of the one that signs",
                   text_show(code, shown));
    } else if (!is_known &&
               key->revoked == 0) { /* its unit may have been withdrawn while the election is open */
        faults_warn(&builder->faults, keys_file, line, "area",
                    "no unit and no area has the code \"%s\", so the key signs for nobody; mend the code, or "
                    "revoke the key",
                    text_show(code, shown));
    }
}

static void reserve(struct signing_keys_builder *builder)
{
    struct signing_keys *keys = builder->keys;
    if (keys->count == builder->capacity) {
        builder->capacity = builder->capacity == 0 ? ROWS_AT_FIRST : builder->capacity * 2;
        keys->keys = memory_resize(keys->keys, builder->capacity, sizeof *keys->keys);
        builder->lines = memory_resize(builder->lines, builder->capacity, sizeof *builder->lines);
    }
}

void signing_keys_builder_add(struct signing_keys_builder *builder, uint32_t line, struct slice id,
                              struct slice area, const unsigned char public_key[PUBLIC_KEY_BYTES],
                              int64_t from, int64_t until, int64_t revoked)
{
    struct signing_keys *keys = builder->keys;
    assert(keys != NULL);
    struct signing_key key = {.from = from, .until = until, .revoked = revoked};
    memcpy(key.public_key, public_key, sizeof key.public_key);
    find_area(builder, line, area, &key);
    if (until != 0 && until <= from) {
        faults_add(&builder->faults, keys_file, line, "until",
                   "the key expires before it is valid; write a time after `from`");
    }
    if (!check_id(builder, line, id)) {
        return;
    }
    bool fits = slice_copy(id, key.id, sizeof key.id);
    assert(fits);
    reserve(builder);
    builder->lines[keys->count] = line;
    keys->keys[keys->count++] = key;
    if (keys->count == KEYS_MAX + 1) {
        faults_add(&builder->faults, keys_file, line, "",
                   "more than %d keys; take out those that have expired", KEYS_MAX);
    }
}

/* Fills the table, and tells of every id that is there twice. */
static void build_index(struct signing_keys_builder *builder)
{
    struct signing_keys *keys = builder->keys;
    keys->slot_count = SLOTS_MIN;
    while (keys->slot_count / 2 < keys->count) {
        keys->slot_count *= 2;
    }
    keys->slots = memory_new_array(keys->slot_count, sizeof *keys->slots);
    memset(keys->slots, 0xff, keys->slot_count * sizeof *keys->slots); /* SLOT_EMPTY everywhere */
    for (uint32_t i = 0; i < keys->count; i++) {
        uint32_t *slot = slot_of(keys, slice_of(keys->keys[i].id));
        if (*slot == SLOT_EMPTY) {
            *slot = i;
        } else {
            faults_add(&builder->faults, keys_file, builder->lines[i], "key",
                       "%s stands in line %" PRIu32 " already; give every key an id of its own",
                       keys->keys[i].id, builder->lines[*slot]);
        }
    }
}

struct signing_keys *signing_keys_builder_finish(struct signing_keys_builder *builder)
{
    assert(builder->keys != NULL);
    build_index(builder);
    struct signing_keys *keys = builder->keys;
    builder->keys = NULL;
    if (builder->faults.count > 0) {
        signing_keys_release(keys);
        return NULL;
    }
    return keys;
}
