/* The addresses that turnoutd listens on, with a socket for each thread that accepts there. */
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

/* Zeroed, it listens nowhere. */
struct listenings {
    struct listening public_http, intake_http, intake_stream; /* a socket for each worker of a kind */
    struct listening operate;
};

/* Opens all that are not off. A port 0 becomes the one that was found. The error's field is the setting. */
enum turnout_error listenings_open(struct listenings *listenings, const struct server_settings *settings,
                                   struct error *error);

/* Gives a socket away; -1 where the setting is off. */
int listening_give(struct listening *listening, uint32_t place);

/* Tells the log where, unless it is off. */
void listening_log(const struct listening *listening);

/* Closes the sockets that were not given away. */
void listenings_close(struct listenings *listenings);

#endif
