/* The host names that a listener accepts. A page in a browser can make its own name resolve to any address. Its
 * requests then reach the listener as if they belonged to the page's own site; only Host tells them apart. */
#ifndef TURNOUT_NET_HOSTS_H
#define TURNOUT_NET_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

struct sockaddr;

enum { HOSTS_MAX = 16, HOST_NAME_BYTES = 254 };

/* In addition to the names of loopback, which are always accepted. */
struct host_list {
    char names[HOSTS_MAX][HOST_NAME_BYTES];
    uint32_t count;
};

/* Reads names and addresses separated by blanks, an IPv6 address in brackets, without ports. May be empty. */
enum turnout_error host_list_parse(const char *text, struct host_list *ret_list, struct error *error);

/* Whether the name in a Host, with or without a port, is in the list or a loopback name. An empty Host, which no
 * browser sends, is accepted. */
bool host_list_has(const struct host_list *list, struct slice host);

/* Whether the Host is this address. */
bool host_is_address(struct slice host, const struct sockaddr *address);

#endif
