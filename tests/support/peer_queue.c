/* Asks the kernel about the other end of a connection (sock_diag(7)): its addresses are ours, swapped. */
#include "peer_queue.h"

#include <check.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct question {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
};

struct reply {
    struct nlmsghdr header;
    struct inet_diag_msg about;
    char rest[512]; /* attributes, which nobody reads */
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
};

static struct question about_peer_of(int fd)
{
    union address here = {0};
    union address there = {0};
    socklen_t bytes = sizeof here;
    ck_assert_int_eq(getsockname(fd, &here.any, &bytes), 0);
    struct question question = {
        .header = {.nlmsg_len = sizeof question,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST},
        .request = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = UINT32_MAX},
    };
    struct inet_diag_sockid *id = &question.request.id;
    bytes = sizeof there;
    if (getpeername(fd, &there.any, &bytes) ==
        0) { /* else it has reset the connection, and matches nothing */
        id->idiag_sport = there.v4.sin_port;
        id->idiag_src[0] = there.v4.sin_addr.s_addr;
    }
    id->idiag_dport = here.v4.sin_port;
    id->idiag_dst[0] = here.v4.sin_addr.s_addr;
    id->idiag_cookie[0] = (uint32_t)INET_DIAG_NOCOOKIE;
    id->idiag_cookie[1] = (uint32_t)INET_DIAG_NOCOOKIE;
    return question;
}

uint32_t peer_unread_bytes(int fd)
{
    struct question question = about_peer_of(fd);
    int diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    ck_assert_int_ge(diag, 0);
    struct reply reply = {0};
    uint32_t unread = 0;
    if (send(diag, &question, sizeof question, 0) == (ssize_t)sizeof question &&
        recv(diag, &reply, sizeof reply, 0) > 0 && reply.header.nlmsg_type == SOCK_DIAG_BY_FAMILY) {
        unread = reply.about.idiag_rqueue;
    }
    ck_assert_int_eq(close(diag), 0);
    return unread;
}
