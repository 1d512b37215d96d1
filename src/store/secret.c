/* The files with secrets: made once, and never read when others could have read them too. */
#include <turnout/store/secret.h>

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/private_file.h>
#include <turnout/wire/signature.h>

enum { HEX_BYTES = TOKEN_SECRET_HEX_BYTES + 1, FILE_BYTES_MAX = 256 };
_Static_assert((int)TOKEN_SECRET_BYTES == (int)SIGNING_SEED_BYTES, "both files are of one form");

static const struct {
    const char *file;
    const char *without; /* what removing it brings */
} kinds[] = {
    [SECRET_OF_TOKENS] = {SECRET_FILE, "tokens made with this one are void"},
    [SECRET_OF_BULLETINS] = {SIGNING_KEY_FILE, "it cannot sign the bulletins of an election that has begun"},
};

static enum turnout_error parse(const char *data, enum secret_kind kind, const char *bytes, size_t length,
                                unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    struct slice hex = {bytes, length};
    if (length > 0 && bytes[length - 1] == '\n') {
        hex.length--;
    }
    if (!token_secret_parse(hex, ret_secret)) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, "data",
            "%s/%s does not hold a secret, %d hex digits: put the right file back, or remove it", data,
            kinds[kind].file, (int)TOKEN_SECRET_HEX_BYTES);
    }
    return TURNOUT_OK;
}

static enum turnout_error read_secret(const struct private_folder *folder, enum secret_kind kind,
                                      unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    char *bytes;
    size_t length;
    struct error cause;
    enum turnout_error failed =
        private_file_read(folder, kinds[kind].file, FILE_BYTES_MAX, &bytes, &length, &cause);
    if (failed == TURNOUT_BAD_INPUT) {
        return error_fail(error, failed, "data",
                          "%s; once it is removed, the next start makes another, and %s", cause.text,
                          kinds[kind].without);
    }
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "data", "%s", cause.text);
    }
    failed = parse(folder->path, kind, bytes, length, ret_secret, error);
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}

static enum turnout_error make(const struct private_folder *folder, enum secret_kind kind,
                               unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    char hex[HEX_BYTES + 1];
    randombytes_buf(secret, sizeof secret);
    (void)sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    hex[HEX_BYTES - 1] = '\n';
    enum turnout_error failed =
        private_file_write(folder, kinds[kind].file, hex, HEX_BYTES, PRIVATE_FILE_KEEP, error);
    sodium_memzero(hex, sizeof hex);
    if (failed == TURNOUT_OK) {
        memcpy(ret_secret, secret, sizeof secret);
    }
    sodium_memzero(secret, sizeof secret);
    return failed;
}

enum turnout_error secret_read(const char *data, enum secret_kind kind,
                               unsigned char ret_secret[TOKEN_SECRET_BYTES], struct error *error)
{
    struct private_folder folder;
    enum turnout_error failed = private_folder_open(data, PRIVATE_FOLDER_FOUND, "data", &folder, error);
    if (failed == TURNOUT_OK) {
        failed = read_secret(&folder, kind, ret_secret, error);
        private_folder_close(&folder);
    }
    return failed;
}

enum turnout_error secret_ensure(const char *data, enum secret_kind kind,
                                 unsigned char ret_secret[TOKEN_SECRET_BYTES], bool *ret_made,
                                 struct error *error)
{
    struct private_folder folder;
    enum turnout_error failed = private_folder_open(data, PRIVATE_FOLDER_FOUND, "data", &folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = read_secret(&folder, kind, ret_secret, error);
    bool is_new = failed == TURNOUT_NOT_FOUND;
    if (is_new) {
        failed = make(&folder, kind, ret_secret, error);
    }
    if (failed == TURNOUT_OK) {
        *ret_made = is_new;
    }
    private_folder_close(&folder);
    return failed;
}
