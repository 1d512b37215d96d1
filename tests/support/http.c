/* The client for tests. */
#include "http.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "peer_queue.h"
#include "process.h"

static struct sockaddr_in address_of(const char *address, uint16_t port)
{
    struct sockaddr_in socket_address = {.sin_family = AF_INET, .sin_port = htons(port)};
    ck_assert_int_eq(inet_pton(AF_INET, address, &socket_address.sin_addr), 1);
    return socket_address;
}

void http_open_from(struct http_link *link, const char *address, uint16_t port)
{
    *link = (struct http_link){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ck_assert_int_ge(link->fd, 0);
    struct timeval deadline = {.tv_sec = PROCESS_DEADLINE_MS / 1000};
    ck_assert_int_eq(setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
    ck_assert_int_eq(setsockopt(link->fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline), 0);

    /* A port is chosen by connect(), which knows the other end. bind() would choose one that no connection has, and
     * tests that run at once need more than there are. */
    int yes = 1;
    ck_assert_int_eq(setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes), 0);
    struct sockaddr_in from = address_of(address, 0);
    struct sockaddr_in to = address_of("127.0.0.1", port);
    ck_assert_int_eq(bind(link->fd, (const struct sockaddr *)&from, sizeof from), 0);
    ck_assert_msg(connect(link->fd, (const struct sockaddr *)&to, sizeof to) == 0,
                  "nobody listens on port %d", port);
}

void http_open(struct http_link *link, uint16_t port)
{
    http_open_from(link, "127.0.0.1", port);
}

int http_keep_port(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    struct sockaddr_in address = address_of("127.0.0.1", port);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes), 0); /* as turnoutd does */
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void http_close(struct http_link *link)
{
    ck_assert_int_eq(close(link->fd), 0);
    buffer_done(&link->received);
    link->fd = -1;
}

void http_send(struct http_link *link, const char *bytes, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t piece = send(link->fd, bytes + sent, length - sent, MSG_NOSIGNAL);
        ck_assert_msg(piece > 0, "the peer took %zu of %zu bytes", sent, length);
        sent += (size_t)piece;
    }
}

void http_send_text(struct http_link *link, const char *text)
{
    http_send(link, text, strlen(text));
}

void http_send_end(struct http_link *link)
{
    ck_assert_int_eq(shutdown(link->fd, SHUT_WR), 0);
}

void http_wait_taken(const struct http_link *link)
{
    enum { LOOK_AGAIN_MS = 1, LOOKS_WITHOUT_PAUSE = 100 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (int looks = 0; peer_unread_bytes(link->fd) > 0; looks++) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "the peer does not read");
        /* Nothing tells the sender, so it looks again, and soon no more at once. */
        ck_assert_int_eq(looks < LOOKS_WITHOUT_PAUSE ? sched_yield() : poll(NULL, 0, LOOK_AGAIN_MS), 0);
    }
}

/* False at the peer's end. */
static bool receive(struct http_link *link)
{
    enum { PIECE_BYTES = 64 * 1024 };
    char *room = buffer_reserve(&link->received, PIECE_BYTES);
    ssize_t piece = recv(link->fd, room, PIECE_BYTES, 0);
    ck_assert_msg(piece >= 0, "nothing came, after: %s",
                  link->received.length > 0 ? link->received.bytes : "");
    link->received.length += (size_t)piece;
    link->received.bytes[link->received.length] = '\0';
    return piece > 0;
}

/* Hands over the first `length` bytes received, which the caller frees. */
static char *take(struct http_link *link, size_t length)
{
    struct buffer taken = {0};
    buffer_append(&taken, link->received.bytes, length);
    link->received.length -= length;
    memmove(link->received.bytes, link->received.bytes + length, link->received.length + 1);
    return buffer_take(&taken, NULL);
}

/* The end of the first `end` in what comes, from the beginning on. */
static size_t receive_through(struct http_link *link, const char *end)
{
    const char *found = NULL;
    while (link->received.length == 0 || (found = strstr(link->received.bytes, end)) == NULL) {
        ck_assert_msg(receive(link), "the peer closed, after: %s",
                      link->received.bytes != NULL ? link->received.bytes : "");
    }
    return (size_t)(found - link->received.bytes) + strlen(end);
}

