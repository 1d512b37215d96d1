/* /v1/events: who has it open on a worker, and telling them of each publication in which something has moved (DESIGN section
 * 7). An event is written once a worker, and lent to everybody who is told it. */
#ifndef TURNOUT_NET_EVENTS_H
#define TURNOUT_NET_EVENTS_H

#include <stdint.h>

#include <turnout/net/http_server.h>
#include <turnout/service/publication.h>

struct event_base;
struct events;

enum { EVENTS_COMMENT_S = 15, EVENTS_RETRY_MS = 3000 };

struct events *events_new(struct event_base *base);

/* Streams that are open must have been closed. NULL-safe. */
void events_free(struct events *events);

/* Takes an exchange, and tells it the whole of the publication at once. */
void events_open(struct events *events, struct http_exchange *exchange, const struct http_request *request,
                 struct publication *publication);

/* Tells everybody what has moved from `before` to `after`; both borrowed. */
void events_tell(struct events *events, const struct publication *before, struct publication *after);

#endif
