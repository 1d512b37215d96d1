/* The HTTP routes of the intake listener: POST /v1/reports, one as application/json, many as application/x-ndjson
 * (DESIGN section 6), and those of committees (section 8). */
#ifndef TURNOUT_NET_INTAKE_HTTP_H
#define TURNOUT_NET_INTAKE_HTTP_H

#include <turnout/net/http_server.h>

/* Their context is a struct intake_desk. */
extern const struct http_route intake_http_routes[];
extern const size_t intake_http_route_count;

/* For http_service.admits_large_body: only batches may be large. Checks a token before the batch is read; signatures
 * are checked after. */
bool intake_http_admits_large_body(void *context, struct http_exchange *exchange,
                                   const struct http_request *request);

#endif
