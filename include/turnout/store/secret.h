/* The secrets of a server: the key of tokens, and the seed that signs bulletins (Ed25519). Each is a private file
 * (base/private_file.h) in the data folder. */
#ifndef TURNOUT_STORE_SECRET_H
#define TURNOUT_STORE_SECRET_H

#include <stdbool.h>

#include <turnout/base/error.h>
#include <turnout/wire/token.h>

#define SECRET_FILE      "secret"
#define SIGNING_KEY_FILE "signing-key"

enum secret_kind { SECRET_OF_TOKENS, SECRET_OF_BULLETINS };

/* Reads the file. TURNOUT_NOT_FOUND when there is none; TURNOUT_BAD_INPUT when it is not private, or holds anything
 * but 64 hex digits. No error contains the secret. */
enum turnout_error secret_read(const char *data, enum secret_kind kind,
                               unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error);

/* The same, but creates a missing one, on the disk before this returns. `data` must exist and be locked by the
 * caller. *ret_made: it was created. */
enum turnout_error secret_ensure(const char *data, enum secret_kind kind,
                                 unsigned char ret_secret[TOKEN_SECRET_BYTES], bool *ret_made,
                                 struct error *error);

#endif
