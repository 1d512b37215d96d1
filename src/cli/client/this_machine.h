/* Whether a host is this machine, so that nobody on a network can read or change what is sent to it. */
#ifndef TURNOUT_THIS_MACHINE_H
#define TURNOUT_THIS_MACHINE_H

#include <stdbool.h>

#include <turnout/base/settings.h>

/* A loopback address or `localhost`; an IPv6 address may be in brackets. */
bool host_is_this_machine(const char *host);

/* The error of a command that would use another machine without TLS. */
#define INSECURE_REFUSAL                                                                                     \
    "anybody on the network to %s could read and alter what is sent; use https, or give --insecure"

/* The option that allows it, for `member` of `type`. */
#define INSECURE_OPTION(type, member)                                                                        \
    {                                                                                                        \
        .name = "insecure", .kind = SETTING_FLAG, SETTING_AT(type, member),                                  \
        .help = "allows another machine without TLS"                                                         \
    }

#endif
