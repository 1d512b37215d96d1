/* A committee over a fixture's store, whom nobody can ask by a key or a token: for what it reads, not for who may. */
#ifndef TURNOUT_TESTS_STRANGERS_COMMITTEE_H
#define TURNOUT_TESTS_STRANGERS_COMMITTEE_H

#include <turnout/service/committee.h>

#include "store_fixture.h"

/* The caller frees it before the store. */
static inline struct committee *strangers_committee_new(struct store_fixture *store)
{
    return committee_new(
        &(struct committee_options){.election = &store->election, .reg = store->reg, .store = store->store});
}

#endif
