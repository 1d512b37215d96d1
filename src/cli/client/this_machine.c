/* Recognises loopback names and addresses. */
#include "client/this_machine.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <turnout/base/text.h>

bool host_is_this_machine(const char *host)
{
    struct slice name = slice_of(host);
    char address[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    if (name.length > 2 && host[0] == '[' && host[name.length - 1] == ']') {
        name = (struct slice){host + 1, name.length - 2};
    }
    if (slice_equals_ignoring_case(name, "localhost")) {
        return true;
    }
    if (!slice_copy(name, address, sizeof address)) {
        return false;
    }
    return (inet_pton(AF_INET, address, &four) == 1 && ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET) ||
           (inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}
