/* Reports over a stream: one JSON report a line. Answers are JSON lines too, each with the number of the line it
 * answers, in the order in which they become known (DESIGN section 6). */
#ifndef TURNOUT_NET_INTAKE_STREAM_H
#define TURNOUT_NET_INTAKE_STREAM_H

#include <turnout/net/connection.h>
#include <turnout/net/intake_desk.h>

enum {
    STREAM_LINE_MS = 10000,              /* from a line's first byte to its end */
    STREAM_IDLE_MS = 15 * 60 * 1000,     /* between lines */
    STREAM_UNANSWERED_MAX = 1024,        /* reports; at this limit reading pauses */
    STREAM_UNSENT_BYTES_MAX = 64 * 1024, /* answers that the peer has not read; likewise */
    STREAM_END_MS = 10000,               /* for the last answers, once nothing more is read */
};

/* Serves the stream on a connection just accepted. The desk is borrowed. */
void intake_stream_serve(struct connection *connection, const struct intake_desk *desk);

#endif
