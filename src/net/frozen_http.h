/* ?at={number}: the documents of figures as a bulletin froze them. */
#ifndef TURNOUT_NET_FROZEN_HTTP_H
#define TURNOUT_NET_FROZEN_HTTP_H

#include <turnout/net/public_reader.h>

/* Whether a bulletin is asked for; then it is answered, also where that is not possible. `which` is of
 * frozen_view.h. */
bool frozen_http_answer(struct public_reader *reader, struct http_exchange *exchange,
                        const struct http_request *request, size_t which);

#endif
