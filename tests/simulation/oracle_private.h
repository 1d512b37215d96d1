/* What the oracle knows, for its parts: oracle.c reads the log, oracle_compare.c compares, oracle_records.c tells of
 * reports. */
#ifndef TURNOUT_SIMULATION_ORACLE_PRIVATE_H
#define TURNOUT_SIMULATION_ORACLE_PRIVATE_H

#include <turnout/base/buffer.h>
#include <turnout/store/load.h>

#include "model_data.h"
#include "oracle.h"
#include "redis_keys.h"

/* What stands of a held report while it waits. */
struct oracle_kept {
    struct slice line; /* of the model's log; borrowed */
    int64_t order;
};

struct oracle_unit {
    struct unit_state state;
    struct oracle_record *records;
    size_t record_count, record_capacity;
    struct held_report *held;
    struct oracle_kept *held_kept; /* of held[i] at held_kept[i] */
    size_t held_count, held_capacity;
    struct voided_report *counted; /* that were never held, since the last void; the oldest first */
    size_t counted_count, counted_capacity;
    struct unit_rounds rounds; /* in which it counts */
    int64_t voided_us;         /* -1: never */
    int64_t empty_until_us;    /* nothing counted or waited until then */
};

struct oracle_commune {
    struct store_commune known;
    uint64_t last_id;
    bool is_touched;
};

struct oracle_province {
    struct model_key *keys[PROVINCE_KEY_COUNT];
    size_t entries_read;
    size_t ledger_count;
    size_t flagged_count;
    uint32_t reg; /* the number of its register */
    bool is_closed;
    int64_t closed_us; /* was closed until then; -1: never */
};

struct oracle {
    struct oracle_unit *units;
    struct oracle_commune *communes;   /* by area */
    struct oracle_province *provinces; /* by area */
    const struct model_key *meta;
};

extern struct oracle oracle;

/* Its reports that are held, and whether none of it counts or waits. */
size_t oracle_count_waiting(const struct oracle_unit *known);
bool oracle_is_empty(const struct oracle_unit *known);

/* Compares a commune, and its units, with the model. */
void oracle_compare_commune(uint32_t commune);

/* Compares a province with the sum of its communes. */
void oracle_compare_province(uint32_t province);

#endif
