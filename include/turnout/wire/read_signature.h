/* How a unit proves its identity without a token: `Authorization: Signature <key>.<time>.<sig>`. `time` is Unix
 * seconds; `sig` is the base64url (no padding) of the Ed25519 signature of these lines, each ended by a newline:
 * turnout-read-v1, the election, the unit, the time (proto/committee.md). It permits only reading that one unit, and
 * only for a while. */
#ifndef TURNOUT_WIRE_READ_SIGNATURE_H
#define TURNOUT_WIRE_READ_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/keys.h>
#include <turnout/wire/signature.h>

enum { READ_SIGNATURE_AGE_S_MAX = 300 }; /* also the most its time may be ahead of the server's clock */

struct read_signature {
    char key[KEY_BYTES_MAX + 1];
    int64_t time;
    char sig[SIGNATURE_TEXT_BYTES + 1];
};

/* Parses what follows the word Signature. A key's id may contain dots. */
bool read_signature_parse(struct slice text, struct read_signature *ret_signature);

bool read_signature_is_good(const struct read_signature *signature, const char *election, const char *unit,
                            const unsigned char public_key[PUBLIC_KEY_BYTES]);

/* Fills `sig` from the other fields. */
void read_signature_sign(struct read_signature *signature, const char *election, const char *unit,
                         const unsigned char seed[SIGNING_SEED_BYTES]);

#endif
