/* libcurl behind the few calls that the commands need. */
#include "client/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>

#include "client/this_machine.h"

enum { RETRY_AFTER_MOST_S = 3600, CONNECT_TIMEOUT_MOST_MS = 5000 };

struct http_client {
    CURL *curl;
    char *server;        /* without a final slash */
    char *authorization; /* NULL: none */
    char why[CURL_ERROR_SIZE];
    struct http_response *response; /* during a request */
    bool body_too_large;
};

void http_response_done(struct http_response *response)
{
    buffer_done(&response->body);
    *response = (struct http_response){0};
}

json_t *http_response_json(const struct http_response *response)
{
    return json_loadb(response->body.bytes, response->body.length, JSON_REJECT_DUPLICATES, NULL);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_client *client = context;
    struct buffer *body = &client->response->body;
    size_t length = size * count;
    if (length > HTTP_CLIENT_BODY_BYTES_MAX - body->length) {
        client->body_too_large = true;
        return 0; /* ends the transfer */
    }
    buffer_append(body, bytes, length);
    return length;
}

/* Of the last answer; empty when it has no such header. */
static struct slice header_of(const struct http_client *client, const char *name)
{
    struct curl_header *header;
    return curl_easy_header(client->curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
               ? slice_of(header->value)
               : slice_of("");
}

/* Whether every option was accepted; fails only when libcurl lacks HTTP or memory. */
static bool set_up(struct http_client *client, int64_t timeout_ms)
{
    CURL *curl = client->curl;
    long timeout = (long)timeout_ms;
    long connect_timeout = timeout < CONNECT_TIMEOUT_MOST_MS ? timeout : CONNECT_TIMEOUT_MOST_MS;
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           (strncasecmp(client->server, "http:", strlen("http:")) != 0 ||
            curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") ==
                CURLE_OK) && /* a proxy would be another machine */
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->why) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "turnout") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, client) == CURLE_OK;
}

