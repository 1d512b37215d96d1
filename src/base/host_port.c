/* Reads `HOST:PORT`. */
#include <turnout/base/host_port.h>

#include <string.h>

bool host_port_parse(struct slice text, struct host_port *ret_address)
{
    struct slice host = text;
    struct slice port_text;
    uint64_t port = 0;
    if (!text_split_last(&host, ':', &port_text) || !text_parse_unsigned(port_text, UINT16_MAX, &port) ||
        port == 0) {
        return false;
    }
    if (host.length >= 2 && host.bytes[0] == '[' && host.bytes[host.length - 1] == ']') {
        host = (struct slice){host.bytes + 1, host.length - 2};
    } else if (host.length > 0 && memchr(host.bytes, ':', host.length) != NULL) {
        return false;
    }
    if (host.length == 0 || !slice_copy(host, ret_address->host, sizeof ret_address->host)) {
        return false;
    }
    ret_address->port = (uint16_t)port;
    return true;
}