static size_t body_length(const struct http_answer *answer)
{
    char value[32];
    ck_assert_msg(http_answer_header(answer, "Content-Length", value, sizeof value),
                  "no Content-Length in %s", answer->head);
    uint64_t length;
    ck_assert(text_parse_unsigned(slice_of(value), UINT32_MAX, &length));
    return (size_t)length;
}

void http_read_answer(struct http_link *link, bool has_body, struct http_answer *ret_answer)
{
    size_t head_bytes = receive_through(link, "\r\n\r\n");
    struct http_answer answer = {.head = take(link, head_bytes)};
    answer.head[head_bytes - strlen("\r\n")] = '\0';

    static const char version[] = "HTTP/1.1 ";
    enum { STATUS_DIGITS = 3 };
    ck_assert_msg(strncmp(answer.head, version, strlen(version)) == 0, "no status line: %s", answer.head);
    uint64_t status;
    struct slice digits = {.bytes = answer.head + strlen(version), .length = STATUS_DIGITS};
    ck_assert_msg(text_parse_unsigned(digits, 599, &status), "no status: %s", answer.head);
    answer.status = (int)status;

    if (has_body && status >= 200 && status != 204 && status != 304) {
        answer.body_bytes = body_length(&answer);
    }
    while (link->received.length < answer.body_bytes) {
        ck_assert_msg(receive(link), "the peer closed after %zu of %zu bytes", link->received.length,
                      answer.body_bytes);
    }
    answer.body = take(link, answer.body_bytes);
    *ret_answer = answer;
}

bool http_next_answer(struct http_link *link, bool has_body, struct http_answer *ret_answer)
{
    if (link->received.length == 0 && !receive(link)) {
        return false;
    }
    http_read_answer(link, has_body, ret_answer);
    return true;
}

void http_read_line(struct http_link *link, char *ret_line, size_t capacity)
{
    size_t length = receive_through(link, "\n");
    ck_assert_uint_le(length, capacity);
    char *line = take(link, length);
    memcpy(ret_line, line, length);
    ret_line[length - 1] = '\0';
    free(line);
}

void http_read_to_end(struct http_link *link)
{
    while (receive(link)) {
    }
}

void http_expect_closed(struct http_link *link)
{
    http_read_to_end(link);
    ck_assert_msg(link->received.length == 0, "and then came: %s", link->received.bytes);
    http_close(link);
}

void http_answer_done(struct http_answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (struct http_answer){0};
}

bool http_answer_header(const struct http_answer *answer, const char *name, char *ret_value, size_t capacity)
{
    bool found = false;
    struct slice rest = slice_of(answer->head);
    while (rest.bytes != NULL) {
        struct slice value = text_split(&rest, '\n');
        struct slice key = text_split(&value, ':');
        if (value.bytes == NULL || !slice_equals_ignoring_case(key, name)) {
            continue;
        }
        ck_assert_msg(!found, "%s is there twice: %s", name, answer->head);
        ck_assert_msg(value.length > 0 && value.bytes[value.length - 1] == '\r', "a line without CR: %s",
                      answer->head);
        value.length--;
        ck_assert(slice_copy(slice_trim(value), ret_value, capacity));
        found = true;
    }
    return found;
}

void http_check_header(const struct http_answer *answer, const char *name, const char *wanted)
{
    enum { VALUE_BYTES = 256 };
    char value[VALUE_BYTES];
    ck_assert_msg(http_answer_header(answer, name, value, sizeof value), "no %s in %s", name, answer->head);
    ck_assert_str_eq(value, wanted);
}

void http_request(uint16_t port, const char *method, const char *target, const char *headers,
                  struct http_answer *ret_answer)
{
    struct buffer request = {0};
    buffer_printf(&request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", method, target, headers);
    struct http_link link;
    http_open(&link, port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, strcmp(method, "HEAD") != 0, ret_answer);
    http_close(&link);
    buffer_done(&request);
}

void http_post(uint16_t port, const char *target, const char *content_type, const char *body,
               size_t body_bytes, struct http_answer *ret_answer)
{
    struct buffer request = {0};
    buffer_printf(&request,
                  "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                  target, content_type, body_bytes);
    buffer_append(&request, body, body_bytes);
    struct http_link link;
    http_open(&link, port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, true, ret_answer);
    http_close(&link);
    buffer_done(&request);
}
