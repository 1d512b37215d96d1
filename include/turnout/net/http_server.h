/* HTTP on top of connections: keep-alive, pipelining in order, and the deadlines and refusals of DESIGN section 9.
 * Routes are a table; handlers answer at once or later. */
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
    HTTP_HANDLE_MS = 30000, /* for a handler that answers later: longer than its own deadlines */
    HTTP_SMALL_BODY_BYTES_MAX = 64 * 1024,
    HTTP_STREAM_UNSENT_BYTES_MAX = 256 * 1024,
    HTTP_UNSENT_BYTES_MAX = 64 * 1024, /* above this a connection's next request waits */
};

/* One request and the answer to it. */
struct http_exchange;

/* `segment` is the variable part of the path, else empty. Request, segment and body are borrowed for the call. The
 * handler answers in the call, or calls http_answer_later(). */
typedef void http_handler_fn(void *context, struct http_exchange *exchange,
                             const struct http_request *request, struct slice segment, struct slice body);

/* A path is literal, or has a variable segment: a `*`, or what follows the '/' that it ends with. With two of them,
 * `segment` is both and what is between them. */
struct http_route {
    enum http_method method; /* HTTP_GET (HEAD comes with it) or HTTP_POST */
    const char *path;
    http_handler_fn *handler;
};

/* What a listener serves. Borrowed for as long as its connections live. */
struct http_service {
    const struct http_route *routes;
    size_t route_count;
    void *context; /* for the handlers and the two functions below */
    /* Called with the head of a request, before a body above HTTP_SMALL_BODY_BYTES_MAX is read. False after refusing.
     * NULL: no larger body is accepted. */
    bool (*admits_large_body)(void *context, struct http_exchange *exchange,
                              const struct http_request *request);
    /* Called before each handler. False after refusing. NULL: everything is served. */
    bool (*is_serving)(void *context, struct http_exchange *exchange);
    const struct host_list *hosts; /* accepted Host names, in addition to its own address; NULL: any */
    bool is_public;                /* pages of any site may read it (CORS) */
    struct counters *counters;
};

/* Serves HTTP on a connection just accepted. */
void http_serve(struct connection *connection, const struct http_service *service);

#define HTTP_ENDLESS SIZE_MAX

/* An answer. Everything is borrowed for the call, except a lent body. */
struct http_answer {
    int status;
    const char *content_type; /* NULL: there is no body */
    const char *headers;      /* further header lines, each ended by CRLF; or NULL */
    const void *body;
    size_t body_bytes; /* HTTP_ENDLESS: the body is written later */
    /* NULL: the body is copied. Otherwise it is lent until `release` is called with `lender`. */
    void (*release)(const void *body, size_t body_bytes, void *lender);
    void *lender;
};
void http_answer(struct http_exchange *exchange, const struct http_answer *answer);

/* A problem document (RFC 9457), never to be cached. `headers` as in http_answer. */
void http_answer_problem(struct http_exchange *exchange, int status, const char *code, const char *title,
                         const char *detail, const char *field, const char *headers);

/* 400, for a parameter of the query. */
void http_refuse_parameter(struct http_exchange *exchange, const char *name, const char *detail);

/* The same for a problem with more fields. */
struct problem;
void http_answer_with_problem(struct http_exchange *exchange, const struct problem *problem,
                              const char *headers);

/* Closes the connection after the answer to this request. */
void http_exchange_is_last(struct http_exchange *exchange);

/* The client of the request; borrowed until it is answered, unless held. */
struct visit *http_exchange_visit(const struct http_exchange *exchange);

/* For a handler that cannot answer in the call: it owns the exchange from here on and answers exactly once, now or
 * later. If the peer has gone by then, the answer is dropped. The service must outlive the answer. */
void http_answer_later(struct http_exchange *exchange);

/* The same for a handler with much work: `step` does a little at a time, and is called again after the other
 * connections were served, or after http_go_on(). When the peer has gone, it is called once more and must finish. */
enum http_step { HTTP_STEP_DONE, HTTP_STEP_AGAIN, HTTP_STEP_WAITS };
typedef enum http_step http_step_fn(void *context);
void http_answer_by_steps(struct http_exchange *exchange, http_step_fn *step, void *context);
void http_go_on(struct http_exchange *exchange);

/* ---- endless answers ---- */

/* Begins an endless answer: sends its headers, and the handler then writes until `on_closed` is called, once, when
 * the peer has gone or is too slow; the exchange is freed then. What the peer sends is dropped. False when only the
 * headers were requested: the exchange is over, and `on_closed` is not called. */
typedef void http_stream_closed_fn(void *context);
bool http_stream_begin(struct http_exchange *exchange, const char *content_type, const char *headers,
                       http_stream_closed_fn *on_closed, void *context);

/* Appends bytes. They are copied, or with a `release` lent until that is called. */
void http_stream_write(struct http_exchange *exchange, struct slice bytes,
                       void (*release)(const void *body, size_t body_bytes, void *lender), void *lender);

/* Sends what was written. Closes the connection when the peer leaves HTTP_STREAM_UNSENT_BYTES_MAX unread. */
void http_stream_send(struct http_exchange *exchange);

/* Whether the peer is still connected, so that a handler can stop early. */
bool http_is_awaited(const struct http_exchange *exchange);

#endif
