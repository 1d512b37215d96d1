/* Reports over HTTP: POST /v1/reports, one as application/json, many as application/x-ndjson (DESIGN section 6). */
#ifndef TURNOUT_NET_INTAKE_HTTP_H
#define TURNOUT_NET_INTAKE_HTTP_H

#include <turnout/net/http_server.h>

/* The routes of the intake listener; their context is the worker's struct intake. */
extern const struct http_route intake_http_routes[];
extern const size_t intake_http_route_count;

#endif
