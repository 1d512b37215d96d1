/* HTTP on top of connections: requests in, answers out, keep-alive and pipelining in order, the deadlines and
 * refusals of DESIGN section 9. Routes are a table; handlers answer at once or later. */
#ifndef TURNOUT_NET_HTTP_SERVER_H
#define TURNOUT_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/net/connection.h>
#include <turnout/net/hosts.h>
#include <turnout/wire/http_request.h>

enum {
    HTTP_IDLE_MS = 75000, /* between requests: more than the 60 s of usual proxies, so that they end first */
    HTTP_HEAD_MS = 5000,  /* from a request's first byte to the end of its headers */
    HTTP_BODY_MS = 10000, /* from there to the end of its body */
    HTTP_HANDLE_MS = 30000, /* for a handler that answers later: longer than any of its own deadlines */
    HTTP_SMALL_BODY_BYTES_MAX = 64 * 1024,
    HTTP_STREAM_UNSENT_BYTES_MAX = 256 * 1024,
    HTTP_UNSENT_BYTES_MAX = 64 * 1024, /* above it a connection's next request waits */
};

/* One request and the answer to it. */
struct http_exchange;

/* `segment` is the part of the path that the route leaves open, else empty. Request, segment and body are
 * borrowed for the call. The handler answers in the call, or says by http_answer_later() that it will. */
typedef void http_handler_fn(void *context, struct http_exchange *exchange,
                             const struct http_request *request, struct slice segment, struct slice body);

/* A path stands for itself, or leaves a segment open: where a star stands in it, or behind the '/' that it ends with. Of two
 * that are open, the handler's `segment` is both with what is between them. */
struct http_route {
    enum http_method method; /* HTTP_GET (HEAD comes with it) or HTTP_POST */
    const char *path;
    http_handler_fn *handler;
};

/* What one listener serves. Borrowed for as long as its connections live. */
struct http_service {
    const struct http_route *routes;
    size_t route_count;
    void *context; /* for the handlers and */
    /* asked with the head of a request alone, before a body above HTTP_SMALL_BODY_BYTES_MAX is taken in. False after
     * refusing. NULL: no body is larger. */
    bool (*admits_large_body)(void *context, struct http_exchange *exchange,
                              const struct http_request *request);
    /* asked before each handler. False after refusing. NULL: everything is served. */
    bool (*is_serving)(void *context, struct http_exchange *exchange);
    const struct host_list *hosts; /* under which it may be asked, beside its own address; NULL: any */
    bool is_public;                /* any page of any site may read it (CORS) */
    struct counters *counters;
};

/* Serves HTTP on a connection just accepted. */
void http_serve(struct connection *connection, const struct http_service *service);

#define HTTP_ENDLESS SIZE_MAX

/* An answer. Everything is borrowed for the call but a body that is lent. */
struct http_answer {
    int status;
    const char *content_type; /* NULL: there is no body */
    const char *headers;      /* further header lines, each ended by CRLF; or NULL */
    const void *body;
    size_t body_bytes; /* HTTP_ENDLESS: what follows the headers is written later */
    /* NULL: the body is copied. Else it is lent until `release` is called with `lender`. */
    void (*release)(const void *body, size_t body_bytes, void *lender);
    void *lender;
};
void http_answer(struct http_exchange *exchange, const struct http_answer *answer);

/* A problem document (RFC 9457), never to be cached. `headers` as in http_answer. */
void http_answer_problem(struct http_exchange *exchange, int status, const char *code, const char *title,
                         const char *detail, const char *field, const char *headers);

/* 400, for a parameter of the query. */
void http_refuse_parameter(struct http_exchange *exchange, const char *name, const char *detail);

/* The same for a problem that says more. */
struct problem;
void http_answer_with_problem(struct http_exchange *exchange, const struct problem *problem,
                              const char *headers);

/* The connection ends with the answer to this request. */
void http_exchange_is_last(struct http_exchange *exchange);

/* Whose request it is; borrowed until it is answered, unless held. */
struct visit *http_exchange_visit(const struct http_exchange *exchange);

/* For a handler that cannot answer in the call: the exchange is its own from here on, and it answers exactly once, then
 * or later. When the peer has gone by then, the answer goes nowhere. The service outlives the answer. */
void http_answer_later(struct http_exchange *exchange);

/* The same for a handler that has much to do before it can answer: `step` does a little of it at a time, and is called
 * again after everybody else has been looked at, or once http_go_on() was called. When the peer has gone, it is called
 * once more and is done. */
enum http_step { HTTP_STEP_DONE, HTTP_STEP_AGAIN, HTTP_STEP_WAITS };
typedef enum http_step http_step_fn(void *context);
void http_answer_by_steps(struct http_exchange *exchange, http_step_fn *step, void *context);
void http_go_on(struct http_exchange *exchange);

/* ---- answers without an end ---- */

/* Begins one: its headers are sent, and what follows is for the handler to write, until `on_closed` is called, once, when the
 * peer has gone or is too slow; the exchange is no more then. Whatever the peer still says is dropped. False when only the
 * headers were asked for: the exchange is over, and `on_closed` is not called. */
typedef void http_stream_closed_fn(void *context);
bool http_stream_begin(struct http_exchange *exchange, const char *content_type, const char *headers,
                       http_stream_closed_fn *on_closed, void *context);

/* Writes on. The bytes are copied, or with a `release` lent until that is called. */
void http_stream_write(struct http_exchange *exchange, struct slice bytes,
                       void (*release)(const void *body, size_t body_bytes, void *lender), void *lender);

/* Sends what was written. A peer that has not taken HTTP_STREAM_UNSENT_BYTES_MAX is let go. */
void http_stream_send(struct http_exchange *exchange);

/* Whether the peer is still there, for a handler that would go on working for nobody. */
bool http_is_awaited(const struct http_exchange *exchange);

#endif
