/* /v1/events: the open event streams of a worker. Each publication in which something has moved is sent to them
 * (DESIGN section 7). An event is written once a worker, and all streams borrow it. */
#ifndef TURNOUT_NET_EVENTS_H
#define TURNOUT_NET_EVENTS_H

#include <stdint.h>

#include <turnout/net/http_server.h>
#include <turnout/service/publication.h>

struct event_base;
struct events;

enum { EVENTS_COMMENT_S = 15, EVENTS_RETRY_MS = 3000 };

struct events *events_new(struct event_base *base);

/* All streams must be closed. NULL-safe. */
void events_free(struct events *events);

/* Takes an exchange, and sends it the whole publication at once. */
void events_open(struct events *events, struct http_exchange *exchange, const struct http_request *request,
                 struct publication *publication);

/* Sends all streams what has moved from `before` to `after`; both are borrowed. */
void events_tell(struct events *events, const struct publication *before, struct publication *after);

#endif
