/* A single word in a private file. */
#include "client/token_file.h"

#include <stdlib.h>

#include <sodium.h>

#include <turnout/base/private_file.h>
#include <turnout/base/text.h>

enum { FILE_BYTES_MAX = 4096 };

static const char setting[] = "token-file";

enum turnout_error token_file_read(const char *path, char ret_token[TOKEN_BYTES_MAX + 1], struct error *error)
{
    char *bytes;
    size_t length;
    enum turnout_error failed = private_path_read(path, setting, FILE_BYTES_MAX, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct slice token = slice_trim((struct slice){bytes, length});
    while (token.length > 0 && token.bytes[token.length - 1] == '\n') {
        token.length--;
    }
    if (token.length == 0 || text_has_control(token) || !slice_copy(token, ret_token, TOKEN_BYTES_MAX + 1)) {
        failed =
            error_fail(error, TURNOUT_BAD_INPUT, setting,
                       "%s must hold one token, as `turnout token make` prints it, and nothing else", path);
    }
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}
