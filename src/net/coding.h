/* In which of the codings that a document is there in it is answered. */
#ifndef TURNOUT_NET_CODING_H
#define TURNOUT_NET_CODING_H

#include <turnout/net/http_server.h>

/* False after refusing a client that takes none of them. */
bool coding_read(struct http_exchange *exchange, const struct http_request *request,
                 enum http_coding *ret_coding);

#endif
