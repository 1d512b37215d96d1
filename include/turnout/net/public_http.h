/* The public routes (DESIGN section 7), answered from the worker's current publication by reference, without touching
 * Redis. */
#ifndef TURNOUT_NET_PUBLIC_HTTP_H
#define TURNOUT_NET_PUBLIC_HTTP_H

#include <turnout/net/public_reader.h>

extern const struct http_route public_http_routes[];
extern const size_t public_http_route_count;

/* For http_service.is_serving: answers 503 while there is no publication. */
bool public_http_is_serving(void *context, struct http_exchange *exchange);

#endif
