/* The oracle of the store tests: the same promises as store.h kept by plain C in one thread's memory, with
 * rules_decide() for the decisions. Never used by the server. */
#ifndef TURNOUT_STORE_MEMORY_STORE_H
#define TURNOUT_STORE_MEMORY_STORE_H

#include <turnout/store/store.h>

struct memory_store;

/* Borrows the register until freed. */
struct memory_store *memory_store_new(const struct election_register *reg);
void memory_store_free(struct memory_store *store); /* NULL-safe */

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct store_result *ret_result);

/* Borrowed until the next apply. `area` is a province or commune. */
const struct totals *memory_store_totals(const struct memory_store *store, uint32_t area);
const struct unit_state *memory_store_unit(const struct memory_store *store, uint32_t unit);

#endif
