/* The intake listener over HTTP: POST /v1/reports, one as application/json, many as application/x-ndjson (DESIGN section
 * 6), and what committees ask (section 8). */
#ifndef TURNOUT_NET_INTAKE_HTTP_H
#define TURNOUT_NET_INTAKE_HTTP_H

#include <turnout/net/http_server.h>

/* Their context is a struct intake_desk. */
extern const struct http_route intake_http_routes[];
extern const size_t intake_http_route_count;

/* For the service of these routes: batches alone are large. A token is looked at before they are taken in; signatures
 * are looked at when they are there. */
bool intake_http_admits_large_body(void *context, struct http_exchange *exchange,
                                   const struct http_request *request);

#endif
