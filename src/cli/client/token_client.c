/* The token from its file, on every request. */
#include "client/token_client.h"

#include <stdio.h>

#include <sodium.h>

#include "client/token_file.h"

enum { REQUEST_TIMEOUT_MS = 30000 };

int token_client_new(const char *name, const struct token_client_options *options,
                     struct http_client **ret_client)
{
    char token[TOKEN_BYTES_MAX + 1];
    struct error error = {0};
    if (token_file_read(options->token_file, token, &error) != TURNOUT_OK) {
        return usage_error(name, "--token-file %s: %s", options->token_file, error.text);
    }
    enum turnout_error failed =
        http_client_new(options->server, options->insecure, REQUEST_TIMEOUT_MS, ret_client, &error);
    if (failed == TURNOUT_OK) {
        char authorization[sizeof "Bearer " + TOKEN_BYTES_MAX];
        (void)snprintf(authorization, sizeof authorization, "Bearer %s", token);
        http_client_authorize(*ret_client, authorization);
        sodium_memzero(authorization, sizeof authorization);
    }
    sodium_memzero(token, sizeof token);
    return failed == TURNOUT_OK ? EXIT_DONE : usage_error(name, "--server: %s", error.text);
}
