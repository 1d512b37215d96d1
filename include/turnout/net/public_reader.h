/* The context of the public routes. */
#ifndef TURNOUT_NET_PUBLIC_READER_H
#define TURNOUT_NET_PUBLIC_READER_H

#include <turnout/net/events.h>
#include <turnout/net/http_server.h>
#include <turnout/service/publication.h>

/* One a worker; the worker replaces the publication. */
struct public_reader {
    struct publication *publication; /* a reference held by the worker; NULL: none yet */
    struct counters *counters;
    struct events *events;
};

#endif
