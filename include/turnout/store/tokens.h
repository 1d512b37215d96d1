/* data/tokens.csv, the tokens that were made: `id,label,role,area,made,expires,revoked`, the columns in any order.
 * `label` names the holder, times are RFC 3339, and `revoked` is empty while the token is valid. A token that is not
 * in the file is not valid, so a lost file locks out rather than in. A set is immutable and reference-counted: every
 * thread may read it, and a newer set replaces it. */
#ifndef TURNOUT_STORE_TOKENS_H
#define TURNOUT_STORE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/faults.h>
#include <turnout/wire/token.h>

#define TOKENS_FILE "tokens.csv"

enum {
    TOKENS_MAX = 10000,
    TOKENS_FILE_BYTES_MAX = 1 << 22,
    TOKEN_LABEL_BYTES_MAX = 96,
    TOKEN_LABEL_BYTES = TOKEN_LABEL_BYTES_MAX + 1,
};

struct known_token {
    char id[TOKEN_ID_BYTES];
    char label[TOKEN_LABEL_BYTES];
    enum token_role role;
    char area[AREA_CODE_BYTES];
    int64_t made; /* Unix seconds */
    int64_t expires;
    int64_t revoked; /* 0: not revoked; else it is, whatever the clock says */
};

struct tokens;

/* Whether the text is a valid label: 1 to TOKEN_LABEL_BYTES_MAX bytes that can be shown on one line
 * (text_is_showable), without blanks at its ends. */
bool token_label_is_good(struct slice text);

/* Reads `data`/tokens.csv, which must be private (base/private_file.h). A missing file is an empty set.
 * TURNOUT_BAD_INPUT after all faults were passed to `on_fault`, with the line (0: none to blame); the error then says
 * how many. The caller releases *ret_tokens. */
enum turnout_error tokens_read(const char *data, fault_fn *on_fault, void *context,
                               struct tokens **ret_tokens, struct error *error);

/* The same for the content of a file, which is modified. */
enum turnout_error tokens_parse(char *bytes, size_t length, fault_fn *on_fault, void *context,
                                struct tokens **ret_tokens, struct error *error);

/* Thread-safe. */
void tokens_acquire(struct tokens *tokens);
void tokens_release(struct tokens *tokens); /* NULL-safe */

size_t tokens_count(const struct tokens *tokens);

/* The token at this index, from 0, in the order of the file. Borrowed while a reference is held, as below. */
const struct known_token *tokens_at(const struct tokens *tokens, size_t place);

/* NULL when there is none. */
const struct known_token *tokens_find(const struct tokens *tokens, const char *id);

/* Whether the file has the token with this id, and it is not revoked. When not, *ret_why says why. Expiry is checked
 * on the token itself. */
bool tokens_allow(const struct tokens *tokens, const char *id, const char **ret_why);

#endif
