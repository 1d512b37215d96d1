/* One of the addresses that turnoutd listens on, with a socket for each thread that accepts there. Zeroed, it listens
 * nowhere. */
#ifndef TURNOUT_APP_LISTENING_H
#define TURNOUT_APP_LISTENING_H

#include <stdint.h>

#include <turnout/net/listener.h>

#include "server_settings.h"

struct listening {
    const char *setting; /* "public"; borrowed */
    struct listen_address address;
    uint32_t count;
    int fds[WORKERS_MAX]; /* -1 once given */
};

/* Opens `count` sockets, none where the setting is off. A port 0 becomes the one that was found. The error's field is the
 * setting. */
enum turnout_error listening_open(struct listening *listening, const char *setting,
                                  const struct listen_address *wanted, uint32_t count, struct error *error);

/* Gives a socket away; -1 where the setting is off. */
int listening_give(struct listening *listening, uint32_t place);

/* Tells the log where, unless it is off. */
void listening_log(const struct listening *listening);

/* Closes the sockets that were not given away. */
void listening_close(struct listening *listening);

#endif
