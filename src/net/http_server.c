/* HTTP sessions. One request is under way at a time; the next one on the same connection waits unread. */
#include <turnout/net/http_server.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

#include "http_head.h"
#include "http_routes.h"

enum http_stage {
    STAGE_IDLE,   /* between requests */
    STAGE_HEAD,   /* a request has begun */
    STAGE_BODY,   /* its headers are there */
    STAGE_HANDLE, /* the handler has it */
    STAGE_STREAM, /* it is answered without an end */
};

/* A connection's session, and the request that is under way on it. */
struct http_exchange {
    struct connection *connection; /* NULL: it is gone, and a handler still has to answer */
    struct visit *visit;           /* a reference, for what outlives the connection */
    const struct http_service *service;
    enum http_stage stage;
    bool was_continued; /* 100 Continue has been sent */
    bool is_head;       /* the answer goes without its body */
    bool keeps_alive;
    bool is_draining;
    size_t empty_lines;     /* passed over since the last request */
    bool is_answered_later; /* the handler has the exchange until it answers */
    http_step_fn *step;     /* of the handler, to be called; NULL: there is none */
    void *step_context;
    http_stream_closed_fn *on_stream_closed;
    void *stream_context;
};

/* ---- answers ---- */

/* The exchange is over: on to the next request, or to the end of the connection. */
static void conclude(struct http_exchange *exchange)
{
    exchange->stage = STAGE_IDLE;
    exchange->is_answered_later = false;
    bool gave_back = connection_reserve(exchange->connection, 0);
    assert(gave_back);
    connection_end_turn(exchange->connection); /* what was written is sent then, too */
    if (!exchange->keeps_alive) {
        connection_finish(exchange->connection);
        return;
    }
    connection_set_deadline(exchange->connection, HTTP_IDLE_MS);
    if (connection_unsent_bytes(exchange->connection) > HTTP_UNSENT_BYTES_MAX) {
        connection_pause(exchange->connection); /* until on_sent */
    } else {
        connection_resume(exchange->connection);
    }
}

static void exchange_free(struct http_exchange *exchange)
{
    visit_release(exchange->visit);
    free(exchange);
}

static void give_back(const struct http_answer *answer)
{
    if (answer->release != NULL) {
        answer->release(answer->body, answer->body_bytes, answer->lender);
    }
}

void http_answer(struct http_exchange *exchange, const struct http_answer *answer)
{
    assert(exchange->stage != STAGE_IDLE);
    if (exchange->connection == NULL) {
        give_back(answer);
        exchange_free(exchange);
        return;
    }
    exchange->keeps_alive = exchange->keeps_alive && !exchange->is_draining;
    struct evbuffer *output = connection_output(exchange->connection);
    struct buffer head = {0};
    http_write_head(&head, answer, exchange->service->is_public, exchange->keeps_alive);
    int failed = evbuffer_add(output, head.bytes, head.length);
    buffer_done(&head);

    bool has_body = answer->content_type != NULL && answer->body_bytes > 0 && !exchange->is_head;
    if (has_body && answer->release != NULL) {
        failed |=
            evbuffer_add_reference(output, answer->body, answer->body_bytes, answer->release, answer->lender);
    } else if (has_body) {
        failed |= evbuffer_add(output, answer->body, answer->body_bytes);
    } else {
        give_back(answer);
    }
    assert(failed == 0);
    counter_add(&exchange->service->counters->requests, 1);
    if (answer->status == 429) {
        counter_add(&exchange->service->counters->requests_too_many, 1);
    }
    conclude(exchange);
}

void http_exchange_is_last(struct http_exchange *exchange)
{
    exchange->keeps_alive = false;
}

struct visit *http_exchange_visit(const struct http_exchange *exchange)
{
    return exchange->visit;
}

void http_answer_later(struct http_exchange *exchange)
{
    assert(exchange->stage == STAGE_HANDLE && !exchange->is_answered_later);
    exchange->is_answered_later = true;
}

void http_answer_by_steps(struct http_exchange *exchange, http_step_fn *step, void *context)
{
    http_answer_later(exchange);
    exchange->step = step;
    exchange->step_context = context;
    connection_send(exchange->connection); /* for on_sent */
}

void http_go_on(struct http_exchange *exchange)
{
    if (exchange->connection != NULL) {
        connection_send(exchange->connection); /* for on_sent */
    }
}

bool http_stream_begin(struct http_exchange *exchange, const char *content_type, const char *headers,
                       http_stream_closed_fn *on_closed, void *context)
{
    assert(exchange->stage == STAGE_HANDLE && !exchange->is_answered_later);
    const struct http_answer answer = {
        .status = 200, .content_type = content_type, .headers = headers, .body_bytes = HTTP_ENDLESS};
    struct buffer head = {0};
    exchange->keeps_alive = false; /* its end is the connection's */
    http_write_head(&head, &answer, exchange->service->is_public, false);
    http_stream_write(exchange, (struct slice){head.bytes, head.length}, NULL, NULL);
    buffer_done(&head);
    counter_add(&exchange->service->counters->requests, 1);
    if (exchange->is_head || exchange->is_draining) {
        conclude(exchange);
        return false;
    }
    exchange->stage = STAGE_STREAM;
    exchange->on_stream_closed = on_closed;
    exchange->stream_context = context;
    connection_set_deadline(exchange->connection, 0);
    return true;
}

