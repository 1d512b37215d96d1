/* Which route of a service a request is for, and the answers to requests that are for none. */
#ifndef TURNOUT_NET_HTTP_ROUTES_H
#define TURNOUT_NET_HTTP_ROUTES_H

#include <turnout/net/http_server.h>

/* What the routes of a path have to say to a request. */
struct route_match {
    const struct http_route *route; /* NULL: no route for the method */
    struct slice segment;
    bool path_is_known;
    bool takes_get;
    bool takes_post;
};

struct route_match http_find_route(const struct http_service *service, const struct http_request *request);

/* For a match without a route: 404, 405, or what OPTIONS asks for. */
void http_answer_without_route(struct http_exchange *exchange, const struct http_service *service,
                               const struct http_request *request, const struct route_match *match);

#endif
