/* The area that a path names. */
#ifndef TURNOUT_NET_AREA_PATH_H
#define TURNOUT_NET_AREA_PATH_H

#include <stdint.h>

#include <turnout/election/register.h>
#include <turnout/net/http_server.h>

/* Its index; REGISTER_NONE after answering 404, that there is none with this code. */
uint32_t area_of_path(const struct election_register *reg, struct http_exchange *exchange, struct slice code);

#endif
