/* One word in a private file. */
#include "client/token_file.h"

#include <limits.h>
#include <stdlib.h>

#include <sodium.h>

#include <turnout/base/private_file.h>
#include <turnout/base/text.h>

enum { FILE_BYTES_MAX = 4096 };

static const char setting[] = "token-file";

static enum turnout_error read_bytes(const char *path, char **ret_bytes, size_t *ret_length,
                                     struct error *error)
{
    char folder_path[PATH_MAX];
    const char *name;
    struct private_folder folder;
    enum turnout_error failed = private_path_split(path, setting, folder_path, &name, error);
    if (failed == TURNOUT_OK) {
        failed = private_folder_open(folder_path, PRIVATE_FOLDER_FOUND, setting, &folder, error);
    }
    if (failed == TURNOUT_OK) {
        failed = private_file_read(&folder, name, FILE_BYTES_MAX, ret_bytes, ret_length, error);
        private_folder_close(&folder);
    }
    return failed;
}

enum turnout_error token_file_read(const char *path, char ret_token[TOKEN_BYTES_MAX + 1], struct error *error)
{
    char *bytes;
    size_t length;
    enum turnout_error failed = read_bytes(path, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct slice token = slice_trim((struct slice){bytes, length});
    while (token.length > 0 && token.bytes[token.length - 1] == '\n') {
        token.length--;
    }
    if (token.length == 0 || text_has_control(token) || !slice_copy(token, ret_token, TOKEN_BYTES_MAX + 1)) {
        failed = error_fail(error, TURNOUT_BAD_INPUT, setting,
                            "%s holds no token alone, as `turnout token make` prints it", path);
    }
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}
