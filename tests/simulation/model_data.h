/* What the model of Redis holds, and how far of it is on the disk. Hashes and sorted sets are fields with values,
 * streams are entries. Everything that runs is a transaction with a number; three numbers say how far they have come:
 *
 *   executed   in memory: what everybody who asks is shown
 *   written    given to the system: survives the end of the process
 *   synced     on the disk: survives the loss of power
 *
 * synced <= written <= executed, except within a call. Going back undoes transactions, the latest first. */
#ifndef TURNOUT_SIMULATION_MODEL_DATA_H
#define TURNOUT_SIMULATION_MODEL_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <turnout/base/text.h>
#include <turnout/election/phase.h>

enum { MODEL_KEY_BYTES = 96 };

struct model_field {
    char *name;
    struct slice value; /* owned */
};

/* What stood of the province when an entry was added. */
struct model_ground {
    enum election_phase phase;
    uint32_t reg; /* the number of its register (registers.h) */
};

/* What was added to a stream. */
struct model_entry {
    uint64_t id;
    uint64_t transaction;
    struct slice commune;       /* owned; empty in a ledger */
    uint64_t previous;          /* 0: none */
    struct slice lines;         /* owned */
    struct model_ground ground; /* not seen by anybody who asks Redis */
};

struct model_key {
    char name[MODEL_KEY_BYTES];
    struct model_field *fields;
    size_t field_count, field_capacity;
    struct model_entry *entries;
    size_t entry_count, entry_capacity;
};

void model_data_begin(void);
void model_data_end(void);
void model_data_clear(void); /* nothing is there, and that is on the disk */

uint64_t model_executed(void);
uint64_t model_written(void);
uint64_t model_synced(void);

void model_begin_transaction(void);
void model_write_out(void);
void model_sync(void);
void model_go_back_to(uint64_t transaction);
void model_lose_power_at(uint64_t transaction); /* the same; what is left was on the disk */

/* Made when it is asked for first; an empty one is one that does not exist. */
struct model_key *model_key_of(struct slice name);
bool model_exists(const struct model_key *key);

typedef void model_key_fn(const struct model_key *key);
void model_each_key(model_key_fn *on_key);

/* NULL when there is none. */
const struct slice *model_get(const struct model_key *key, struct slice field);
const struct slice *model_get_text(const struct model_key *key, const char *field);

/* Within a transaction. */
void model_set(struct model_key *key, struct slice field, struct slice value);
void model_set_text(struct model_key *key, const char *field, const char *value);
void model_delete(struct model_key *key, struct slice field);
uint64_t model_add(struct model_key *key, struct slice commune, uint64_t previous, struct slice lines,
                   const struct model_ground *ground); /* NULL: of no province */

/* Byte for byte. */
static inline bool model_is_same(struct slice a, struct slice b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

#endif
