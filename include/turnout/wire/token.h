/* Bearer tokens, `role.area.expiry.id.mac` (DESIGN section 8, proto/committee.md), which an office or a committee
 * sends instead of a signature. Whoever has the secret can make one. The id is random; tokens.csv (store/tokens.h)
 * has its label and whether it is revoked. */
#ifndef TURNOUT_WIRE_TOKEN_H
#define TURNOUT_WIRE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>

enum token_role { ROLE_RELAY, ROLE_VIEW, ROLE_DECIDE, ROLE_ADMIN, ROLE_COUNT };

enum {
    TOKEN_SECRET_BYTES = 32,
    TOKEN_MAC_TEXT_BYTES = 43, /* HMAC-SHA-256 as base64url without padding */
    TOKEN_EXPIRY_DIGITS_MAX = 11,
    TOKEN_ID_DIGITS = 8, /* of Crockford's base32, upper case */
    TOKEN_ID_BYTES = TOKEN_ID_DIGITS + 1,
    TOKEN_BYTES_MAX = (int)sizeof "decide" + AREA_CODE_BYTES_MAX + TOKEN_EXPIRY_DIGITS_MAX + TOKEN_ID_DIGITS +
                      TOKEN_MAC_TEXT_BYTES + 3,
};

/* The latest expiry: 11 digits, the year 5138. */
#define TOKEN_EXPIRES_MAX INT64_C(99999999999)

struct token {
    int64_t expires; /* Unix seconds; invalid from then on */
    enum token_role role;
    char area[AREA_CODE_BYTES];
    char id[TOKEN_ID_BYTES]; /* may be logged: it does not reveal the token */
};

const char *token_role_name(enum token_role role);
bool token_role_parse(struct slice name, enum token_role *ret_role);

/* Whether the text has the form of an id. */
bool token_id_is_good(struct slice text);

/* Makes a random id. */
void token_id_draw(char ret_id[TOKEN_ID_BYTES]);

/* Writes the token. Every field must be valid. */
void token_make(const struct token *token, const char *election,
                const unsigned char secret[TOKEN_SECRET_BYTES], char ret_text[TOKEN_BYTES_MAX + 1]);

/* Whether the text is a token of this election that was made with the secret. The caller checks the expiry. The mac
 * is compared in constant time. A token has one spelling only. */
bool token_verify(struct slice text, const char *election, const unsigned char secret[TOKEN_SECRET_BYTES],
                  struct token *ret_token);

/* Whether a token of `role` may be used for a route that wants `wanted`: admin may decide and view, decide may view;
 * only relay sends. */
bool token_role_may(enum token_role role, enum token_role wanted);

/* Parses the secret from its file: hex digits. */
enum { TOKEN_SECRET_HEX_BYTES = 2 * TOKEN_SECRET_BYTES };
bool token_secret_parse(struct slice hex, unsigned char ret_secret[TOKEN_SECRET_BYTES]);

#endif
