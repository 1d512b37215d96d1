/* The lines of a read signature, signed and verified. */
#include <turnout/wire/read_signature.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base64url.h"

enum { LINES_BYTES = (int)sizeof "turnout-read-v1" + 2 * AREA_CODE_BYTES + 24 };

static size_t compose(const struct read_signature *signature, const char *election, const char *unit,
                      char ret_lines[LINES_BYTES])
{
    int length = snprintf(ret_lines, LINES_BYTES, "turnout-read-v1\n%s\n%s\n%" PRId64 "\n", election, unit,
                          signature->time);
    assert(length > 0 && length < LINES_BYTES);
    return (size_t)length;
}

bool read_signature_parse(struct slice text, struct read_signature *ret_signature)
{
    struct read_signature signature;
    struct slice rest = text;
    struct slice sig;
    struct slice time;
    uint64_t seconds;
    if (!text_split_last(&rest, '.', &sig) || !text_split_last(&rest, '.', &time) || !text_is_key_id(rest) ||
        !slice_copy(rest, signature.key, sizeof signature.key) ||
        !text_parse_unsigned(time, INT64_MAX / 1000, &seconds) || sig.length != SIGNATURE_TEXT_BYTES ||
        !slice_copy(sig, signature.sig, sizeof signature.sig)) {
        return false;
    }
    signature.time = (int64_t)seconds;
    *ret_signature = signature;
    return true;
}

bool read_signature_is_good(const struct read_signature *signature, const char *election, const char *unit,
                            const unsigned char public_key[PUBLIC_KEY_BYTES])
{
    unsigned char bytes[crypto_sign_BYTES];
    if (!base64url_decode(slice_of(signature->sig), bytes, sizeof bytes)) {
        return false;
    }
    char lines[LINES_BYTES];
    size_t length = compose(signature, election, unit, lines);
    return crypto_sign_verify_detached(bytes, (const unsigned char *)lines, length, public_key) == 0;
}

void read_signature_sign(struct read_signature *signature, const char *election, const char *unit,
                         const unsigned char seed[SIGNING_SEED_BYTES])
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    unsigned char bytes[crypto_sign_BYTES];
    char lines[LINES_BYTES];
    size_t length = compose(signature, election, unit, lines);
    int failed = crypto_sign_seed_keypair(public_key, secret_key, seed);
    assert(failed == 0);
    failed = crypto_sign_detached(bytes, NULL, (const unsigned char *)lines, length, secret_key);
    assert(failed == 0);
    sodium_memzero(secret_key, sizeof secret_key);
    (void)sodium_bin2base64(signature->sig, sizeof signature->sig, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
