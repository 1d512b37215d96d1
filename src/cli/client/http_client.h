/* A client for the server's HTTP listeners: one server, one kept-alive connection, one request at a time, blocking up
 * to a deadline. http and https; redirects are not followed, since a report is only for the named server. A thin
 * wrapper of libcurl. */
#ifndef TURNOUT_HTTP_CLIENT_H
#define TURNOUT_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>

struct http_client;

enum { HTTP_CLIENT_BODY_BYTES_MAX = 64 * 1024 * 1024, HTTP_ETAG_BYTES = 128 };

/* A zeroed struct is an empty response; http_response_done() frees its content. Reusing one for several requests
 * saves allocations: every request empties it first. */
struct http_response {
    int status;                 /* 200, 304, 503 ... */
    char etag[HTTP_ETAG_BYTES]; /* with its quotes; empty when absent or too long */
    int32_t retry_after_s;      /* 0 when absent */
    struct buffer body;         /* NUL-terminated after its length */
};

void http_response_done(struct http_response *response);

/* The body as JSON; NULL when it is none. The caller releases it. */
json_t *http_response_json(const struct http_response *response);

/* `server` is a base URL, `http://127.0.0.1:8081` or `https://...`, with or without a final slash; it is copied.
 * TURNOUT_BAD_INPUT when it is invalid, or http to another machine without permission. `timeout_ms` bounds each whole
 * request, connecting included. */
enum turnout_error http_client_new(const char *server, bool may_be_insecure, int64_t timeout_ms,
                                   struct http_client **ret_client, struct error *error);
void http_client_free(struct http_client *client);

/* Sends `Authorization: value` with every request from now on; NULL: none. Copied. */
void http_client_authorize(struct http_client *client, const char *value);

/* `path` begins with a slash and is sent as it is (`/v1/turnout`). TURNOUT_OK whenever the server answered, whatever
 * the status; TURNOUT_UNAVAILABLE when it did not, so it is unknown whether it has acted; TURNOUT_TOO_LARGE above
 * HTTP_CLIENT_BODY_BYTES_MAX. *response is always emptied first. `if_none_match` is an ETag with its quotes, or
 * NULL. */
enum turnout_error http_client_get(struct http_client *client, const char *path, const char *if_none_match,
                                   struct http_response *response, struct error *error);
enum turnout_error http_client_post(struct http_client *client, const char *path, const char *content_type,
                                    const void *body, size_t length, struct http_response *response,
                                    struct error *error);

#endif
