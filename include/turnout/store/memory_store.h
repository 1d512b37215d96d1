/* The oracle of the store tests: the same promises as store.h kept by plain C in one thread's memory, with
 * rules_decide() for the decisions. Never used by the server. */
#ifndef TURNOUT_STORE_MEMORY_STORE_H
#define TURNOUT_STORE_MEMORY_STORE_H

#include <turnout/store/store.h>

struct memory_store;

/* Borrows both until freed. */
struct memory_store *memory_store_new(const struct election *election, const struct election_register *reg);
void memory_store_free(struct memory_store *store); /* NULL-safe */

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct store_result *ret_result);

/* As store_decide(). */
enum store_decided memory_store_decide(struct memory_store *store, const struct store_decision *decision,
                                       enum held_state *ret_state);

/* Borrowed until the next apply. `area` is a province or commune. */
const struct totals *memory_store_totals(const struct memory_store *store, uint32_t area);
const struct unit_state *memory_store_unit(const struct memory_store *store, uint32_t unit);

/* Every report that was ever held, in the order in which they came. Likewise. */
const struct held_report *memory_store_held(const struct memory_store *store, size_t *ret_count);

#endif
