/* The secret's file: made once, private, and refused when it is not. */
#include <turnout/store/secret.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/file.h>

#include "crypto.h"
#include "suite.h"

static char folder[] = "/tmp/turnout-secret-XXXXXX";
static char path[sizeof folder + 16];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/%s", folder, SECRET_FILE);
}

static void remove_folder(void)
{
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* which fails when anything else was left behind */
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(make_folder, remove_folder);

TEST(it_is_made_once)
{
    unsigned char first[TOKEN_SECRET_BYTES] = {0};
    unsigned char again[TOKEN_SECRET_BYTES] = {0};
    struct error error;
    bool made = false;
    ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, first, &error), TURNOUT_NOT_FOUND);
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, first, &made, &error), TURNOUT_OK);
    ck_assert(made);
    ck_assert(!sodium_is_zero(first, sizeof first));
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, again, &made, &error), TURNOUT_OK);
    ck_assert(!made);
    ck_assert_mem_eq(again, first, sizeof first);
    memset(again, 0, sizeof again);
    ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, again, &error), TURNOUT_OK);
    ck_assert_mem_eq(again, first, sizeof first);

    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
}

TEST(two_are_different)
{
    unsigned char first[TOKEN_SECRET_BYTES];
    unsigned char second[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, first, &made, &error), TURNOUT_OK);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, second, &made, &error), TURNOUT_OK);
    ck_assert_mem_ne(first, second, sizeof first);
}

TEST(one_that_others_could_read_is_refused)
{
    static const mode_t modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0666};
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_OK);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, secret, &error), TURNOUT_BAD_INPUT);
        ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
        ck_assert_ptr_nonnull(strstr(error.text, path));
    }
    ck_assert_int_eq(chmod(path, 0400), 0);
    ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, secret, &error), TURNOUT_OK);
}

TEST(what_is_no_secret_is_refused_and_kept)
{
    static const char *const contents[] = {
        "",
        "\n",
        "00",
        "0102030405060708090000000000000000000000000000000000000000000000\n\n",
        "010203040506070809000000000000000000000000000000000000000000000x\n",
    };
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        ck_assert_int_eq(file_write(path, contents[i], strlen(contents[i]), &error), TURNOUT_OK);
        ck_assert_int_eq(chmod(path, 0600), 0);
        ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
        char *bytes;
        size_t length;
        ck_assert_int_eq(file_read(path, 256, &bytes, &length, &error), TURNOUT_OK);
        ck_assert_str_eq(bytes, contents[i]);
        free(bytes);
    }
}

TEST(a_link_is_not_followed)
{
    char target[sizeof path + 16];
    (void)snprintf(target, sizeof target, "%s.elsewhere", path);
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_OK);
    ck_assert_int_eq(rename(path, target), 0);
    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, secret, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(unlink(target), 0);
}

TEST(a_pipe_in_its_place_holds_nobody)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(secret_read(folder, SECRET_OF_TOKENS, secret, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
}

/* Whoever can put files there can put a secret there that he knows. */
TEST(a_folder_that_others_may_write_is_refused)
{
    static const mode_t modes[] = {0770, 0720, 0702, 0777};
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        ck_assert_int_eq(chmod(folder, modes[i]), 0);
        ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
        ck_assert_int_ne(access(path, F_OK), 0);
        ck_assert_ptr_nonnull(strstr(error.text, folder));
    }
    ck_assert_int_eq(chmod(folder, 0700), 0);
}

TEST(what_belongs_to_somebody_else_is_refused)
{
    enum { SOMEBODY_ELSE = 65534 };
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    if (geteuid() != 0) {
        return; /* only root can give a file away */
    }
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_OK);
    ck_assert_int_eq(chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE), 0);
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(chown(folder, SOMEBODY_ELSE, SOMEBODY_ELSE), 0);
    ck_assert_int_eq(secret_ensure(folder, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_BAD_INPUT);
}

TEST(a_folder_that_is_not_there_is_told)
{
    char nowhere[sizeof folder + 16];
    (void)snprintf(nowhere, sizeof nowhere, "%s/none", folder);
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool made;
    ck_assert_int_eq(secret_ensure(nowhere, SECRET_OF_TOKENS, secret, &made, &error), TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, nowhere));
}

SUITE("secret");
