/* The proxy's poll loop. What it cannot do ends the test. */
#include "redis_proxy.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

enum { PIECE_BYTES = 65536, FDS_MAX = 2 + 2 * PROXY_LINKS_MAX };

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static void close_link(struct proxy_link *link)
{
    ck_assert_int_eq(close(link->client), 0);
    ck_assert_int_eq(close(link->server), 0);
    buffer_done(&link->request);
    buffer_done(&link->late);
    *link = (struct proxy_link){.client = -1, .server = -1};
}

static void accept_link(struct redis_proxy *proxy)
{
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    ck_assert_int_ge(client, 0);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(server, 0);
    struct sockaddr_un to = address_of(proxy->redis_path);
    struct proxy_link *link = proxy->links;
    while (link < proxy->links + PROXY_LINKS_MAX && link->client >= 0) {
        link++;
    }
    ck_assert_msg(link < proxy->links + PROXY_LINKS_MAX, "more links than any turnoutd has");
    *link = (struct proxy_link){.client = client, .server = server};
    if (connect(server, (const struct sockaddr *)&to, sizeof to) != 0) {
        close_link(link);
    }
}

/* False: the other end is gone. */
static bool pass(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t piece = send(fd, bytes, length, MSG_NOSIGNAL);
        if (piece <= 0) {
            return false;
        }
        bytes += piece;
        length -= (size_t)piece;
    }
    return true;
}

/* ---- commands ---- */

/* Reads `*12\r\n` or `$12\r\n` at *at, and moves *at behind it; false where it is not whole. Of `$-1` the number is
 * 0. */
static bool read_number(const struct buffer *text, size_t *at, uint64_t *ret_number)
{
    const char *begin = text->bytes + *at;
    const char *end = *at < text->length ? memchr(begin, '\n', text->length - *at) : NULL;
    if (end == NULL) {
        return false;
    }
    if (!text_parse_unsigned((struct slice){begin + 1, (size_t)(end - begin) - 2}, UINT32_MAX, ret_number)) {
        *ret_number = 0;
    }
    *at += (size_t)(end - begin) + 1;
    return true;
}

/* The length of the first command or reply: an array, or what an array is made of; 0: it is not whole. */
static size_t first_length(const struct buffer *text)
{
    size_t at = 0;
    for (uint64_t left = 1; left > 0; left--) {
        size_t begin = at;
        uint64_t number;
        if (!read_number(text, &at, &number)) {
            return 0;
        }
        bool is_nil = text->bytes[begin + 1] == '-';
        if (text->bytes[begin] == '*') {
            left += number;
        } else if (text->bytes[begin] == '$' && !is_nil) {
            at += number + 2;
        }
    }
    return at <= text->length ? at : 0;
}

/* What is to become of a command's reply. */
static struct proxy_fault take_fault(struct redis_proxy *proxy, const char *command, size_t length)
{
    static const char name[] = "turnout_commit";
    struct proxy_fault fault = {.act = PROXY_PASS};
    if (memmem(command, length, name, strlen(name)) == NULL) {
        return fault;
    }
    ck_assert_int_eq(pthread_mutex_lock(&proxy->lock), 0);
    if (proxy->armed.act != PROXY_PASS) {
        fault = proxy->armed;
        proxy->armed = (struct proxy_fault){.act = PROXY_PASS};
    }
    ck_assert_int_eq(pthread_mutex_unlock(&proxy->lock), 0);
    return fault;
}

/* The link's fault, if it has one, has happened, or cannot any more. */
static void end_fault(struct redis_proxy *proxy, struct proxy_link *link)
{
    if (link->fault.act == PROXY_PASS) {
        return;
    }
    link->fault = (struct proxy_fault){.act = PROXY_PASS};
    ck_assert_int_eq(pthread_mutex_lock(&proxy->lock), 0);
    proxy->hits++;
    ck_assert_int_eq(pthread_mutex_unlock(&proxy->lock), 0);
}

/* False: the link is over. */
static bool pass_commands(struct redis_proxy *proxy, struct proxy_link *link)
{
    size_t length;
    bool goes_on = true;
    while (goes_on && link->request.length > 0 && (length = first_length(&link->request)) > 0) {
        struct proxy_fault fault = take_fault(proxy, link->request.bytes, length);
        if (fault.act != PROXY_PASS) {
            link->fault = fault;
            link->passed_bytes = 0;
        }
        if (fault.act == PROXY_REPLY && fault.is_kept_from_redis) {
            end_fault(proxy, link);
            goes_on = pass(link->client, fault.reply, strlen(fault.reply));
        } else {
            goes_on = pass(link->server, link->request.bytes, length);
        }
        memmove(link->request.bytes, link->request.bytes + length, link->request.length - length);
        link->request.length -= length;
    }
    return goes_on;
}

/* ---- replies ---- */

/* False: the link is over. */
static bool replace_reply(struct redis_proxy *proxy, struct proxy_link *link, const char *bytes,
                          size_t length)
{
    buffer_append(&link->late, bytes, length);
    size_t replaced = first_length(&link->late);
    if (replaced == 0) {
        return true;
    }
    const char *reply = link->fault.reply;
    end_fault(proxy, link);
    bool goes_on = pass(link->client, reply, strlen(reply)) &&
                   pass(link->client, link->late.bytes + replaced, link->late.length - replaced);
    buffer_clear(&link->late);
    return goes_on;
}

