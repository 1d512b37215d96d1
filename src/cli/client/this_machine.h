/* Which hosts are this machine, so that nobody on a network between can read or alter what is sent to them. */
#ifndef TURNOUT_THIS_MACHINE_H
#define TURNOUT_THIS_MACHINE_H

#include <stdbool.h>

#include <turnout/base/settings.h>

/* A loopback address or `localhost`; an IPv6 address may stand in brackets. */
bool host_is_this_machine(const char *host);

/* What a command says that would speak to another machine without TLS. */
#define INSECURE_REFUSAL                                                                                     \
    "whoever is on the way to %s could read and alter what is sent; use https, or give --insecure"

/* The option of commands that may, for `member` of `type`. */
#define INSECURE_OPTION(type, member)                                                                        \
    {                                                                                                        \
        .name = "insecure", .kind = SETTING_FLAG, SETTING_AT(type, member),                                  \
        .help = "speaks to another machine without TLS"                                                      \
    }

#endif
