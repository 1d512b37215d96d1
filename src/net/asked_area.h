/* The area that a request asks for. Each returns its index, and REGISTER_NONE after answering 404: no area has this
 * code. */
#ifndef TURNOUT_NET_ASKED_AREA_H
#define TURNOUT_NET_ASKED_AREA_H

#include <stdint.h>

#include <turnout/election/register.h>
#include <turnout/net/http_server.h>

/* `code` is a segment of the path. */
uint32_t area_of_path(const struct election_register *reg, struct http_exchange *exchange, struct slice code);

/* `?area=`; the nation where the query says none. */
uint32_t area_of_query(const struct election_register *reg, struct http_exchange *exchange,
                       struct slice query);

#endif
