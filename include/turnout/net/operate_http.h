/* The routes for operators: /livez, /readyz, /metrics, on a separate listener. */
#ifndef TURNOUT_NET_OPERATE_HTTP_H
#define TURNOUT_NET_OPERATE_HTTP_H

#include <turnout/base/buffer.h>
#include <turnout/net/http_server.h>
#include <turnout/service/health.h>

/* The context of the operations routes. */
struct operations {
    const struct health *health; /* evaluated by the thread that serves the routes */
    void (*write_metrics)(void *context, struct buffer *out);
    void *context;
};

extern const struct http_route operate_http_routes[];
extern const size_t operate_http_route_count;

#endif
