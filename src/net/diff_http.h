/* GET /v1/diff */
#ifndef TURNOUT_NET_DIFF_HTTP_H
#define TURNOUT_NET_DIFF_HTTP_H

#include <turnout/net/http_server.h>

/* A handler of the public routes (public_http.h). */
void diff_http_get(void *context, struct http_exchange *exchange, const struct http_request *request,
                   struct slice segment, struct slice body);

#endif
