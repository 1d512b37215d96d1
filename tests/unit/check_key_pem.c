/* Private keys as PEM: what openssl wrote is read, what we write openssl takes, and everything else is refused with a
 * word on what it is. */
#include "keys/key_pem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/file.h>

#include "crypto.h"
#include "suite.h"

#define BEGIN "-----BEGIN PRIVATE KEY-----\n"
#define END   "-----END PRIVATE KEY-----\n"

/* The seed of bytes 00 to 1f, as openssl writes it. */
#define BODY "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"

static const char known_pem[] = BEGIN BODY END;

static void fill_known_seed(unsigned char seed[SIGNING_SEED_BYTES])
{
    for (int i = 0; i < SIGNING_SEED_BYTES; i++) {
        seed[i] = (unsigned char)i;
    }
}

SHARED_FIXTURE(crypto_start, NULL);

TEST(a_known_key_is_written)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    char text[KEY_PEM_BYTES];
    fill_known_seed(seed);
    key_pem_write(seed, text);
    ck_assert_str_eq(text, known_pem);
}

LOOP_TEST(what_is_written_is_read, 256)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char again[SIGNING_SEED_BYTES] = {0};
    char text[KEY_PEM_BYTES];
    struct error error;
    memset(seed, _i, sizeof seed);
    key_pem_write(seed, text);
    ck_assert_int_eq(key_pem_parse(slice_of(text), again, &error), TURNOUT_OK);
    ck_assert_mem_eq(seed, again, sizeof seed);
}

