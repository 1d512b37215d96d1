/* Opening listening sockets and accepting from them. A listener that cannot accept pauses instead of spinning:
 * the socket stays readable, so without the pause the loop would turn for nothing. */
#include <turnout/net/listener.h>

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

enum { BACKLOG = 1024 };

/* ---- addresses ---- */

static bool parse_host(struct slice host, struct listen_address *address)
{
    bool is_v6 = host.length >= 2 && host.bytes[0] == '[' && host.bytes[host.length - 1] == ']';
    if (is_v6) {
        host = (struct slice){host.bytes + 1, host.length - 2};
    }
    if (!slice_copy(host, address->host, sizeof address->host)) {
        return false;
    }
    if (is_v6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address->socket;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(address->port);
        address->socket_bytes = sizeof *v6;
        return inet_pton(AF_INET6, address->host, &v6->sin6_addr) == 1;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address->socket;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address->port);
    address->socket_bytes = sizeof *v4;
    return inet_pton(AF_INET, address->host, &v4->sin_addr) == 1;
}

enum turnout_error listen_address_parse(const char *text, struct listen_address *ret_address,
                                        struct error *error)
{
    struct listen_address address = {.is_off = text[0] == '\0'};
    if (!address.is_off) {
        const char *colon = strrchr(text, ':');
        uint64_t port = 0;
        if (colon == NULL || !text_parse_unsigned(slice_of(colon + 1), UINT16_MAX, &port)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "must be ADDRESS:PORT with a port of 0 to 65535");
        }
        address.port = (uint16_t)port;
        if (!parse_host((struct slice){text, (size_t)(colon - text)}, &address)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "",
                              "must begin with an IPv4 address, or an IPv6 address in brackets");
        }
    }
    *ret_address = address;
    return TURNOUT_OK;
}

static void set_port(struct listen_address *address, uint16_t port)
{
    address->port = port;
    if (address->socket.ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)&address->socket)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)&address->socket)->sin_port = htons(port);
    }
}

/* ---- opening ---- */

static enum turnout_error fail_open(const struct listen_address *address, int reason, struct error *error)
{
    if (reason == EADDRINUSE && address->port != 0) {
        return error_fail(
            error, TURNOUT_IN_USE, "",
            "%s:%u is in use by another process; stop it or choose another port (0: any free one)",
            address->host, address->port);
    }
    return error_fail_system(error, reason, "", "cannot listen on %s:%u", address->host, address->port);
}

/* Binds one socket; -1 with errno set when that fails. */
static int bind_one(const struct listen_address *address, bool shares_port)
{
    int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (shares_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
        bind(fd, (const struct sockaddr *)&address->socket, address->socket_bytes) != 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* With SO_REUSEPORT a second turnoutd of the same user would quietly share the port and take half of the
 * connections. So the port is first tried without it. */
static enum turnout_error probe(const struct listen_address *address, struct error *error)
{
    int fd = bind_one(address, false);
    if (fd < 0 || listen(fd, 1) != 0) {
        int reason = errno;
        if (fd >= 0) {
            close(fd);
        }
        return fail_open(address, reason, error);
    }
    close(fd);
    return TURNOUT_OK;
}

static enum turnout_error learn_port(struct listen_address *address, int fd, struct error *error)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {0};
    socklen_t bound_bytes = sizeof bound;
    if (getsockname(fd, &bound.any, &bound_bytes) != 0) {
        return error_fail_system(error, errno, "", "cannot tell the port of %s", address->host);
    }
    in_port_t port = bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port;
    set_port(address, ntohs(port));
    return TURNOUT_OK;
}

enum turnout_error listener_open(struct listen_address *address, uint32_t count, int *ret_fds,
                                 struct error *error)
{
    enum turnout_error failed = address->port == 0 ? TURNOUT_OK : probe(address, error);
    uint32_t opened = 0;
    while (failed == TURNOUT_OK && opened < count) {
        int fd = bind_one(address, true);
        if (fd < 0) {
            failed = fail_open(address, errno, error);
            break;
        }
        ret_fds[opened++] = fd;
        if (address->port == 0) {
            failed = learn_port(address, fd, error);
        }
        if (failed == TURNOUT_OK && listen(fd, BACKLOG) != 0) {
            failed = fail_open(address, errno, error);
        }
    }
    if (failed != TURNOUT_OK) {
        while (opened > 0) {
            close(ret_fds[--opened]);
        }
    }
    return failed;
}

/* ---- accepting ---- */

struct listener {
    int fd;
    struct event *readable;
    struct event *resume; /* ends a pause */
    struct counters *counters;
    listener_accept_fn *on_accept;
    void *context;
};

static void pause_accepting(struct listener *listener, int reason)
{
    counter_add(&listener->counters->accept_pauses, 1);
    log_warning("accept-paused", log_text("why", strerror(reason)), log_number("ms", LISTENER_PAUSE_MS));
    struct timeval pause = {.tv_usec = LISTENER_PAUSE_MS * 1000};
    int failed = event_del(listener->readable) | event_add(listener->resume, &pause);
    assert(failed == 0);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct listener *listener = context;
    int failed = event_add(listener->readable, NULL);
    assert(failed == 0);
}

/* Errors that belong to the one connection that was about to be accepted (accept(2), "Error handling"). */
static bool concerns_one_connection(int reason)
{
    switch (reason) {
    case EINTR:
    case ECONNABORTED:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case EPERM:
        return true;
    default:
        return false;
    }
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct listener *listener = context;
    for (int i = 0; i < LISTENER_ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage peer;
        socklen_t peer_bytes = sizeof peer;
        int accepted =
            accept4(listener->fd, (struct sockaddr *)&peer, &peer_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) {
            listener->on_accept(listener->context, accepted, (const struct sockaddr *)&peer);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (!concerns_one_connection(errno)) {
            pause_accepting(listener, errno);
            return;
        }
    }
}

struct listener *listener_new(struct event_base *base, int fd, struct counters *counters,
                              listener_accept_fn *on_accept, void *context)
{
    struct listener *listener = memory_new(sizeof *listener);
    listener->fd = fd;
    listener->counters = counters;
    listener->on_accept = on_accept;
    listener->context = context;
    listener->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, listener);
    listener->resume = event_new(base, -1, 0, on_resume, listener);
    assert(listener->readable != NULL && listener->resume != NULL);
    int failed = event_add(listener->readable, NULL);
    assert(failed == 0);
    return listener;
}

void listener_free(struct listener *listener)
{
    if (listener != NULL) {
        event_free(listener->readable);
        event_free(listener->resume);
        close(listener->fd);
        free(listener);
    }
}
