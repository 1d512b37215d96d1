/* Tokens. What verifies is exactly what token_make() writes for its fields, so nothing has two spellings; a reader of
 * the definition, which knows nothing of macs, agrees on what is a token at all. As nobody guesses a mac, what the
 * input says is also made into a token: that one verifies, and no longer with any one of its bytes changed. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/wire/token.h>

enum { INPUT_BYTES_MAX = 4096 };

/* Those of the unit tests and of proto/committee.md. */
static const char election[] = "vn-2026";
static const unsigned char secret[TOKEN_SECRET_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static bool verify(struct slice text, const char *of_election, const unsigned char *with_secret,
                   struct token *ret_token)
{
    struct token untouched;
    memset(&untouched, 0x5a, sizeof untouched);
    memset(ret_token, 0x5a, sizeof *ret_token);
    char *copy = fuzz_copy(text.bytes, text.length);
    bool is_good = token_verify((struct slice){copy, text.length}, of_election, with_secret, ret_token);
    free(copy);
    assert(is_good || memcmp(ret_token, &untouched, sizeof untouched) == 0);
    return is_good;
}

/* ---- the definition ---- */

static bool is_expiry(struct slice text, int64_t *ret_expires)
{
    int64_t expires = 0;
    for (size_t i = 0; i < text.length && i <= TOKEN_EXPIRY_DIGITS_MAX; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
        expires = expires * 10 + (text.bytes[i] - '0');
    }
    *ret_expires = expires;
    return text.length > 0 && text.length <= TOKEN_EXPIRY_DIGITS_MAX && text.bytes[0] != '0';
}

static bool is_id(struct slice text, char ret_id[TOKEN_ID_BYTES])
{
    if (text.length != 8) {
        return false;
    }
    for (size_t i = 0; i < 8; i++) {
        char c = text.bytes[i];
        bool is_letter = c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U';
        if (!is_letter && (c < '0' || c > '9')) {
            return false;
        }
    }
    return slice_copy(text, ret_id, TOKEN_ID_BYTES);
}

/* role.area.expiry.id, followed by a dot and anything. */
static bool read_claims(struct slice text, struct token *ret_token)
{
    struct slice claims = text;
    struct slice part;
    *ret_token = (struct token){.role = ROLE_RELAY};
    if (!text_split_last(&claims, '.', &part) || !text_split_last(&claims, '.', &part) ||
        !is_id(part, ret_token->id) || !text_split_last(&claims, '.', &part) ||
        !is_expiry(part, &ret_token->expires)) {
        return false;
    }
    static const char *const roles[ROLE_COUNT] = {"relay.", "view.", "decide.", "admin."};
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        size_t length = strlen(roles[role]);
        if (claims.length > length && memcmp(claims.bytes, roles[role], length) == 0) {
            struct slice area = {claims.bytes + length, claims.length - length};
            ret_token->role = (enum token_role)role;
            return text_is_code(area) && slice_copy(area, ret_token->area, sizeof ret_token->area);
        }
    }
    return false;
}

static void check_fields(const struct token *token, const struct token *claimed)
{
    assert(token->role == claimed->role && strcmp(token->area, claimed->area) == 0);
    assert(token->expires == claimed->expires);
    assert(token->role < ROLE_COUNT && text_is_code(slice_of(token->area)));
    assert(token->expires >= 1 && token->expires <= TOKEN_EXPIRES_MAX);
    assert(strcmp(token->id, claimed->id) == 0 && token_id_is_good(slice_of(token->id)));
    for (int wanted = 0; wanted < ROLE_COUNT; wanted++) {
        bool is_relay = token->role == ROLE_RELAY || wanted == ROLE_RELAY;
        bool may = is_relay ? (int)token->role == wanted : (int)token->role >= wanted;
        assert(token_role_may(token->role, (enum token_role)wanted) == may);
    }
}

/* ---- what was made ---- */

static void check_forgeries(struct slice made, uint32_t seed)
{
    static const unsigned char another_secret[TOKEN_SECRET_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 8};
    struct token token;
    char forged[TOKEN_BYTES_MAX + 1];
    assert(!verify(made, "vn-2031", secret, &token));
    assert(!verify(made, election, another_secret, &token));
    memcpy(forged, made.bytes, made.length);
    for (size_t i = 0; i < made.length; i++) {
        seed = seed * 1664525 + 1013904223;
        forged[i] = (char)(made.bytes[i] ^ (char)(1 + (seed >> 16) % 255));
        assert(!verify((struct slice){forged, made.length}, election, secret, &token));
        forged[i] = made.bytes[i];
    }
    forged[made.length] = '=';
    assert(!verify((struct slice){forged, made.length + 1}, election, secret, &token));
    assert(!verify((struct slice){forged, made.length - 1}, election, secret, &token));
}

static void check_made(const struct token *claimed, struct slice input, char ret_text[TOKEN_BYTES_MAX + 1])
{
    struct token token;
    token_make(claimed, election, secret, ret_text);
    struct slice made = slice_of(ret_text);
    assert(verify(made, election, secret, &token));
    check_fields(&token, claimed);
    struct slice claims = input;
    struct slice mac;
    assert(text_split_last(&claims, '.', &mac) && made.length == claims.length + 1 + TOKEN_MAC_TEXT_BYTES);
    assert(memcmp(made.bytes, claims.bytes, claims.length + 1) == 0);
    check_forgeries(made, slice_hash(input));
}

/* ---- the secret's file ---- */

static void check_secret(struct slice text)
{
    unsigned char parsed[TOKEN_SECRET_BYTES];
    char hex[TOKEN_SECRET_HEX_BYTES + 1];
    char *copy = fuzz_copy(text.bytes, text.length);
    bool is_hex = text.length == TOKEN_SECRET_HEX_BYTES;
    for (size_t i = 0; i < text.length && is_hex; i++) {
        is_hex = memchr("0123456789abcdefABCDEF", copy[i], 22) != NULL;
    }
    assert(token_secret_parse((struct slice){copy, text.length}, parsed) == is_hex);
    if (is_hex) {
        (void)sodium_bin2hex(hex, sizeof hex, parsed, sizeof parsed);
        assert(slice_equals_ignoring_case((struct slice){copy, text.length}, hex));
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice input = {(const char *)data, size};
    struct token token;
    struct token claimed;
    char made[TOKEN_BYTES_MAX + 1] = "";
    bool is_good = verify(input, election, secret, &token);
    if (read_claims(input, &claimed)) {
        check_made(&claimed, input, made);
    }
    assert(is_good == (size > 0 && slice_equals(input, made)));
    if (is_good) {
        check_fields(&token, &claimed);
    }
    check_secret(input);
    return 0;
}
