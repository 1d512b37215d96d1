/* Tokens: lines with the token's fields, and a MAC over them. */
#include <turnout/wire/token.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base64url.h"
#include "crockford.h"

_Static_assert(TOKEN_SECRET_BYTES == crypto_auth_hmacsha256_KEYBYTES, "a secret is a key of HMAC-SHA-256");

_Static_assert((int)TOKEN_ID_DIGITS == (int)CROCKFORD_WORD_DIGITS, "an id is a word of Crockford's base32");

enum { DECODED_MAC_BYTES = crypto_auth_hmacsha256_BYTES };

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_RELAY] = "relay", [ROLE_VIEW] = "view", [ROLE_DECIDE] = "decide", [ROLE_ADMIN] = "admin"};

const char *token_role_name(enum token_role role)
{
    return role_names[role];
}

bool token_role_parse(struct slice name, enum token_role *ret_role)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (slice_equals(name, role_names[role])) {
            *ret_role = (enum token_role)role;
            return true;
        }
    }
    return false;
}

bool token_role_may(enum token_role role, enum token_role wanted)
{
    if (role == ROLE_RELAY || wanted == ROLE_RELAY) {
        return role == wanted;
    }
    return role >= wanted;
}

bool token_id_is_good(struct slice text)
{
    return crockford_is_word(text);
}

void token_id_draw(char ret_id[TOKEN_ID_BYTES])
{
    unsigned char chance[CROCKFORD_WORD_BYTES];
    randombytes_buf(chance, sizeof chance);
    crockford_write(chance, ret_id);
    ret_id[TOKEN_ID_DIGITS] = '\0';
}

/* No value may contain a line end, so the lines are unambiguous. */
static void compute_mac(const struct token *token, const char *election,
                        const unsigned char secret[TOKEN_SECRET_BYTES],
                        unsigned char ret_mac[DECODED_MAC_BYTES])
{
    char lines[sizeof "turnout-token-v2" + 2 * AREA_CODE_BYTES + TOKEN_ID_BYTES + 48];
    int length = snprintf(lines, sizeof lines, "turnout-token-v2\n%s\n%s\n%s\n%" PRId64 "\n%s\n", election,
                          role_names[token->role], token->area, token->expires, token->id);
    assert(length > 0 && (size_t)length < sizeof lines);
    int failed =
        crypto_auth_hmacsha256(ret_mac, (const unsigned char *)lines, (unsigned long long)length, secret);
    assert(failed == 0);
}

void token_make(const struct token *token, const char *election,
                const unsigned char secret[TOKEN_SECRET_BYTES], char ret_text[TOKEN_BYTES_MAX + 1])
{
    assert(text_is_code(slice_of(token->area)) && token_id_is_good(slice_of(token->id)));
    assert(token->expires > 0 && token->expires <= TOKEN_EXPIRES_MAX);
    unsigned char mac[DECODED_MAC_BYTES];
    char mac_text[TOKEN_MAC_TEXT_BYTES + 1];
    compute_mac(token, election, secret, mac);
    (void)sodium_bin2base64(mac_text, sizeof mac_text, mac, sizeof mac,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    int length = snprintf(ret_text, TOKEN_BYTES_MAX + 1, "%s.%s.%" PRId64 ".%s.%s", role_names[token->role],
                          token->area, token->expires, token->id, mac_text);
    assert(length > 0 && length <= TOKEN_BYTES_MAX);
}

/* An area's code may contain dots, so the text is parsed from both ends. */
static bool parse(struct slice text, struct token *ret_token, unsigned char ret_mac[DECODED_MAC_BYTES])
{
    struct slice rest = text;
    struct slice mac;
    struct slice id;
    struct slice expiry;
    uint64_t expires;
    if (text.length > TOKEN_BYTES_MAX || !text_split_last(&rest, '.', &mac) ||
        !text_split_last(&rest, '.', &id) || !text_split_last(&rest, '.', &expiry) ||
        !token_role_parse(text_split(&rest, '.'), &ret_token->role)) {
        return false;
    }
    bool is_plain = expiry.length > 0 && expiry.bytes[0] != '0';
    if (!text_is_code(rest) || !slice_copy(rest, ret_token->area, sizeof ret_token->area) || !is_plain ||
        !text_parse_unsigned(expiry, (uint64_t)TOKEN_EXPIRES_MAX, &expires)) {
        return false;
    }
    ret_token->expires = (int64_t)expires;
    if (!token_id_is_good(id) || !slice_copy(id, ret_token->id, sizeof ret_token->id)) {
        return false;
    }
    return mac.length == TOKEN_MAC_TEXT_BYTES && base64url_decode(mac, ret_mac, DECODED_MAC_BYTES);
}

bool token_verify(struct slice text, const char *election, const unsigned char secret[TOKEN_SECRET_BYTES],
                  struct token *ret_token)
{
    struct token token = {0};
    unsigned char mac[DECODED_MAC_BYTES];
    unsigned char right_mac[DECODED_MAC_BYTES];
    if (!parse(text, &token, mac)) {
        return false;
    }
    compute_mac(&token, election, secret, right_mac);
    if (sodium_memcmp(mac, right_mac, sizeof mac) != 0) {
        return false;
    }
    *ret_token = token;
    return true;
}

bool token_secret_parse(struct slice hex, unsigned char ret_secret[TOKEN_SECRET_BYTES])
{
    size_t length;
    return hex.length == TOKEN_SECRET_HEX_BYTES &&
           sodium_hex2bin(ret_secret, TOKEN_SECRET_BYTES, hex.bytes, hex.length, NULL, &length, NULL) == 0 &&
           length == TOKEN_SECRET_BYTES;
}
