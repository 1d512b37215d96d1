/* The signed lines of a report, from which signature and receipt are computed (DESIGN section 6). */
#ifndef TURNOUT_WIRE_SIGNATURE_H
#define TURNOUT_WIRE_SIGNATURE_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/election/keys.h>
#include <turnout/election/report.h>

/* Appends `turnout-report-v1` (of a test report `turnout-test-v1`) and the fields down to `key`, each ended by a
 * newline. */
void signed_lines_write(struct buffer *out, const struct report *report);

enum { PUBLIC_KEY_TEXT_BYTES = 43 }; /* PUBLIC_KEY_BYTES as base64url without padding */

/* A public key as keys.csv has it. Canonical base64url only: unused bits must be 0. */
bool public_key_parse(struct slice text, unsigned char ret_public_key[PUBLIC_KEY_BYTES]);

/* The same as text, NUL-terminated. */
void public_key_format(const unsigned char public_key[PUBLIC_KEY_BYTES],
                       char ret_text[PUBLIC_KEY_TEXT_BYTES + 1]);

/* Whether `sig` is the Ed25519 signature (RFC 8032) of the report's signed lines by this key. Canonical base64url
 * only; small-order and non-canonical keys and signatures are refused. Allocates nothing. About 50 us. */
bool report_signature_is_good(const struct report *report, const unsigned char public_key[PUBLIC_KEY_BYTES]);

enum { SIGNING_SEED_BYTES = 32 }; /* RFC 8032's private key */

/* Signs: fills `sig` from the other fields, `key` included. */
void report_sign(struct report *report, const unsigned char seed[SIGNING_SEED_BYTES]);

enum { SIGNING_PAIR_BYTES = 64 }; /* the seed, then its public key */

/* The same in half the time, for frequent signing: the public key need not be derived. */
void report_sign_with_pair(struct report *report, const unsigned char pair[SIGNING_PAIR_BYTES]);

/* The first REPORT_DIGEST_BYTES of BLAKE2b-256 over the signed lines up to `note`. Two reports of a unit with the
 * same seq are the same report when their digests are equal. Allocates nothing. */
void report_digest(const struct report *report, unsigned char ret_digest[REPORT_DIGEST_BYTES]);

/* The rules' input for a report received at this time, for this round (0: none). */
struct report_received report_received_of(const struct report *report, uint32_t round, int64_t received_ms);

/* The first 40 bits of the digest in Crockford base32, in two groups: `7K4Q-9M2D`. */
void receipt_from_digest(const unsigned char digest[REPORT_DIGEST_BYTES], char ret_receipt[RECEIPT_BYTES]);

/* Whether the typed text is this receipt or fingerprint. Case, dashes and blanks are ignored, and letters that it
 * never has are read as the digits that they look like (O is 0, I and L are 1). */
bool receipt_is_typed(struct slice typed, const char *receipt);

#endif
