/* The operations endpoints: never cached. */
#include <turnout/net/operate_http.h>

#include <string.h>

static const char no_store[] = "Cache-Control: no-store\r\n";

static void answer_text(struct http_exchange *exchange, int status, const char *content_type,
                        const struct buffer *text)
{
    http_answer(exchange, &(struct http_answer){.status = status,
                                                .content_type = content_type,
                                                .headers = no_store,
                                                .body = text->bytes,
                                                .body_bytes = text->length});
}

static void get_livez(void *context, struct http_exchange *exchange, const struct http_request *request,
                      struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    static const char alive[] = "alive\n";
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "text/plain",
                                                .headers = no_store,
                                                .body = alive,
                                                .body_bytes = sizeof alive - 1});
}

/* A front asks `?for=readers` before it sends readers here: they are served while reports cannot be stored. False, and
 * the request is answered, when it is for somebody else. */
static bool parse_audience(struct http_exchange *exchange, struct slice query, bool *ret_is_for_readers)
{
    char audience[sizeof "readers"];
    *ret_is_for_readers = http_query_has(query, "for");
    if (*ret_is_for_readers &&
        (!http_query_value(query, "for", audience, sizeof audience) || strcmp(audience, "readers") != 0)) {
        http_refuse_parameter(exchange, "for", "'for' can be: readers");
        return false;
    }
    return true;
}

static void get_readyz(void *context, struct http_exchange *exchange, const struct http_request *request,
                       struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    const struct operations *operations = context;
    bool is_for_readers;
    if (!parse_audience(exchange, request->query, &is_for_readers)) {
        return;
    }
    bool is_ready =
        is_for_readers ? health_serves_readers(operations->health) : health_is_ready(operations->health);
    struct buffer text = {0};
    health_write_json(operations->health, is_ready, &text);
    buffer_append_char(&text, '\n');
    answer_text(exchange, is_ready ? 200 : 503, "application/json", &text);
    buffer_done(&text);
}

static void get_metrics(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)request;
    (void)segment;
    (void)body;
    const struct operations *operations = context;
    struct buffer text = {0};
    operations->write_metrics(operations->context, &text);
    answer_text(exchange, 200, "text/plain; version=0.0.4", &text);
    buffer_done(&text);
}

const struct http_route operate_http_routes[] = {
    {HTTP_GET, "/livez", get_livez},
    {HTTP_GET, "/readyz", get_readyz},
    {HTTP_GET, "/metrics", get_metrics},
};
const size_t operate_http_route_count = sizeof operate_http_routes / sizeof operate_http_routes[0];
