/* `HOST:PORT` and `[ADDRESS]:PORT`. */
#ifndef TURNOUT_BASE_HOST_PORT_H
#define TURNOUT_BASE_HOST_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>

enum { HOST_BYTES = 256 };

struct host_port {
    char host[HOST_BYTES]; /* without the brackets of an IPv6 address */
    uint16_t port;
};

/* The port is 1 to 65535. An IPv6 address without brackets is refused, as the port's colon would be ambiguous. */
bool host_port_parse(struct slice text, struct host_port *ret_address);

#endif
