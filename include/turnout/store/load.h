/* Loads a commune: its totals, its units, and their held reports. */
#ifndef TURNOUT_STORE_LOAD_H
#define TURNOUT_STORE_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/held.h>
#include <turnout/election/rules.h>
#include <turnout/store/store.h>

/* A report that was held, waiting or decided. */
struct store_held {
    uint32_t unit; /* index in the register */
    struct held_report report;
};

struct store_loaded {
    struct store_ground ground;
    struct store_commune commune;
    const struct unit_state *units; /* one a unit of the commune, in the register's order; silent ones too */
    const struct store_held *held;  /* grouped by unit, in the register's order */
    size_t held_count;
};

/* `loaded` is NULL unless TURNOUT_OK, and borrowed for the call. TURNOUT_BAD_INPUT: Redis holds invalid data. */
typedef void store_loaded_fn(void *context, enum turnout_error error, const char *why,
                             const struct store_loaded *loaded);

/* `on_loaded` is called exactly once, never before this returns. */
void store_load(struct store *store, uint32_t commune, store_loaded_fn *on_loaded, void *context);

#endif