/* False: the link is over. */
static bool treat_reply(struct redis_proxy *proxy, struct proxy_link *link, const char *bytes, size_t length)
{
    const struct proxy_fault *fault = &link->fault;
    switch (fault->act) {
    case PROXY_PASS:
        return pass(link->client, bytes, length);
    case PROXY_REPLY:
        return replace_reply(proxy, link, bytes, length);
    case PROXY_RESET:
    case PROXY_STALL:
    case PROXY_DELAY:
        break;
    }
    size_t before = fault->offset - link->passed_bytes;
    before = before < length ? before : length;
    if (!pass(link->client, bytes, before)) {
        return false;
    }
    link->passed_bytes += before;
    if (link->passed_bytes < fault->offset) {
        return true;
    }
    if (fault->act == PROXY_DELAY) {
        buffer_append(&link->late, bytes + before, length - before);
        link->resume_ms = clock_monotonic_ms() + fault->delay_ms;
    }
    link->is_stalled = fault->act == PROXY_STALL;
    bool goes_on = fault->act != PROXY_RESET;
    end_fault(proxy, link);
    return goes_on;
}

/* False: the link is over. */
static bool pass_late(struct proxy_link *link)
{
    link->resume_ms = 0;
    bool goes_on = pass(link->client, link->late.bytes, link->late.length);
    buffer_clear(&link->late);
    return goes_on;
}

/* ---- the loop ---- */

/* False: the link is over. */
static bool serve_link(struct redis_proxy *proxy, struct proxy_link *link, bool from_client)
{
    static char piece[PIECE_BYTES];
    ssize_t got = recv(from_client ? link->client : link->server, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) {
        return true;
    }
    if (got <= 0) {
        return false;
    }
    if (link->is_stalled) {
        return true;
    }
    if (from_client) {
        buffer_append(&link->request, piece, (size_t)got);
        return pass_commands(proxy, link);
    }
    if (link->resume_ms > 0) {
        buffer_append(&link->late, piece, (size_t)got);
        return true;
    }
    return treat_reply(proxy, link, piece, (size_t)got);
}

static void serve(struct redis_proxy *proxy, struct pollfd fds[FDS_MAX])
{
    for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
        struct proxy_link *link = &proxy->links[i];
        bool goes_on = true;
        for (size_t side = 0; side < 2 && goes_on && link->client >= 0; side++) {
            if (fds[2 + 2 * i + side].revents != 0) {
                goes_on = serve_link(proxy, link, side == 0);
            }
        }
        if (goes_on && link->resume_ms > 0 && clock_monotonic_ms() >= link->resume_ms) {
            goes_on = pass_late(link);
        }
        if (!goes_on) {
            end_fault(proxy, link);
            close_link(link);
        }
    }
}

static void *run(void *context)
{
    enum { LATE_AT_MOST_MS = 5 };
    struct redis_proxy *proxy = context;
    for (;;) {
        struct pollfd fds[FDS_MAX] = {{.fd = proxy->stop, .events = POLLIN},
                                      {.fd = proxy->listener, .events = POLLIN}};
        int wait_ms = -1;
        for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
            fds[2 + 2 * i] = (struct pollfd){.fd = proxy->links[i].client, .events = POLLIN};
            fds[3 + 2 * i] = (struct pollfd){.fd = proxy->links[i].server, .events = POLLIN};
            wait_ms = proxy->links[i].resume_ms > 0 ? LATE_AT_MOST_MS : wait_ms;
        }
        ck_assert(poll(fds, FDS_MAX, wait_ms) >= 0 || errno == EINTR);
        if (fds[0].revents != 0) {
            return NULL;
        }
        serve(proxy, fds);
        if (fds[1].revents != 0) {
            accept_link(proxy);
        }
    }
}

/* ---- life ---- */

void redis_proxy_start(struct redis_proxy *proxy, const struct workspace *workspace, const char *redis_path)
{
    *proxy = (struct redis_proxy){.lock = PTHREAD_MUTEX_INITIALIZER};
    workspace_path(workspace, "proxy.sock", proxy->path);
    ck_assert_int_gt(snprintf(proxy->url, sizeof proxy->url, "unix:%s", proxy->path), 0);
    ck_assert_int_lt(snprintf(proxy->redis_path, sizeof proxy->redis_path, "%s", redis_path),
                     sizeof proxy->redis_path);
    for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
        proxy->links[i] = (struct proxy_link){.client = -1, .server = -1};
    }
    proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(proxy->listener, 0);
    struct sockaddr_un at = address_of(proxy->path);
    ck_assert_int_eq(bind(proxy->listener, (const struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(proxy->listener, PROXY_LINKS_MAX), 0);
    proxy->stop = eventfd(0, EFD_CLOEXEC);
    ck_assert_int_ge(proxy->stop, 0);
    ck_assert_int_eq(pthread_create(&proxy->thread, NULL, run, proxy), 0);
}

void redis_proxy_stop(struct redis_proxy *proxy)
{
    ck_assert_int_eq(eventfd_write(proxy->stop, 1), 0);
    ck_assert_int_eq(pthread_join(proxy->thread, NULL), 0);
    for (size_t i = 0; i < PROXY_LINKS_MAX; i++) {
        if (proxy->links[i].client >= 0) {
            close_link(&proxy->links[i]);
        }
    }
    ck_assert_int_eq(close(proxy->listener), 0);
    ck_assert_int_eq(close(proxy->stop), 0);
}

void redis_proxy_arm(struct redis_proxy *proxy, const struct proxy_fault *fault)
{
    ck_assert_int_eq(pthread_mutex_lock(&proxy->lock), 0);
    proxy->armed = *fault;
    ck_assert_int_eq(pthread_mutex_unlock(&proxy->lock), 0);
}

uint64_t redis_proxy_hits(struct redis_proxy *proxy)
{
    ck_assert_int_eq(pthread_mutex_lock(&proxy->lock), 0);
    uint64_t hits = proxy->hits;
    ck_assert_int_eq(pthread_mutex_unlock(&proxy->lock), 0);
    return hits;
}
