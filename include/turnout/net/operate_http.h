/* For those who run the server: /livez, /readyz, /metrics, on a listener of their own. */
#ifndef TURNOUT_NET_OPERATE_HTTP_H
#define TURNOUT_NET_OPERATE_HTTP_H

#include <turnout/base/buffer.h>
#include <turnout/net/http_server.h>

/* The context of the operations routes: what only the daemon knows. */
struct operations {
    /* Whether requests are served as they should be; *ret_words is one line for a person either way. Readers are
     * served while Redis is away, so that alone does not make a server unready. */
    bool (*is_ready)(void *context, const char **ret_words);
    void (*write_metrics)(void *context, struct buffer *out);
    void *context;
};

extern const struct http_route operate_http_routes[];
extern const size_t operate_http_route_count;

#endif
