/* Read signatures. What is taken stands in the text as it was kept, and a reader of the definition takes the same;
 * what is good is what the key itself would have signed, for its unit and no other. As nobody guesses a signature,
 * what the input says is also signed: that is good, and no longer with a byte of its time or signature changed. */
#include "fuzz.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/read_signature.h>

enum { INPUT_BYTES_MAX = 4096 };

static const char election[] = "vn-2026";
static const char unit[] = "19804-003";
static const unsigned char seed[SIGNING_SEED_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static bool parse(struct slice text, struct read_signature *ret_signature)
{
    struct read_signature untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    memset(ret_signature, 0x5a, sizeof *ret_signature);
    char *copy = fuzz_copy(text.bytes, text.length);
    bool is_taken = read_signature_parse((struct slice){copy, text.length}, ret_signature);
    free(copy);
    assert(is_taken || memcmp(ret_signature, &untouched, sizeof untouched) == 0);
    return is_taken;
}

static bool is_good(const struct read_signature *signature, const char *of_unit)
{
    unsigned char public_key[PUBLIC_KEY_BYTES];
    unsigned char pair[SIGNING_PAIR_BYTES];
    int failed = crypto_sign_seed_keypair(public_key, pair, seed);
    assert(failed == 0);
    return read_signature_is_good(signature, election, of_unit, public_key);
}

/* Canonically: the time without leading zeros. */
static void write_text(struct buffer *out, const struct read_signature *signature)
{
    buffer_printf(out, "%s.%" PRId64 ".", signature->key, signature->time);
    buffer_append(out, signature->sig, SIGNATURE_TEXT_BYTES);
}

/* ---- the definition ---- */

/* Where the last two dots must be, everything before and behind them has one meaning. */
static bool looks_taken(struct slice text)
{
    if (text.length < SIGNATURE_TEXT_BYTES + 1 || text.bytes[text.length - SIGNATURE_TEXT_BYTES - 1] != '.' ||
        memchr(text.bytes + text.length - SIGNATURE_TEXT_BYTES, '.', SIGNATURE_TEXT_BYTES) != NULL) {
        return false;
    }
    size_t end = text.length - SIGNATURE_TEXT_BYTES - 1;
    size_t start = end;
    int64_t time = 0;
    while (start > 0 && text.bytes[start - 1] >= '0' && text.bytes[start - 1] <= '9') {
        start--;
    }
    for (size_t i = start; i < end; i++) {
        time = time > INT64_MAX / 1000 ? time : time * 10 + (text.bytes[i] - '0');
    }
    return start < end && time <= INT64_MAX / 1000 && start > 0 && text.bytes[start - 1] == '.' &&
           text_is_key_id((struct slice){text.bytes, start - 1});
}

static void check_taken(const struct read_signature *signature, struct slice text)
{
    size_t key_length = strlen(signature->key);
    assert(text_is_key_id(slice_of(signature->key)) && memcmp(text.bytes, signature->key, key_length) == 0);
    assert(signature->time >= 0 && signature->time <= INT64_MAX / 1000);
    assert(memcmp(signature->sig, text.bytes + text.length - SIGNATURE_TEXT_BYTES, SIGNATURE_TEXT_BYTES) ==
           0);
    assert(signature->sig[SIGNATURE_TEXT_BYTES] == '\0');

    struct buffer canonical = {0};
    write_text(&canonical, signature);
    assert(canonical.length <= text.length);
    size_t zeros = text.length - canonical.length;
    for (size_t i = 0; i < zeros; i++) {
        assert(text.bytes[key_length + 1 + i] == '0');
    }
    assert(memcmp(text.bytes + key_length + 1 + zeros, canonical.bytes + key_length + 1,
                  canonical.length - key_length - 1) == 0);
    buffer_done(&canonical);
}

/* ---- what was signed ---- */

/* One byte of it, drawn by `draw`: the key's id is for the register to judge, all else is signed. */
static void check_forgery(const struct buffer *text, const struct read_signature *signed_one, uint32_t draw)
{
    struct read_signature found;
    char *forged = fuzz_copy(text->bytes, text->length);
    size_t at = draw % text->length;
    forged[at] = (char)(forged[at] ^ (char)(1 + (draw >> 16) % 255));
    if (parse((struct slice){forged, text->length}, &found) && is_good(&found, unit)) {
        assert(strcmp(found.key, signed_one->key) != 0 && found.time == signed_one->time);
        assert(strcmp(found.sig, signed_one->sig) == 0);
    }
    free(forged);
}

static void check_signed(const struct read_signature *read, uint32_t draw)
{
    struct read_signature signed_one = *read;
    struct read_signature found;
    struct buffer text = {0};
    read_signature_sign(&signed_one, election, unit, seed);
    bool was_good = is_good(read, unit);
    assert(was_good == (memcmp(read->sig, signed_one.sig, sizeof read->sig) == 0));
    write_text(&text, &signed_one);
    assert(parse((struct slice){text.bytes, text.length}, &found));
    assert(strcmp(found.key, signed_one.key) == 0 && found.time == signed_one.time);
    assert(strcmp(found.sig, signed_one.sig) == 0);
    assert(is_good(&found, unit) && !is_good(&found, "19804-004"));
    check_forgery(&text, &signed_one, draw);
    buffer_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice input = {(const char *)data, size};
    struct read_signature signature;
    bool is_taken = parse(input, &signature);
    assert(is_taken == looks_taken(input));
    if (is_taken) {
        check_taken(&signature, input);
        check_signed(&signature, slice_hash(input));
    }
    return 0;
}
