/* What everybody may read (DESIGN section 7), answered from the worker's current publication by reference,
 * without touching Redis. */
#ifndef TURNOUT_NET_PUBLIC_HTTP_H
#define TURNOUT_NET_PUBLIC_HTTP_H

#include <turnout/net/public_reader.h>

extern const struct http_route public_http_routes[];
extern const size_t public_http_route_count;

/* For http_service.is_serving: while there is nothing to show, everything is answered with 503. */
bool public_http_is_serving(void *context, struct http_exchange *exchange);

#endif
