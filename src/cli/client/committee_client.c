/* An HTTP client with a token. */
#include "client/committee_client.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include <turnout/base/private_file.h>
#include <turnout/wire/token.h>

enum { REQUEST_TIMEOUT_MS = 30000, TOKEN_FILE_BYTES_MAX = 4096 };

/* The file is private and holds one token, as `turnout token make` prints it. */
static enum turnout_error read_token(const char *path, char ret_token[TOKEN_BYTES_MAX + 1],
                                     struct error *error)
{
    static const char setting[] = "token-file";
    char *bytes;
    size_t length;
    enum turnout_error failed =
        private_path_read(path, setting, TOKEN_FILE_BYTES_MAX, &bytes, &length, error);
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

int committee_client_open(const char *name, const struct committee_client_options *options,
                          struct http_client **ret_client)
{
    char token[TOKEN_BYTES_MAX + 1];
    struct error error = {0};
    if (read_token(options->token_file, token, &error) != TURNOUT_OK) {
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

int committee_client_ask(struct http_client *client, const char *path, const struct buffer *body,
                         const char *doubt, json_t **ret_answer)
{
    struct http_response response = {0};
    struct error error = {0};
    enum turnout_error failed = body == NULL ? http_client_get(client, path, NULL, &response, &error)
                                             : http_client_post(client, path, "application/json", body->bytes,
                                                                body->length, &response, &error);
    if (failed != TURNOUT_OK) {
        (void)fprintf(stderr, "%s%s\n", error.text, doubt);
    }
    int status = failed == TURNOUT_OK ? response.status : 0;
    *ret_answer = http_response_json(&response);
    http_response_done(&response);
    return status;
}

void committee_client_complain(int http_status, const json_t *answer)
{
    const char *code = json_string_value(json_object_get(answer, "code"));
    const char *detail = json_string_value(json_object_get(answer, "detail"));
    struct buffer said = {0};
    buffer_printf(&said, "%s: %s", code == NULL ? "" : code,
                  detail == NULL ? "not the answer of a Turnout intake" : detail);
    text_make_showable(said.bytes);
    (void)fprintf(stderr, "HTTP %d %s\n", http_status, said.bytes);
    buffer_done(&said);
}
