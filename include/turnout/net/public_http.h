/* What everybody may read (DESIGN section 7), answered from the worker's current publication by reference,
 * without touching Redis. */
#ifndef TURNOUT_NET_PUBLIC_HTTP_H
#define TURNOUT_NET_PUBLIC_HTTP_H

#include <turnout/net/http_server.h>
#include <turnout/service/publication.h>

/* The context of the public routes. One a worker; the worker replaces the publication. */
struct public_reader {
    struct publication
        *publication; /* a reference held by the worker; never NULL while requests are served */
    struct counters *counters;
};

extern const struct http_route public_http_routes[];
extern const size_t public_http_route_count;

#endif
