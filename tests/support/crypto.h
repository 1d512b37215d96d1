/* The start of libsodium, for the tests that sign or draw keys: SHARED_FIXTURE(crypto_start, NULL). Only a header,
 * because a test of a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_CRYPTO_H
#define TURNOUT_TESTS_CRYPTO_H

#include <check.h>
#include <sodium.h>

static inline void crypto_start(void)
{
    ck_assert_int_ge(sodium_init(), 0);
}

#endif
