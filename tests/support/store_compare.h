/* Whether a store on a real Redis holds what the in-memory store does. */
#ifndef TURNOUT_TESTS_STORE_COMPARE_H
#define TURNOUT_TESTS_STORE_COMPARE_H

#include "memory_store.h"
#include "store_fixture.h"

/* Fails the test where a unit, a total, a held report or the chain of a commune's log differs. */
void store_compare(struct store_fixture *store, const struct memory_store *oracle);

#endif
