/* A committee over a fixture's store, to whom no key and no token is good: for what it reads, not for who may. */
#ifndef TURNOUT_TESTS_STRANGERS_COMMITTEE_H
#define TURNOUT_TESTS_STRANGERS_COMMITTEE_H

#include <string.h>

#include <check.h>

#include <turnout/service/committee.h>

#include "store_fixture.h"
#include "told_faults.h"

/* The caller frees it before the store. */
static inline struct committee *strangers_committee_new(struct store_fixture *store)
{
    static const unsigned char secret[TOKEN_SECRET_BYTES];
    struct signing_keys_builder *builder = signing_keys_builder_new(store->reg, refuse_fault, NULL);
    struct signing_keys *none = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    struct tokens *no_tokens = NULL;
    char header[] = "id,label,role,area,made,expires,revoked\n";
    ck_assert_int_eq(tokens_parse(header, strlen(header), refuse_fault, NULL, &no_tokens, NULL), TURNOUT_OK);
    struct committee *committee = committee_new(&(struct committee_options){.election = &store->election,
                                                                            .reg = store->reg,
                                                                            .store = store->store,
                                                                            .secret = secret,
                                                                            .keys = none,
                                                                            .tokens = no_tokens});
    signing_keys_release(none);
    tokens_release(no_tokens);
    return committee;
}

#endif
