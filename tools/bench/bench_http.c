/* Reports through webdis, one a request: `POST /` with a call of peer.lua's function as the body. Many connections, one
 * request on each at a time; the requests are made in advance and each answer is looked at.
 *
 * A unit's next report must not overtake its last one, so the reports of a round are all answered before those of
 * the next one are sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/memory.h>

#include "bench_answer.h"
#include "bench_clock.h"
#include "bench_loopback.h"
#include "bench_peer_call.h"

enum { ANSWER_BYTES_MAX = 4096, EVENTS_A_TURN = 64, SILENCE_MS_MAX = 30000 };

struct link {
    int fd;
    bool is_asking; /* an answer is awaited */
    char received[ANSWER_BYTES_MAX];
    size_t received_bytes;
};

struct request {
    int32_t seq; /* of its report */
    struct buffer bytes;
};

struct load {
    struct request *requests;
    size_t count;
    size_t capacity;
    struct link *links;
    uint32_t link_count;
    int poll;
    size_t sent;
    size_t answered;
};

/* ---- the requests ---- */

/* One segment of the path: an argument of the command. */
static void write_argument(struct buffer *out, const char *argument)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
    for (const char *c = argument; *c != '\0'; c++) {
        if (strchr(plain, *c) != NULL) {
            buffer_append_char(out, *c);
        } else {
            buffer_printf(out, "%%%02X", (unsigned char)*c);
        }
    }
}

static void write_request(struct buffer *out, const struct peer_call *call)
{
    struct buffer body = {0};
    for (size_t i = 0; i < PEER_CALL_WORDS; i++) {
        if (i > 0) {
            buffer_append_char(&body, '/');
        }
        write_argument(&body, call->words[i]);
    }
    buffer_printf(out, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", body.length);
    buffer_append(out, body.bytes, body.length);
    buffer_done(&body);
}

static void make_requests(struct load *load, struct bench_reports *reports)
{
    struct report *report = memory_new(sizeof *report);
    struct peer_call *call = memory_new(sizeof *call);
    uint32_t unit;
    while (bench_reports_next(reports, report, &unit)) {
        if (load->count == load->capacity) {
            load->capacity = load->capacity == 0 ? 1024 : 2 * load->capacity;
            load->requests = memory_resize(load->requests, load->capacity, sizeof *load->requests);
        }
        struct request *request = &load->requests[load->count++];
        *request = (struct request){.seq = report->seq};
        peer_call_make(reports, unit, report, call);
        write_request(&request->bytes, call);
    }
    free(call);
    free(report);
}

/* ---- the connections ---- */

static bool open_link(uint16_t port, int poll, struct link *link)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = link};
    link->fd = loopback_connect_blocking(port);
    return link->fd >= 0 && epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &interest) == 0;
}

static bool open_links(const struct bench_options *options, struct load *load)
{
    load->links = memory_new_array(options->connections, sizeof *load->links);
    load->poll = epoll_create1(EPOLL_CLOEXEC);
    while (load->link_count < options->connections) {
        bool opened = open_link(options->ports[0], load->poll, &load->links[load->link_count++]);
        if (!opened) {
            perror("bench_http: connecting");
            return false;
        }
    }
    return true;
}

static void close_links(const struct load *load)
{
    for (uint32_t i = 0; i < load->link_count; i++) {
        if (load->links[i].fd >= 0) {
            (void)close(load->links[i].fd);
        }
    }
    if (load->poll >= 0) {
        (void)close(load->poll);
    }
    free(load->links);
}

/* A request is small and the only one on its connection, so there is always room for it. */
static bool send_next(struct load *load, struct link *link)
{
    const struct buffer *request = &load->requests[load->sent++].bytes;
    link->is_asking = true;
    link->received_bytes = 0;
    return send(link->fd, request->bytes, request->length, MSG_NOSIGNAL) == (ssize_t)request->length;
}

/* ---- the answers ---- */

/* False when the connection or the answer is not as it must be. */
static bool read_answer(struct load *load, struct link *link)
{
    ssize_t piece =
        recv(link->fd, link->received + link->received_bytes, ANSWER_BYTES_MAX - link->received_bytes, 0);
    if (piece <= 0 || !link->is_asking) {
        (void)fprintf(stderr, "bench_http: a connection was lost, or spoke unasked\n");
        return false;
    }
    link->received_bytes += (size_t)piece;
    int status;
    struct slice body;
    size_t length = answer_http_find((struct slice){link->received, link->received_bytes}, &status, &body);
    if (length == 0 && link->received_bytes == ANSWER_BYTES_MAX) {
        (void)fprintf(stderr, "bench_http: an answer is too long\n");
        return false;
    }
    if (length > 0) {
        if (status != 200 || !slice_equals(body, "{\"FCALL\":\"accepted\"}")) {
            (void)fprintf(stderr, "bench_http: not accepted: %.*s\n", (int)length, link->received);
            return false;
        }
        link->is_asking = false;
        load->answered++;
    }
    return true;
}

/* ---- the whole ---- */

/* Sends the requests up to `end` and waits for their answers. */
static bool send_until(struct load *load, size_t end)
{
    for (uint32_t i = 0; i < load->link_count && load->sent < end; i++) {
        if (!send_next(load, &load->links[i])) {
            return false;
        }
    }
    while (load->answered < end) {
        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_wait(load->poll, events, EVENTS_A_TURN, SILENCE_MS_MAX);
        if (count <= 0) {
            (void)fprintf(stderr, "bench_http: no answer came\n");
            return false;
        }
        for (int i = 0; i < count; i++) {
            struct link *link = events[i].data.ptr;
            if (!read_answer(load, link)) {
                return false;
            }
            if (!link->is_asking && load->sent < end && !send_next(load, link)) {
                return false;
            }
        }
    }
    return true;
}

/* Where the reports of this round end. */
static size_t round_end(const struct load *load)
{
    size_t end = load->sent;
    while (end < load->count && load->requests[end].seq == load->requests[load->sent].seq) {
        end++;
    }
    return end;
}

static bool send_all(struct load *load)
{
    while (load->sent < load->count) {
        if (!send_until(load, round_end(load))) {
            return false;
        }
    }
    return true;
}

static void load_done(struct load *load)
{
    close_links(load);
    for (size_t i = 0; i < load->count; i++) {
        buffer_done(&load->requests[i].bytes);
    }
    free(load->requests);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (!bench_begin(argc, argv, &options, &reports)) {
        return EXIT_FAILURE;
    }
    struct load load = {.poll = -1};
    struct bench_clock clock;
    make_requests(&load, &reports);
    bool done = open_links(&options, &load) && bench_clock_start(&clock, &options) && send_all(&load) &&
                bench_clock_print(&clock, load.answered);
    load_done(&load);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
