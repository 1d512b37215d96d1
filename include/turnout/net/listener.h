/* Listening sockets. They are opened early, so that a port in use is reported before anything else starts; accepting
 * begins once there is something to serve. */
#ifndef TURNOUT_NET_LISTENER_H
#define TURNOUT_NET_LISTENER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <turnout/base/error.h>
#include <turnout/service/counters.h>

struct event_base;

/* An address to listen on, as settings give it. */
struct listen_address {
    bool is_off; /* an empty setting */
    struct sockaddr_storage socket;
    socklen_t socket_bytes;
    char host[INET6_ADDRSTRLEN]; /* for the log */
    uint16_t port;               /* 0: any free one, until opened */
};

/* Reads `127.0.0.1:8080` or `[::1]:8080`; an empty text is an address that is off. Numeric addresses only. */
enum turnout_error listen_address_parse(const char *text, struct listen_address *ret_address,
                                        struct error *error);

enum { LISTENERS_MAX = 256 };

/* Opens `count` listening sockets on one address with SO_REUSEPORT, so that each worker accepts for itself. Port 0 is
 * replaced by the port that was found, the same for all. TURNOUT_IN_USE when any process listens there already,
 * turnoutd included. The caller closes the descriptors. */
enum turnout_error listener_open(struct listen_address *address, uint32_t count, int *ret_fds,
                                 struct error *error);

struct listener;

/* Takes `fd`, a non-blocking connected socket. */
typedef void listener_accept_fn(void *context, int fd, const struct sockaddr *peer);

enum {
    LISTENER_ACCEPTS_A_TURN = 64,
    LISTENER_PAUSE_MS = 200, /* after an accept that failed for lack of descriptors or memory */
};

/* Takes `fd`. The counters are borrowed. */
struct listener *listener_new(struct event_base *base, int fd, struct counters *counters,
                              listener_accept_fn *on_accept, void *context);

/* Closes the socket. NULL-safe. */
void listener_free(struct listener *listener);

#endif
