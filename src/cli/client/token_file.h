/* Reads a command's token from a file, because everybody on the machine can read a command line. */
#ifndef TURNOUT_CLI_TOKEN_FILE_H
#define TURNOUT_CLI_TOKEN_FILE_H

#include <turnout/base/error.h>
#include <turnout/wire/token.h>

/* The file is private and holds one token, as `turnout token make` prints it. */
enum turnout_error token_file_read(const char *path, char ret_token[TOKEN_BYTES_MAX + 1],
                                   struct error *error);

#endif
