/* What everybody may read (DESIGN section 7), answered from the worker's current publication by reference,
 * without touching Redis. */
#ifndef TURNOUT_NET_PUBLIC_HTTP_H
#define TURNOUT_NET_PUBLIC_HTTP_H

#include <turnout/net/events.h>
#include <turnout/net/http_server.h>
#include <turnout/service/publication.h>

/* The context of the public routes. One a worker; the worker replaces the publication. */
struct public_reader {
    struct publication *publication; /* a reference held by the worker; NULL: there is none yet */
    struct counters *counters;
    struct events *events;
};

extern const struct http_route public_http_routes[];
extern const size_t public_http_route_count;

/* For http_service.is_serving: while there is nothing to show, everything is answered with 503. */
bool public_http_is_serving(void *context, struct http_exchange *exchange);

#endif