static const struct {
    const char *text;
    const char *what;
} refused[] = {
    {"", "is not a private key"},
    {"0123456789", "is not a private key"},
    {"\xff\xfe", "is not a private key"},
    /* other keys, in files as openssl and ssh write them */
    {"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n",
     "is a public key"},
    {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcG\n", "is encrypted with a password"},
    {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n", "is an OpenSSH key"},
    {"-----BEGIN CERTIFICATE-----\nMIIB\n", "is a certificate"},
    {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "is a PEM file, but not"},
    /* X25519 (1.3.101.110) in the same structure; a version 1; a length of 31 */
    {BEGIN "MC4CAQAwBQYDK2VuBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n" END, "not an Ed25519 one"},
    {BEGIN "MC4CAQEwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n" END, "not an Ed25519 one"},
    {BEGIN "MC4CAQAwBQYDK2VwBCIEHwABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n" END, "not an Ed25519 one"},
    /* nearly right */
    {BEGIN BODY, "not an Ed25519 one"},
    {BEGIN BODY "-----END PRIVATE KEY-----", "not an Ed25519 one"},
    {BEGIN BODY END "\n", "not an Ed25519 one"},
    {" " BEGIN BODY END, "is not a private key"},
    {BEGIN "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4\n\n" END, "not an Ed25519 one"},
    {BEGIN "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4_\n" END, "not an Ed25519 one"},
    {BEGIN "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR==\n" END, "not an Ed25519 one"},
    {BEGIN "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERIT FBUWFxgZGhscHR4\n" END, "not an Ed25519 one"},
};

LOOP_TEST(what_is_something_else_is_refused, COUNT(refused))
{
    unsigned char seed[SIGNING_SEED_BYTES] = {7};
    unsigned char untouched[SIGNING_SEED_BYTES] = {7};
    struct error error = {0};
    ck_assert_int_eq(key_pem_parse(slice_of(refused[_i].text), seed, &error), TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(error.text, refused[_i].what) != NULL, "no `%s` in: %s", refused[_i].what,
                  error.text);
    ck_assert_mem_eq(seed, untouched, sizeof seed);
}

/* ---- with openssl ---- */

static char folder[] = "/tmp/turnout-pem-XXXXXX";

/* `openssl` with this command line, in the folder; its exit status. */
static int run_openssl(const char *arguments)
{
    char line[512];
    (void)snprintf(line, sizeof line, "cd %s && openssl %s >out 2>err", folder, arguments);
    int status = system(line);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool has_openssl(void)
{
    if (run_openssl("version") == 0) {
        return true;
    }
    (void)fprintf(stderr, "there is no `openssl` here: what it makes of our files is not tested\n");
    return false;
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    char line[128];
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    ck_assert_int_eq(system(line), 0);
}

CASE("openssl");
SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(set_up, tear_down);

TEST(a_key_of_openssl_is_read)
{
    char path[64];
    char text[KEY_PEM_BYTES];
    char *bytes = NULL;
    size_t length = 0;
    unsigned char seed[SIGNING_SEED_BYTES];
    struct error error;
    if (!has_openssl()) {
        return;
    }
    ck_assert_int_eq(run_openssl("genpkey -algorithm ed25519 -out key.pem"), 0);
    (void)snprintf(path, sizeof path, "%s/key.pem", folder);
    ck_assert_msg(key_pem_read(path, seed, &error) == TURNOUT_OK, "%s", error.text);
    ck_assert_int_eq(file_read(path, 1000, &bytes, &length, &error), TURNOUT_OK);
    key_pem_write(seed, text);
    ck_assert_str_eq(text, bytes);
    free(bytes);
}

/* openssl signs with our file, and libsodium finds the signature good. */
TEST(openssl_takes_ours)
{
    char path[64];
    char pem[KEY_PEM_BYTES];
    char *signature = NULL;
    size_t length = 0;
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    struct error error;
    if (!has_openssl()) {
        return;
    }
    randombytes_buf(seed, sizeof seed);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
    key_pem_write(seed, pem);
    (void)snprintf(path, sizeof path, "%s/key.pem", folder);
    ck_assert_int_eq(file_write(path, pem, strlen(pem), &error), TURNOUT_OK);
    (void)snprintf(path, sizeof path, "%s/lines", folder);
    ck_assert_int_eq(file_write(path, "hello\n", 6, &error), TURNOUT_OK);
    ck_assert_int_eq(run_openssl("pkey -in key.pem -noout"), 0);
    ck_assert_int_eq(run_openssl("pkeyutl -sign -inkey key.pem -rawin -in lines -out signature"), 0);
    (void)snprintf(path, sizeof path, "%s/signature", folder);
    ck_assert_int_eq(file_read(path, 100, &signature, &length, &error), TURNOUT_OK);
    ck_assert_uint_eq(length, crypto_sign_BYTES);
    unsigned char bytes[crypto_sign_BYTES];
    memcpy(bytes, signature, sizeof bytes);
    ck_assert_int_eq(crypto_sign_verify_detached(bytes, (const unsigned char *)"hello\n", 6, public_key), 0);
    free(signature);
}

static const struct {
    const char *arguments;
    const char *what;
} others[] = {
    {"genpkey -algorithm x25519 -out key.pem", "not an Ed25519 one"},
    {"genpkey -algorithm ed448 -out key.pem", "not an Ed25519 one"},
    {"genpkey -algorithm ed25519 -outform DER -out key.pem", "is not a private key"},
    {"genpkey -algorithm ed25519 -aes128 -pass pass:secret -out key.pem", "is encrypted with a password"},
};

LOOP_TEST(another_key_of_openssl_is_refused, COUNT(others))
{
    char path[64];
    unsigned char seed[SIGNING_SEED_BYTES];
    struct error error;
    if (!has_openssl()) {
        return;
    }
    ck_assert_int_eq(run_openssl(others[_i].arguments), 0);
    (void)snprintf(path, sizeof path, "%s/key.pem", folder);
    ck_assert_int_eq(key_pem_read(path, seed, &error), TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(error.text, others[_i].what) != NULL, "no `%s` in: %s", others[_i].what, error.text);
}

TEST(a_file_that_is_not_there)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    struct error error;
    ck_assert_int_eq(key_pem_read("/nowhere/key.pem", seed, &error), TURNOUT_NOT_FOUND);
    ck_assert_int_eq(key_pem_read(folder, seed, &error), TURNOUT_BAD_INPUT);
}

SUITE("key_pem");
