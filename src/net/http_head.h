/* The status line and headers of an answer. */
#ifndef TURNOUT_NET_HTTP_HEAD_H
#define TURNOUT_NET_HTTP_HEAD_H

#include <turnout/base/buffer.h>
#include <turnout/net/http_server.h>

/* "Not Found" for 404; every status that is answered has one. */
const char *http_status_text(int status);

/* Up to and including the empty line. */
void http_write_head(struct buffer *head, const struct http_answer *answer, bool is_public, bool keeps_alive);

#endif
