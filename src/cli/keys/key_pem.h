/* A private key as a file: PEM (RFC 7468) of PKCS#8 (RFC 8410, without the public key), byte for byte what `openssl
 * genpkey -algorithm ed25519` writes. Nothing else is accepted, so that a wrong key file is noticed when it is
 * opened, not when its signatures are refused. */
#ifndef TURNOUT_KEY_PEM_H
#define TURNOUT_KEY_PEM_H

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/wire/signature.h>

enum { KEY_PEM_BYTES = 120 }; /* including its NUL */

/* The caller wipes both. */
void key_pem_write(const unsigned char seed[SIGNING_SEED_BYTES], char ret_text[KEY_PEM_BYTES]);

/* TURNOUT_BAD_INPUT says what the file is instead, if it is recognised. */
enum turnout_error key_pem_parse(struct slice text, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                 struct error *error);

/* Reads the key from a file. The error's text does not name the path. */
enum turnout_error key_pem_read(const char *path, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                struct error *error);

#endif
