/* The operations endpoints: plain text, never cached. */
#include <turnout/net/operate_http.h>

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

static void get_readyz(void *context, struct http_exchange *exchange, const struct http_request *request,
                       struct slice segment, struct slice body)
{
    (void)request;
    (void)segment;
    (void)body;
    const struct operations *operations = context;
    const char *words;
    bool is_ready = operations->is_ready(operations->context, &words);
    struct buffer text = {0};
    buffer_printf(&text, "%s\n", words);
    answer_text(exchange, is_ready ? 200 : 503, "text/plain", &text);
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
