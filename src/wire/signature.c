/* The signed lines, composed on the stack: every report is verified and hashed. */
#include <turnout/wire/signature.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "base64url.h"
#include "crockford.h"

enum {
    NAME_OF_KIND_BYTES_MAX = 16,
    SIGNED_LINES_BYTES_MAX = (int)sizeof "turnout-report-v1" + 2 * AREA_CODE_BYTES + 3 * DECIMAL_BYTES_MAX +
                             RFC3339_BYTES + 2 * NAME_OF_KIND_BYTES_MAX + NOTE_BYTES_MAX + KEY_BYTES_MAX + 16,
};

_Static_assert(PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "an Ed25519 key is as long as libsodium says");
_Static_assert(SIGNING_SEED_BYTES == crypto_sign_SEEDBYTES, "and so is its seed");
_Static_assert(SIGNING_PAIR_BYTES == crypto_sign_SECRETKEYBYTES, "and so are both together");

struct lines {
    char bytes[SIGNED_LINES_BYTES_MAX];
    size_t length;
};

/* Inline, so that lengths of literals are known at compile time. */
static inline void put_line(struct lines *lines, struct slice text)
{
    assert(text.length < sizeof lines->bytes - lines->length);
    char *end = mempcpy(lines->bytes + lines->length, text.bytes, text.length);
    *end = '\n';
    lines->length += text.length + 1;
}

static void put_integer_line(struct lines *lines, int32_t value)
{
    assert(value >= 0);
    char digits[DECIMAL_BYTES_MAX];
    const char *end = text_put_unsigned(digits, (uint64_t)value);
    put_line(lines, (struct slice){digits, (size_t)(end - digits)});
}

static void compose_down_to_note(struct lines *lines, const struct report *report)
{
    lines->length = 0;
    put_line(lines, report->test ? slice_of("turnout-test-v1") : slice_of("turnout-report-v1"));
    put_line(lines, slice_of(report->election));
    put_line(lines, slice_of(report->unit));
    put_integer_line(lines, report->seq);
    put_line(lines, slice_of(report->as_of_text));
    put_integer_line(lines, report->voted);
    if (report->registered == REGISTERED_ABSENT) {
        put_line(lines, slice_of(""));
    } else {
        put_integer_line(lines, report->registered);
    }
    put_line(lines, slice_of(report->kind_given ? report_kind_name(report->kind) : ""));
    put_line(lines, slice_of(report_reason_name(report->reason)));
    put_line(lines, slice_of(report->note));
}

static void compose_all(struct lines *lines, const struct report *report)
{
    compose_down_to_note(lines, report);
    put_line(lines, slice_of(report->key));
}

void signed_lines_write(struct buffer *out, const struct report *report)
{
    struct lines lines;
    compose_all(&lines, report);
    buffer_append(out, lines.bytes, lines.length);
}

void public_key_format(const unsigned char public_key[PUBLIC_KEY_BYTES],
                       char ret_text[PUBLIC_KEY_TEXT_BYTES + 1])
{
    (void)sodium_bin2base64(ret_text, PUBLIC_KEY_TEXT_BYTES + 1, public_key, PUBLIC_KEY_BYTES,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool public_key_parse(struct slice text, unsigned char ret_public_key[PUBLIC_KEY_BYTES])
{
    unsigned char public_key[PUBLIC_KEY_BYTES];
    if (text.length != PUBLIC_KEY_TEXT_BYTES || !base64url_decode(text, public_key, sizeof public_key)) {
        return false;
    }
    memcpy(ret_public_key, public_key, sizeof public_key);
    return true;
}

bool report_signature_is_good(const struct report *report, const unsigned char public_key[PUBLIC_KEY_BYTES])
{
    unsigned char signature[crypto_sign_BYTES];
    struct slice text = slice_of(report->sig);
    if (text.length != SIGNATURE_TEXT_BYTES || !base64url_decode(text, signature, sizeof signature)) {
        return false;
    }
    struct lines lines;
    compose_all(&lines, report);
    return crypto_sign_verify_detached(signature, (const unsigned char *)lines.bytes, lines.length,
                                       public_key) == 0;
}

void report_sign_with_pair(struct report *report, const unsigned char pair[SIGNING_PAIR_BYTES])
{
    unsigned char signature[crypto_sign_BYTES];
    struct lines lines;
    compose_all(&lines, report);
    int failed =
        crypto_sign_detached(signature, NULL, (const unsigned char *)lines.bytes, lines.length, pair);
    assert(failed == 0);
    (void)sodium_bin2base64(report->sig, sizeof report->sig, signature, sizeof signature,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void report_sign(struct report *report, const unsigned char seed[SIGNING_SEED_BYTES])
{
    unsigned char public_key[PUBLIC_KEY_BYTES];
    unsigned char pair[SIGNING_PAIR_BYTES];
    int failed = crypto_sign_seed_keypair(public_key, pair, seed);
    assert(failed == 0);
    report_sign_with_pair(report, pair);
    sodium_memzero(pair, sizeof pair);
}

void report_digest(const struct report *report, unsigned char ret_digest[REPORT_DIGEST_BYTES])
{
    struct lines lines;
    compose_down_to_note(&lines, report);
    unsigned char whole[crypto_generichash_blake2b_BYTES];
    int failed = crypto_generichash_blake2b(whole, sizeof whole, (const unsigned char *)lines.bytes,
                                            lines.length, NULL, 0);
    assert(failed == 0);
    memcpy(ret_digest, whole, REPORT_DIGEST_BYTES);
}

struct report_received report_received_of(const struct report *report, uint32_t round, int64_t received_ms)
{
    struct report_received received = {.seq = report->seq,
                                       .voted = report->voted,
                                       .registered = report->registered,
                                       .kind = report->kind,
                                       .reason = report->reason,
                                       .test = report->test,
                                       .round = round,
                                       .as_of = report->as_of,
                                       .received_ms = received_ms};
    report_digest(report, received.digest);
    return received;
}

bool receipt_is_typed(struct slice typed, const char *receipt)
{
    return crockford_is_typed(typed, receipt);
}

void receipt_from_digest(const unsigned char digest[REPORT_DIGEST_BYTES], char ret_receipt[RECEIPT_BYTES])
{
    enum { GROUP = CROCKFORD_WORD_DIGITS / 2 };
    _Static_assert(RECEIPT_BYTES == CROCKFORD_WORD_DIGITS + 2, "two groups, a dash and a NUL");
    char word[CROCKFORD_WORD_DIGITS];
    crockford_write(digest, word);
    memcpy(ret_receipt, word, GROUP);
    ret_receipt[GROUP] = '-';
    memcpy(ret_receipt + GROUP + 1, word + GROUP, GROUP);
    ret_receipt[RECEIPT_BYTES - 1] = '\0';
}
