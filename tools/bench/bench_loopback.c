/* Connecting, also without waiting for it: then a server that does not accept holds nobody up. */
#include "bench_loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
};

static union address address_of(uint32_t host, uint16_t port)
{
    return (union address){
        .v4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)}};
}

/* -1 when any of it fails; then what was opened is closed. */
static int connect_from(uint32_t from, uint16_t port, int flags)
{
    int on = 1;
    union address here = address_of(from, 0);
    union address there = address_of(INADDR_LOOPBACK, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    /* The port is chosen when the peer is known, so that each address has all of them for each peer. */
    if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
        bind(fd, &here.any, sizeof here.v4) == 0 &&
        (connect(fd, &there.any, sizeof there.v4) == 0 || errno == EINPROGRESS)) {
        return fd;
    }
    int reason = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    errno = reason;
    return -1;
}

int loopback_connect(uint32_t from, uint16_t port)
{
    return connect_from(from, port, SOCK_NONBLOCK);
}

int loopback_connect_blocking(uint16_t port)
{
    return connect_from(INADDR_LOOPBACK, port, 0);
}