/* A base URL is http or https, with a host and nothing after the path. Plain http to another machine is insecure. */
static bool is_base_url(const char *server, bool *ret_is_secure, char **ret_host)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    char *query = NULL;
    char *fragment = NULL;
    bool good = url != NULL && curl_url_set(url, CURLUPART_URL, server, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_NO_QUERY &&
                curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_NO_FRAGMENT;
    if (good) {
        *ret_is_secure = strcmp(scheme, "https") == 0 || host_is_this_machine(host);
        *ret_host = memory_copy_text(host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(query);
    curl_free(fragment);
    curl_url_cleanup(url);
    return good;
}

static enum turnout_error check_url(const char *server, bool may_be_insecure, struct error *error)
{
    bool is_secure;
    char *host;
    if (!is_base_url(server, &is_secure, &host)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "server",
                          "%s is not the URL of a server; give one such as http://127.0.0.1:8081", server);
    }
    enum turnout_error failed = is_secure || may_be_insecure
                                    ? TURNOUT_OK
                                    : error_fail(error, TURNOUT_BAD_INPUT, "server", INSECURE_REFUSAL, host);
    free(host);
    return failed;
}

enum turnout_error http_client_new(const char *server, bool may_be_insecure, int64_t timeout_ms,
                                   struct http_client **ret_client, struct error *error)
{
    assert(timeout_ms > 0);
    enum turnout_error failed = check_url(server, may_be_insecure, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct http_client *client = memory_new(sizeof *client);
    client->server = memory_copy_text(server);
    size_t length = strlen(client->server);
    while (length > 0 && client->server[length - 1] == '/') {
        client->server[--length] = '\0';
    }
    client->curl = curl_easy_init();
    if (client->curl == NULL || !set_up(client, timeout_ms)) {
        http_client_free(client);
        return error_fail(error, TURNOUT_SYSTEM, "", "libcurl could not be set up");
    }
    *ret_client = client;
    return TURNOUT_OK;
}

void http_client_free(struct http_client *client)
{
    if (client == NULL) {
        return;
    }
    curl_easy_cleanup(client->curl);
    free(client->server);
    free(client->authorization);
    free(client);
}

void http_client_authorize(struct http_client *client, const char *value)
{
    free(client->authorization);
    client->authorization = value == NULL ? NULL : memory_copy_text(value);
}

/* Runs the prepared request; sets its URL and headers. Frees `headers`. */
static enum turnout_error perform(struct http_client *client, const char *path, struct curl_slist *headers,
                                  struct http_response *response, struct error *error)
{
    struct buffer url = {0};
    buffer_append_text(&url, client->server);
    buffer_append_text(&url, path);
    buffer_clear(&response->body);
    response->status = 0;
    response->etag[0] = '\0';
    response->retry_after_s = 0;
    client->response = response;
    client->body_too_large = false;
    client->why[0] = '\0';

    long status = 0;
    CURLcode code = curl_easy_setopt(client->curl, CURLOPT_URL, url.bytes);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    }
    if (code == CURLE_OK) {
        code = curl_easy_perform(client->curl);
    }
    if (code == CURLE_OK) {
        code = curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(headers);
    buffer_done(&url);
    client->response = NULL;
    if (client->body_too_large) {
        return error_fail(error, TURNOUT_TOO_LARGE, "", "%s%s: the answer is above %d bytes", client->server,
                          path, (int)HTTP_CLIENT_BODY_BYTES_MAX);
    }
    if (code != CURLE_OK) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "", "%s: %s", client->server,
                          client->why[0] != '\0' ? client->why : curl_easy_strerror(code));
    }
    response->status = (int)status;
    uint64_t seconds;
    if (text_parse_unsigned(header_of(client, "Retry-After"), RETRY_AFTER_MOST_S, &seconds)) {
        response->retry_after_s = (int32_t)seconds;
    }
    (void)slice_copy(header_of(client, "ETag"), response->etag, sizeof response->etag);
    return TURNOUT_OK;
}

/* Appends the header `name: value`; false when there is no memory. */
static bool add_header(struct curl_slist **headers, const char *name, const char *value)
{
    struct buffer line = {0};
    buffer_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(*headers, line.bytes);
    buffer_done(&line);
    if (longer == NULL) {
        return false;
    }
    *headers = longer;
    return true;
}

static bool add_authorization(const struct http_client *client, struct curl_slist **headers)
{
    return client->authorization == NULL || add_header(headers, "Authorization", client->authorization);
}

enum turnout_error http_client_get(struct http_client *client, const char *path, const char *if_none_match,
                                   struct http_response *response, struct error *error)
{
    struct curl_slist *headers = NULL;
    if (curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L) != CURLE_OK ||
        !add_authorization(client, &headers) ||
        (if_none_match != NULL && !add_header(&headers, "If-None-Match", if_none_match))) {
        curl_slist_free_all(headers);
        return error_fail(error, TURNOUT_SYSTEM, "", "libcurl could not be set up");
    }
    return perform(client, path, headers, response, error);
}

enum turnout_error http_client_post(struct http_client *client, const char *path, const char *content_type,
                                    const void *body, size_t length, struct http_response *response,
                                    struct error *error)
{
    struct curl_slist *headers = NULL;
    /* Without an empty Expect, libcurl waits a second for a `100 Continue` before a larger body. */
    if (curl_easy_setopt(client->curl, CURLOPT_POST, 1L) != CURLE_OK ||
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length) != CURLE_OK ||
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body) != CURLE_OK ||
        !add_authorization(client, &headers) || !add_header(&headers, "Content-Type", content_type) ||
        !add_header(&headers, "Expect", "")) {
        curl_slist_free_all(headers);
        return error_fail(error, TURNOUT_SYSTEM, "", "libcurl could not be set up");
    }
    return perform(client, path, headers, response, error);
}
