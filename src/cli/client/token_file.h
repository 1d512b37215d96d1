/* The token that a command shows: from a file, because a command line can be read by everybody on the machine. */
#ifndef TURNOUT_CLI_TOKEN_FILE_H
#define TURNOUT_CLI_TOKEN_FILE_H

#include <turnout/base/error.h>
#include <turnout/wire/token.h>

/* The file holds one token, as `turnout token make` prints it, and is for its owner alone. */
enum turnout_error token_file_read(const char *path, char ret_token[TOKEN_BYTES_MAX + 1],
                                   struct error *error);

#endif
