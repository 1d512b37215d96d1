/* Keys, and the record by which transactions are undone. */
#include "model_data.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { KEYS_MAX = 64 };

/* One thing that a transaction did: a field was changed, or an entry added. */
struct undo {
    uint64_t transaction;
    struct model_key *key;
    char *field; /* NULL: an entry was added */
    bool was_there;
    struct slice before;
};

static struct {
    struct model_key keys[KEYS_MAX];
    size_t key_count;
    struct undo *undos;
    size_t undo_count, undo_capacity;
    uint64_t executed, written, synced;
    uint64_t last_id;
} data;

static struct slice copy_of(struct slice slice)
{
    char *bytes = memory_new(slice.length + 1);
    memcpy(bytes, slice.bytes, slice.length);
    return (struct slice){bytes, slice.length};
}

static void release(struct slice slice)
{
    free((void *)(uintptr_t)slice.bytes);
}

/* ---- keys ---- */

struct model_key *model_key_of(struct slice name)
{
    for (size_t i = 0; i < data.key_count; i++) {
        if (slice_equals(name, data.keys[i].name)) {
            return &data.keys[i];
        }
    }
    assert(data.key_count < KEYS_MAX);
    struct model_key *key = &data.keys[data.key_count++];
    bool fits = slice_copy(name, key->name, sizeof key->name);
    assert(fits);
    return key;
}

void model_each_key(model_key_fn *on_key)
{
    for (size_t i = 0; i < data.key_count; i++) {
        on_key(&data.keys[i]);
    }
}

bool model_exists(const struct model_key *key)
{
    return key->field_count > 0 || key->entry_count > 0;
}

static struct model_field *find(const struct model_key *key, struct slice field)
{
    for (size_t i = 0; i < key->field_count; i++) {
        if (slice_equals(field, key->fields[i].name)) {
            return &key->fields[i];
        }
    }
    return NULL;
}

const struct slice *model_get(const struct model_key *key, struct slice field)
{
    const struct model_field *found = find(key, field);
    return found == NULL ? NULL : &found->value;
}

const struct slice *model_get_text(const struct model_key *key, const char *field)
{
    return model_get(key, slice_of(field));
}

/* ---- changing without a record ---- */

static void put(struct model_key *key, struct slice field, struct slice value)
{
    struct model_field *found = find(key, field);
    if (found != NULL) {
        release(found->value);
        found->value = copy_of(value);
        return;
    }
    if (key->field_count == key->field_capacity) {
        key->field_capacity = key->field_capacity == 0 ? 8 : 2 * key->field_capacity;
        key->fields = memory_resize(key->fields, key->field_capacity, sizeof *key->fields);
    }
    key->fields[key->field_count++] =
        (struct model_field){.name = (char *)(uintptr_t)copy_of(field).bytes, .value = copy_of(value)};
}

static void take_out(struct model_key *key, struct model_field *field)
{
    free(field->name);
    release(field->value);
    *field = key->fields[--key->field_count];
}

static void drop_entry(struct model_key *key)
{
    struct model_entry *last = &key->entries[--key->entry_count];
    release(last->commune);
    release(last->lines);
}

static void forget_undo(struct undo *undo)
{
    free(undo->field);
    release(undo->before);
}

/* ---- transactions ---- */

uint64_t model_executed(void)
{
    return data.executed;
}

uint64_t model_written(void)
{
    return data.written;
}

uint64_t model_synced(void)
{
    return data.synced;
}

void model_begin_transaction(void)
{
    data.executed++;
}

void model_write_out(void)
{
    data.written = data.executed;
}

/* What is on the disk is never undone. */
void model_sync(void)
{
    data.synced = data.written;
    size_t kept = 0;
    for (size_t i = 0; i < data.undo_count; i++) {
        if (data.undos[i].transaction <= data.synced) {
            forget_undo(&data.undos[i]);
        } else {
            data.undos[kept++] = data.undos[i];
        }
    }
    data.undo_count = kept;
}

void model_go_back_to(uint64_t transaction)
{
    assert(transaction >= data.synced && transaction <= data.executed);
    while (data.undo_count > 0 && data.undos[data.undo_count - 1].transaction > transaction) {
        struct undo *undo = &data.undos[--data.undo_count];
        if (undo->field == NULL) {
            drop_entry(undo->key);
        } else if (undo->was_there) {
            put(undo->key, slice_of(undo->field), undo->before);
        } else {
            take_out(undo->key, find(undo->key, slice_of(undo->field)));
        }
        forget_undo(undo);
    }
    data.executed = transaction;
    data.written = transaction;
}

void model_lose_power_at(uint64_t transaction)
{
    model_go_back_to(transaction);
    model_sync();
}

static struct undo *record(struct model_key *key)
{
    if (data.undo_count == data.undo_capacity) {
        data.undo_capacity = data.undo_capacity == 0 ? 256 : 2 * data.undo_capacity;
        data.undos = memory_resize(data.undos, data.undo_capacity, sizeof *data.undos);
    }
    struct undo *undo = &data.undos[data.undo_count++];
    *undo = (struct undo){.transaction = data.executed, .key = key};
    return undo;
}

static void record_field(struct model_key *key, struct slice field)
{
    const struct slice *before = model_get(key, field);
    struct undo *undo = record(key);
    undo->field = (char *)(uintptr_t)copy_of(field).bytes;
    undo->was_there = before != NULL;
    undo->before = before != NULL ? copy_of(*before) : (struct slice){NULL, 0};
}

void model_set(struct model_key *key, struct slice field, struct slice value)
{
    record_field(key, field);
    put(key, field, value);
}

void model_set_text(struct model_key *key, const char *field, const char *value)
{
    model_set(key, slice_of(field), slice_of(value));
}

void model_delete(struct model_key *key, struct slice field)
{
    struct model_field *found = find(key, field);
    if (found != NULL) {
        record_field(key, field);
        take_out(key, found);
    }
}

uint64_t model_add(struct model_key *key, struct slice commune, uint64_t previous, struct slice lines,
                   const struct model_ground *ground)
{
    (void)record(key);
    if (key->entry_count == key->entry_capacity) {
        key->entry_capacity = key->entry_capacity == 0 ? 64 : 2 * key->entry_capacity;
        key->entries = memory_resize(key->entries, key->entry_capacity, sizeof *key->entries);
    }
    key->entries[key->entry_count++] =
        (struct model_entry){.id = ++data.last_id,
                             .transaction = data.executed,
                             .commune = copy_of(commune),
                             .previous = previous,
                             .lines = copy_of(lines),
                             .ground = ground == NULL ? (struct model_ground){0} : *ground};
    return data.last_id;
}

/* ---- life ---- */

void model_data_begin(void)
{
    memset(&data, 0, sizeof data);
}

void model_data_clear(void)
{
    for (size_t i = 0; i < data.key_count; i++) {
        struct model_key *key = &data.keys[i];
        while (key->field_count > 0) {
            take_out(key, &key->fields[0]);
        }
        while (key->entry_count > 0) {
            drop_entry(key);
        }
    }
    data.written = data.executed;
    model_sync();
}

void model_data_end(void)
{
    model_data_clear();
    for (size_t i = 0; i < data.key_count; i++) {
        free(data.keys[i].fields);
        free(data.keys[i].entries);
    }
    free(data.undos);
}
