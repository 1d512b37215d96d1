/* data/tokens.csv, the tokens that have been made: `id,label,role,area,made,expires,revoked`, the columns in any order.
 * `id` is the token's, `label` names who has it, times are RFC 3339, and `revoked` is empty while the token is good.
 * A token that does not stand there is not good, so that a file that was lost locks out rather than in.
 * A set is immutable and reference-counted: every thread may read it, and a newer one takes its place. */
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
    int64_t revoked; /* 0: it is not. Any other: it is, whatever the clock says */
};

struct tokens;

/* Whether the text may be a label: 1 to TOKEN_LABEL_BYTES_MAX bytes that can be shown on one line (text_is_showable),
 * without blanks at its ends. */
bool token_label_is_good(struct slice text);

/* Reads `data`/tokens.csv, which must be a private file (base/private_file.h). Without one, the set is empty.
 * TURNOUT_BAD_INPUT after every fault has gone to `on_fault`, with its line (0: none to blame); the error then says how
 * many there were. The caller releases *ret_tokens. */
enum turnout_error tokens_read(const char *data, fault_fn *on_fault, void *context,
                               struct tokens **ret_tokens, struct error *error);

/* The same for the bytes of a file, which are written to. */
enum turnout_error tokens_parse(char *bytes, size_t length, fault_fn *on_fault, void *context,
                                struct tokens **ret_tokens, struct error *error);

/* Thread-safe. */
void tokens_acquire(struct tokens *tokens);
void tokens_release(struct tokens *tokens); /* NULL-safe */

size_t tokens_count(const struct tokens *tokens);

/* The one at this place, from 0, in the order of the file. Borrowed while a reference is held, as below. */
const struct known_token *tokens_at(const struct tokens *tokens, size_t place);

/* NULL when there is none. */
const struct known_token *tokens_find(const struct tokens *tokens, const char *id);

/* Whether the file knows the token with this id, and it has not been revoked; when not, *ret_why is why, in words.
 * Whether it has expired is the token's own to say. */
bool tokens_allow(const struct tokens *tokens, const char *id, const char **ret_why);

#endif
