/* Makes a token, and sends POST /v1/bulletins. */
#include "demo/demo_bulletins.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/secret.h>
#include <turnout/store/tokens_change.h>

#include "client/http_client.h"
#include "command.h"

enum { REQUEST_TIMEOUT_MS = 30000, TOKEN_GOOD_S = 7 * 86400 };

struct demo_bulletins {
    char authorization[sizeof "Bearer " + TOKEN_BYTES_MAX];
    struct http_client *client;
    struct http_response response;
};

static enum turnout_error note_token(const char *data, const char *nation, struct known_token *token,
                                     struct error *error)
{
    struct tokens_change change;
    char now[RFC3339_BYTES];
    token->made = clock_wall_ms() / 1000;
    token->expires = token->made + TOKEN_GOOD_S;
    rfc3339_format(token->made, 0, now);
    (void)snprintf(token->label, sizeof token->label, "turnout demo, %s", now);
    bool fits = slice_copy(slice_of(nation), token->area, sizeof token->area);
    assert(fits);
    enum turnout_error failed = tokens_change_begin(data, print_fault, NULL, &change, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = tokens_change_add(&change, token, error);
    if (failed == TURNOUT_OK) {
        failed = tokens_change_save(&change, error);
    }
    tokens_change_end(&change);
    return failed;
}

enum turnout_error demo_bulletins_new(const char *data, const char *election, const char *nation,
                                      struct demo_bulletins **ret_bulletins, struct error *error)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct known_token known = {.role = ROLE_ADMIN};
    bool made;
    enum turnout_error failed = secret_ensure(data, SECRET_OF_TOKENS, secret, &made, error);
    if (failed == TURNOUT_OK) {
        failed = note_token(data, nation, &known, error);
    }
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct token token = {.role = known.role, .expires = known.expires};
    char text[TOKEN_BYTES_MAX + 1];
    memcpy(token.area, known.area, sizeof token.area);
    memcpy(token.id, known.id, sizeof token.id);
    token_make(&token, election, secret, text);
    sodium_memzero(secret, sizeof secret);
    *ret_bulletins = memory_new(sizeof **ret_bulletins);
    (void)snprintf((*ret_bulletins)->authorization, sizeof(*ret_bulletins)->authorization, "Bearer %s", text);
    return TURNOUT_OK;
}

void demo_bulletins_free(struct demo_bulletins *bulletins)
{
    if (bulletins != NULL) {
        http_response_done(&bulletins->response);
        http_client_free(bulletins->client);
        free(bulletins);
    }
}

enum turnout_error demo_bulletins_connect(struct demo_bulletins *bulletins, const struct demo_server *server,
                                          struct error *error)
{
    char url[DEMO_URL_BYTES];
    demo_server_url(server, DEMO_INTAKE_HTTP, url);
    enum turnout_error failed = http_client_new(url, true, REQUEST_TIMEOUT_MS, &bulletins->client, error);
    if (failed == TURNOUT_OK) {
        http_client_authorize(bulletins->client, bulletins->authorization);
    }
    return failed;
}

enum turnout_error demo_bulletins_freeze(struct demo_bulletins *bulletins, const char *label,
                                         struct error *error)
{
    struct buffer body = {0};
    buffer_printf(&body, "{\"label\":\"%s\"}", label);
    enum turnout_error failed = http_client_post(bulletins->client, "/v1/bulletins", "application/json",
                                                 body.bytes, body.length, &bulletins->response, error);
    buffer_done(&body);
    if (failed == TURNOUT_OK && bulletins->response.status != 201) {
        failed = error_fail(error, TURNOUT_UNAVAILABLE, "", "the bulletin of %s was answered %d: %s", label,
                            bulletins->response.status, bulletins->response.body.bytes);
    }
    return failed;
}
