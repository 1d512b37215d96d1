/* Read signatures: made, verified, and refused when anything is another. */
#include <turnout/wire/read_signature.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <sodium.h>

#include "suite.h"

static const unsigned char seed[SIGNING_SEED_BYTES] = {7};
static unsigned char public_key[PUBLIC_KEY_BYTES];

static struct read_signature signed_one(void)
{
    struct read_signature signature = {.key = "0101-001.a", .time = 1773561600};
    read_signature_sign(&signature, "small", "0101-001", seed);
    return signature;
}

static void setup(void)
{
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
}

FIXTURE(setup, NULL);

TEST(what_was_signed_is_verified)
{
    struct read_signature signature = signed_one();
    struct read_signature parsed;
    char text[256];
    (void)snprintf(text, sizeof text, "%s.%" PRId64 ".%s", signature.key, signature.time, signature.sig);
    ck_assert(read_signature_parse(slice_of(text), &parsed));
    ck_assert_str_eq(parsed.key, "0101-001.a");
    ck_assert_int_eq(parsed.time, 1773561600);
    ck_assert(read_signature_is_good(&parsed, "small", "0101-001", public_key));
}

TEST(it_is_good_for_one_thing)
{
    struct read_signature signature = signed_one();
    unsigned char other_key[PUBLIC_KEY_BYTES];
    memcpy(other_key, public_key, sizeof other_key);
    other_key[0] ^= 1;
    ck_assert(!read_signature_is_good(&signature, "large", "0101-001", public_key));
    ck_assert(!read_signature_is_good(&signature, "small", "0101-002", public_key));
    ck_assert(!read_signature_is_good(&signature, "small", "0101-001", other_key));
    signature.time++;
    ck_assert(!read_signature_is_good(&signature, "small", "0101-001", public_key));
}

TEST(every_other_character_is_refused)
{
    for (size_t i = 0; i < SIGNATURE_TEXT_BYTES; i++) {
        struct read_signature signature = signed_one();
        signature.sig[i] = signature.sig[i] == 'A' ? 'B' : 'A';
        ck_assert_msg(!read_signature_is_good(&signature, "small", "0101-001", public_key), "%zu", i);
    }
}

TEST(what_is_none_is_not_read)
{
    struct read_signature good = signed_one();
    char sig_cut[SIGNATURE_TEXT_BYTES];
    memcpy(sig_cut, good.sig, sizeof sig_cut);
    sig_cut[SIGNATURE_TEXT_BYTES - 1] = '\0';
    const struct {
        const char *key;
        const char *time;
        const char *sig;
    } cases[] = {
        {"", "1773561600", good.sig},
        {"k", "", good.sig},
        {"k", "-1", good.sig},
        {"k", "1.5", ""},
        {"k", "1e9", good.sig},
        {"k k", "1", good.sig},
        {"k", "1773561600", sig_cut},
        {"k", "1", ""},
        {"k", "99999999999999999999", good.sig},
    };
    struct read_signature parsed;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "%s.%s.%s", cases[i].key, cases[i].time, cases[i].sig);
        ck_assert_msg(!read_signature_parse(slice_of(text), &parsed), "%s", text);
    }
    ck_assert(!read_signature_parse(slice_of(""), &parsed));
    ck_assert(!read_signature_parse(slice_of("k"), &parsed));
}

SUITE("read_signature");