void http_stream_write(struct http_exchange *exchange, struct slice bytes,
                       void (*release)(const void *body, size_t body_bytes, void *lender), void *lender)
{
    struct evbuffer *output = connection_output(exchange->connection);
    int failed = release == NULL ? evbuffer_add(output, bytes.bytes, bytes.length)
                                 : evbuffer_add_reference(output, bytes.bytes, bytes.length, release, lender);
    assert(failed == 0);
}

void http_stream_send(struct http_exchange *exchange)
{
    if (connection_unsent_bytes(exchange->connection) > HTTP_STREAM_UNSENT_BYTES_MAX) {
        connection_close(exchange->connection);
    } else {
        connection_send(exchange->connection);
    }
}

bool http_is_awaited(const struct http_exchange *exchange)
{
    return exchange->connection != NULL;
}

/* Refuses a request whose end is not known. The bytes behind it are not trusted, so the connection ends. */
static void refuse(struct http_exchange *exchange, int status, const char *code, const char *detail)
{
    exchange->stage = STAGE_HEAD;
    exchange->is_head = false; /* the request before may have been one */
    exchange->keeps_alive = false;
    counter_add(&exchange->service->counters->requests_bad, 1);
    http_answer_problem(exchange, status, code, http_status_text(status), detail, "", NULL);
}

/* ---- requests ---- */

static void handle(struct http_exchange *exchange, const struct http_request *request, struct slice body)
{
    struct route_match match = http_find_route(exchange->service, request);
    exchange->stage = STAGE_HANDLE;
    exchange->is_head = request->method == HTTP_HEAD;
    exchange->keeps_alive = request->keep_alive;
    exchange->was_continued = false;
    exchange->empty_lines = 0;
    if (match.route == NULL) {
        /* A body ends the connection here, as in await_body(): it must not matter how the bytes arrive. */
        exchange->keeps_alive = exchange->keeps_alive && body.length == 0;
        http_answer_without_route(exchange, exchange->service, request, &match);
        return;
    }
    const struct http_service *service = exchange->service;
    if (service->is_serving != NULL && !service->is_serving(service->context, exchange)) {
        return;
    }
    match.route->handler(service->context, exchange, request, match.segment, body);
    if (exchange->is_answered_later) {
        connection_set_deadline(exchange->connection, HTTP_HANDLE_MS);
        connection_pause(exchange->connection);
    }
}

static void continue_request(struct http_exchange *exchange, const struct http_request *request)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (request->expects_continue && !exchange->was_continued) {
        exchange->was_continued = true;
        int failed = evbuffer_add(connection_output(exchange->connection), go_on, sizeof go_on - 1);
        assert(failed == 0);
        connection_send(exchange->connection);
    }
}

static void enter(struct http_exchange *exchange, enum http_stage stage, int64_t deadline_ms)
{
    if (exchange->stage != stage) {
        exchange->stage = stage;
        connection_set_deadline(exchange->connection, deadline_ms);
    }
}

/* Whether a handler wants the announced body. False after refusing. */
static bool admit_body(struct http_exchange *exchange, const struct http_request *request)
{
    const struct http_service *service = exchange->service;
    struct route_match match = http_find_route(service, request);
    exchange->stage = STAGE_HANDLE;
    exchange->is_head = false;
    exchange->keeps_alive = false; /* if it is refused, what follows is not read as a request */
    if (match.route == NULL) {
        http_answer_without_route(exchange, service, request, &match);
        return false;
    }
    if (request->body_bytes <= HTTP_SMALL_BODY_BYTES_MAX) {
        return true;
    }
    if (service->admits_large_body == NULL) {
        refuse(exchange, 413, "too-large", "a request body here is at most 65536 bytes");
        return false;
    }
    return service->admits_large_body(service->context, exchange, request);
}

/* The head has arrived, but not the whole body: `length` bytes are there. Before the body is read, a handler must want
 * it and there must be room for it. False when the request has been refused instead. */
static bool await_body(struct http_exchange *exchange, const struct http_request *request, size_t length)
{
    if (exchange->stage != STAGE_BODY && !admit_body(exchange, request)) {
        return false;
    }
    if (!connection_reserve(exchange->connection, length)) {
        refuse(exchange, 503, "busy", "too many large requests are on their way in; try again");
        return false;
    }
    enter(exchange, STAGE_BODY, HTTP_BODY_MS);
    continue_request(exchange, request);
    return true;
}

/* Skips empty lines before a request. Returns the number of bytes skipped; 0 when the bytes are to be parsed as a
 * request. */
static size_t pass_empty_lines(struct http_exchange *exchange, const char *bytes, size_t length)
{
    size_t lines = exchange->stage == STAGE_BODY ? 0 : http_request_empty_lines(bytes, length);
    exchange->empty_lines += lines;
    if (lines == 0 || exchange->empty_lines > REQUEST_EMPTY_LINES_MAX) {
        return 0;
    }
    enter(exchange, STAGE_IDLE,
          HTTP_IDLE_MS); /* a CR that came alone was taken for the beginning of a request */
    return 2 * lines;
}

