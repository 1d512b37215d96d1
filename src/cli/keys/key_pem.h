/* A private key as a file: PEM (RFC 7468) of PKCS#8 (RFC 8410, without the public key), byte for byte what
 * `openssl genpkey -algorithm ed25519` writes. Nothing else is read: whatever is wrong with a key file should show
 * when it is opened, not when its signatures are refused. */
#ifndef TURNOUT_KEY_PEM_H
#define TURNOUT_KEY_PEM_H

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/wire/signature.h>

enum { KEY_PEM_BYTES = 120 }; /* with its NUL */

/* The caller wipes both. */
void key_pem_write(const unsigned char seed[SIGNING_SEED_BYTES], char ret_text[KEY_PEM_BYTES]);

/* TURNOUT_BAD_INPUT says what it is instead, as far as that can be told. */
enum turnout_error key_pem_parse(struct slice text, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                 struct error *error);

/* The key of a file. The text of an error leaves out the path. */
enum turnout_error key_pem_read(const char *path, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                struct error *error);

#endif
