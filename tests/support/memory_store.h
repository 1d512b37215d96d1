/* The oracle of the store tests: what a tally over Redis promises, kept by plain C in one thread's memory, one report
 * at a time. It shares the rules with the server and nothing else. */
#ifndef TURNOUT_TESTS_MEMORY_STORE_H
#define TURNOUT_TESTS_MEMORY_STORE_H

#include <turnout/election/register.h>
#include <turnout/election/rules.h>
#include <turnout/service/message.h>

struct memory_store;

/* A report that was ever held. */
struct memory_held {
    uint32_t unit;
    struct held_report held;
    char flags[RULE_FLAGS_BYTES];
};

/* Borrows both until freed. The election is in rehearsal. */
struct memory_store *memory_store_new(const struct election *election, const struct election_register *reg);
void memory_store_free(struct memory_store *store); /* NULL-safe */

void memory_store_apply(struct memory_store *store, uint32_t unit, const struct report_received *received,
                        struct report_outcome *ret_outcome);

enum decided memory_store_decide(struct memory_store *store, uint32_t unit, int32_t seq, bool release,
                                 enum held_state *ret_state);

/* Borrowed until the next apply. `area` is a province or commune. */
const struct totals *memory_store_totals(const struct memory_store *store, uint32_t area);
const struct unit_state *memory_store_unit(const struct memory_store *store, uint32_t unit);

/* Every report that was ever held, in the order in which they came. Likewise. */
const struct memory_held *memory_store_held(const struct memory_store *store, size_t *ret_count);

#endif
