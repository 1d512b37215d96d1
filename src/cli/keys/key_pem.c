/* Private keys in PEM. The key is the last part of an otherwise constant structure, so no DER parser is needed: the
 * constant part is compared. */
#include "keys/key_pem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/file.h>

#define BEGIN "-----BEGIN PRIVATE KEY-----\n"
#define END   "\n-----END PRIVATE KEY-----\n"

enum {
    PREFIX_BYTES = 16,
    DER_BYTES = PREFIX_BYTES + SIGNING_SEED_BYTES,
    BODY_BYTES = DER_BYTES / 3 * 4, /* base64; the length needs no padding */
    FILE_BYTES_MAX = 64 * 1024,     /* longer than any key file, so that a wrong one can be named */
};

_Static_assert(DER_BYTES % 3 == 0, "the base64 has no padding");
_Static_assert(KEY_PEM_BYTES == sizeof BEGIN - 1 + BODY_BYTES + sizeof END, "the file has always one length");

/* SEQUENCE { INTEGER 0, SEQUENCE { OBJECT IDENTIFIER 1.3.101.112 }, OCTET STRING { OCTET STRING, 32 bytes: */
static const unsigned char der_prefix[PREFIX_BYTES] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                       0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

void key_pem_write(const unsigned char seed[SIGNING_SEED_BYTES], char ret_text[KEY_PEM_BYTES])
{
    unsigned char der[DER_BYTES];
    char body[BODY_BYTES + 1];
    memcpy(der, der_prefix, PREFIX_BYTES);
    memcpy(der + PREFIX_BYTES, seed, SIGNING_SEED_BYTES);
    (void)sodium_bin2base64(body, sizeof body, der, sizeof der, sodium_base64_VARIANT_ORIGINAL);
    int length = snprintf(ret_text, KEY_PEM_BYTES, BEGIN "%s" END, body);
    assert(length == KEY_PEM_BYTES - 1);
    sodium_memzero(der, sizeof der);
    sodium_memzero(body, sizeof body);
}

static bool begins_with(struct slice text, const char *start)
{
    size_t length = strlen(start);
    return text.length >= length && memcmp(text.bytes, start, length) == 0;
}

/* Names the kinds of file that people are most likely to confuse with it. */
static enum turnout_error refuse(struct slice text, struct error *error)
{
    static const struct {
        const char *start;
        const char *what;
    } others[] = {
        {"-----BEGIN PUBLIC KEY-----", "is a public key; the private one is needed to sign"},
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----",
         "is encrypted with a password; `openssl pkey -in FILE -out NEW` decrypts it"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----", "is an OpenSSH key"},
        {"-----BEGIN CERTIFICATE-----", "is a certificate"},
        {"-----BEGIN PRIVATE KEY-----", "is a private key, but not an Ed25519 one as openssl writes it"},
        {"-----BEGIN ", "is a PEM file, but not of an Ed25519 private key"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (begins_with(text, others[i].start)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "key", "%s", others[i].what);
        }
    }
    return error_fail(error, TURNOUT_BAD_INPUT, "key",
                      "is not a private key as `turnout keys make` or `openssl genpkey -algorithm ed25519` "
                      "writes it");
}

enum turnout_error key_pem_parse(struct slice text, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                 struct error *error)
{
    unsigned char der[DER_BYTES];
    size_t decoded = 0;
    const char *body = text.bytes + sizeof BEGIN - 1;
    bool is_good = text.length == KEY_PEM_BYTES - 1 && begins_with(text, BEGIN) &&
                   memcmp(body + BODY_BYTES, END, sizeof END - 1) == 0 &&
                   sodium_base642bin(der, sizeof der, body, BODY_BYTES, NULL, &decoded, NULL,
                                     sodium_base64_VARIANT_ORIGINAL) == 0 &&
                   decoded == sizeof der && memcmp(der, der_prefix, PREFIX_BYTES) == 0;
    if (is_good) {
        memcpy(ret_seed, der + PREFIX_BYTES, SIGNING_SEED_BYTES);
    }
    sodium_memzero(der, sizeof der);
    return is_good ? TURNOUT_OK : refuse(text, error);
}

enum turnout_error key_pem_read(const char *path, unsigned char ret_seed[SIGNING_SEED_BYTES],
                                struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    enum turnout_error failed = file_read(path, FILE_BYTES_MAX, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = key_pem_parse((struct slice){bytes, length}, ret_seed, error);
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}