static bool is_misdirected(const struct http_exchange *exchange, const struct http_request *request)
{
    const struct host_list *hosts = exchange->service->hosts;
    struct slice host = http_request_header(request, "Host");
    return hosts != NULL && !host_list_has(hosts, host) && !connection_is_at(exchange->connection, host);
}

static size_t on_bytes(void *session, const char *bytes, size_t length)
{
    struct http_exchange *exchange = session;
    if (exchange->stage == STAGE_STREAM) {
        return length; /* a stream ignores further input */
    }
    size_t passed = pass_empty_lines(exchange, bytes, length);
    if (passed > 0) {
        return passed;
    }
    if (length == 1 && bytes[0] == '\r') { /* half an empty line */
        enter(exchange, STAGE_HEAD, HTTP_HEAD_MS);
        return 0;
    }
    struct http_request request;
    struct error error;
    int status;
    switch (http_request_parse(bytes, length, &request, &status, &error)) {
    case HTTP_REQUEST_PARTIAL:
        enter(exchange, STAGE_HEAD, HTTP_HEAD_MS);
        return 0;
    case HTTP_REQUEST_BAD:
        refuse(exchange, status, "bad-request", error.text);
        return length;
    case HTTP_REQUEST_COMPLETE:
        break;
    }
    if (is_misdirected(exchange, &request)) {
        refuse(exchange, 421, "misdirected", "not under this name: see the setting `hosts`");
        return length;
    }
    if (request.body_bytes > REQUEST_BODY_BYTES_MAX) {
        refuse(exchange, 413, "too-large", "a request body is at most 8388608 bytes");
        return length;
    }
    size_t body_bytes = (size_t)request.body_bytes;
    if (length - request.head_bytes < body_bytes) {
        return await_body(exchange, &request, length) ? 0 : length;
    }
    handle(exchange, &request, (struct slice){bytes + request.head_bytes, body_bytes});
    return request.head_bytes + body_bytes;
}

static void on_end(void *session, const char *bytes, size_t length)
{
    (void)bytes;
    struct http_exchange *exchange = session;
    if (exchange->stage == STAGE_STREAM) {
        connection_close(exchange->connection);
    } else if (length > 0) {
        refuse(exchange, 400, "bad-request", "the request ends before it is whole");
    } else {
        connection_finish(exchange->connection);
    }
}

static void on_deadline(void *session)
{
    struct http_exchange *exchange = session;
    if (exchange->stage == STAGE_HEAD || exchange->stage == STAGE_BODY) {
        refuse(exchange, 408, "too-slow", "the request did not arrive in time");
    } else {
        connection_close(exchange->connection);
    }
}

static void on_sent(void *session)
{
    struct http_exchange *exchange = session;
    if (exchange->step != NULL) {
        enum http_step step = exchange->step(exchange->step_context);
        if (step == HTTP_STEP_AGAIN) {
            connection_send(exchange->connection); /* for the next one */
        } else if (step == HTTP_STEP_DONE) {
            exchange->step = NULL;
        }
    } else if (exchange->stage == STAGE_IDLE) {
        connection_set_deadline(exchange->connection, HTTP_IDLE_MS);
        connection_resume(exchange->connection);
    }
}

static bool is_awaited(const void *session)
{
    const struct http_exchange *exchange = session;
    return exchange->stage == STAGE_HANDLE;
}

static void on_drain(void *session)
{
    struct http_exchange *exchange = session;
    exchange->is_draining = true;
    if (exchange->stage == STAGE_IDLE || exchange->stage == STAGE_STREAM) {
        connection_finish(exchange->connection);
    } else if (exchange->stage != STAGE_HANDLE) {
        refuse(exchange, 503, "stopping",
               "the server is stopping; send the request again to another or later");
    }
}

static void on_closed(void *session)
{
    struct http_exchange *exchange = session;
    exchange->connection = NULL;
    if (exchange->stage == STAGE_STREAM) {
        exchange->on_stream_closed(exchange->stream_context);
    }
    if (!exchange->is_answered_later) {
        exchange_free(exchange);
    } else if (exchange->step != NULL) {
        enum http_step last = exchange->step(exchange->step_context); /* the exchange may be gone with that */
        assert(last == HTTP_STEP_DONE);
    }
}

void http_serve(struct connection *connection, const struct http_service *service)
{
    static const struct connection_session calls = {.on_bytes = on_bytes,
                                                    .on_end = on_end,
                                                    .on_deadline = on_deadline,
                                                    .on_sent = on_sent,
                                                    .is_awaited = is_awaited,
                                                    .on_drain = on_drain,
                                                    .on_closed = on_closed};
    struct http_exchange *exchange = memory_new(sizeof *exchange);
    exchange->connection = connection;
    exchange->visit = connection_visit(connection);
    visit_hold(exchange->visit);
    exchange->service = service;
    connection_set_deadline(connection, HTTP_IDLE_MS);
    connection_attach(connection, &calls, exchange);
}
