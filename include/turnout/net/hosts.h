/* The names under which a listener may be asked. A page in a browser can have its own name resolve to any address. Its
 * requests then reach the listener there as if they were for the page's own site; only Host tells them apart. */
#ifndef TURNOUT_NET_HOSTS_H
#define TURNOUT_NET_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

struct sockaddr;

enum { HOSTS_MAX = 16, HOST_NAME_BYTES = 254 };

/* Beside the names of loopback, which are always good. */
struct host_list {
    char names[HOSTS_MAX][HOST_NAME_BYTES];
    uint32_t count;
};

/* Reads names and addresses with blanks between them, an IPv6 address in brackets, none with a port; none at all is
 * fine. */
enum turnout_error host_list_parse(const char *text, struct host_list *ret_list, struct error *error);

/* Whether the name in a Host, with a port or without, is in the list or one of loopback's. An empty one names nobody,
 * as no browser does, and is good. */
bool host_list_has(const struct host_list *list, struct slice host);

/* Whether it is this address. */
bool host_is_address(struct slice host, const struct sockaddr *address);

#endif
