/* Reports through webdis, one a request: `PUT /FCALL/turnout_apply/7/<keys>` with the report as the body, which
 * webdis hands to Redis as the last argument. Many connections, one request on each at a time; the requests are
 * made in advance and each answer is looked at.
 *
 * A unit's next report must not overtake its last one, so the reports of a round are all answered before those of
 * the next one are sent. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "bench_reports.h"
#include "redis_keys.h"
#include "rules_text.h"
#include "store_batch.h"

enum { ANSWER_BYTES_MAX = 4096, EVENTS_A_TURN = 64, SILENCE_MS_MAX = 30000 };

struct link {
    int fd;
    const struct store_batch *batch; /* whose answer is awaited; NULL: none */
    char received[ANSWER_BYTES_MAX + 1];
    size_t received_bytes;
};

struct load {
    const struct bench_batches *batches;
    struct buffer *requests; /* one a batch */
    struct link *links;
    uint32_t link_count;
    int poll;
    size_t sent;
    size_t answered;
};

/* ---- the requests ---- */

/* One segment of the path: an argument of the command. */
static void write_argument(struct buffer *out, struct slice argument)
{
    buffer_append_char(out, '/');
    for (size_t i = 0; i < argument.length; i++) {
        char c = argument.bytes[i];
        if (c == '{' || c == '}' || c == ' ') {
            buffer_printf(out, "%%%02X", (unsigned char)c);
        } else {
            buffer_append_char(out, c);
        }
    }
}

static void write_request(struct buffer *out, const struct election_folder *folder, struct store_batch *batch)
{
    struct province_keys keys;
    province_keys_init(&keys, &folder->election, folder->reg->areas[batch->province].code);
    struct slice body = store_batch_bytes(batch);
    struct buffer rules = {0};
    rules_text_write(&rules, &folder->election);
    buffer_append_text(out, "PUT /FCALL/turnout_apply/7");
    static const int in_order[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_LOG,
                                   KEY_HELD,   KEY_LEDGER,   KEY_RECENT};
    for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; i++) {
        write_argument(out, slice_of(keys.text[in_order[i]]));
    }
    write_argument(out, slice_of(store_phase_name(batch->phase)));
    write_argument(out, (struct slice){rules.bytes, rules.length});
    buffer_done(&rules);
    buffer_printf(out, " HTTP/1.1\r\nHost: bench\r\nContent-Length: %zu\r\n\r\n", body.length);
    buffer_append(out, body.bytes, body.length);
}

/* ---- the connections ---- */

static bool open_link(uint16_t port, int poll, struct link *link)
{
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    union {
        struct sockaddr_in *given;
        struct sockaddr *taken;
    } peer = {.given = &address};
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = link};
    return link->fd >= 0 && setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           connect(link->fd, peer.taken, sizeof address) == 0 &&
           epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &interest) == 0;
}

static bool open_links(const struct bench_options *options, struct load *load)
{
    load->links = memory_new_array(options->connections, sizeof *load->links);
    load->poll = epoll_create1(EPOLL_CLOEXEC);
    while (load->link_count < options->connections) {
        bool opened = open_link(options->port, load->poll, &load->links[load->link_count++]);
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
    const struct buffer *request = &load->requests[load->sent];
    link->batch = load->batches->batches[load->sent++];
    link->received_bytes = 0;
    return send(link->fd, request->bytes, request->length, MSG_NOSIGNAL) == (ssize_t)request->length;
}

/* ---- the answers ---- */

/* The body of a whole answer of status 200. *ret_whole says whether it is all there. */
static bool find_body(const struct link *link, bool *ret_whole, struct slice *ret_body)
{
    static const char ok[] = "HTTP/1.1 200 ";
    static const char length_name[] = "\r\nContent-Length: ";
    *ret_whole = false;
    const char *head_end = strstr(link->received, "\r\n\r\n");
    if (head_end == NULL) {
        return link->received_bytes < ANSWER_BYTES_MAX;
    }
    const char *length_text = strcasestr(link->received, length_name);
    if (strncmp(link->received, ok, strlen(ok)) != 0 || length_text == NULL || length_text > head_end) {
        return false;
    }
    const char *digits = length_text + strlen(length_name);
    uint64_t length;
    if (!text_parse_unsigned((struct slice){digits, strspn(digits, "0123456789")}, ANSWER_BYTES_MAX,
                             &length)) {
        return false;
    }
    const char *body = head_end + strlen("\r\n\r\n");
    size_t there = link->received_bytes - (size_t)(body - link->received);
    *ret_whole = there == length;
    *ret_body = (struct slice){body, there};
    return there <= length;
}

/* `{"FCALL":["accepted - ..."]}`: nothing in it needs escaping. */
static bool is_accepted(const struct link *link, struct slice body)
{
    static const char before[] = "{\"FCALL\":[\"";
    static const char after[] = "\"]}";
    struct slice answer = {NULL, 0};
    if (body.length > strlen(before) + strlen(after) && memcmp(body.bytes, before, strlen(before)) == 0) {
        answer.bytes = body.bytes + strlen(before);
        answer.length = body.length - strlen(before) - strlen(after);
    }
    return bench_batch_is_accepted(link->batch, 0, answer.bytes == NULL ? body : answer);
}

/* False when the connection or the answer is not as it must be. */
static bool read_answer(struct load *load, struct link *link)
{
    ssize_t piece =
        recv(link->fd, link->received + link->received_bytes, ANSWER_BYTES_MAX - link->received_bytes, 0);
    if (piece <= 0 || link->batch == NULL) {
        (void)fprintf(stderr, "bench_http: a connection was lost, or spoke unasked\n");
        return false;
    }
    link->received_bytes += (size_t)piece;
    link->received[link->received_bytes] = '\0';
    bool is_whole;
    struct slice body;
    if (!find_body(link, &is_whole, &body)) {
        (void)fprintf(stderr, "bench_http: unexpected: %s\n", link->received);
        return false;
    }
    if (is_whole) {
        if (!is_accepted(link, body)) {
            return false;
        }
        link->batch = NULL;
        load->answered++;
    }
    return true;
}

/* ---- the whole ---- */

/* Sends the batches up to `end` and waits for their answers. */
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
            if (link->batch == NULL && load->sent < end && !send_next(load, link)) {
                return false;
            }
        }
    }
    return true;
}

static bool send_all(struct load *load, uint32_t rounds)
{
    for (uint32_t round = 1; round <= rounds; round++) {
        if (!send_until(load, load->batches->count / rounds * round)) {
            return false;
        }
    }
    return true;
}

static bool run(const struct bench_options *options, struct bench_reports *reports,
                const struct bench_batches *batches)
{
    struct load load = {.batches = batches, .poll = -1};
    load.requests = memory_new_array(batches->count, sizeof *load.requests);
    for (size_t i = 0; i < batches->count; i++) {
        write_request(&load.requests[i], &reports->folder, batches->batches[i]);
    }
    bool done = open_links(options, &load);
    if (done) {
        int64_t started_us = clock_monotonic_us();
        done = send_all(&load, options->reports_a_unit);
        if (done) {
            bench_print_summary(batches->reports, clock_monotonic_us() - started_us);
        }
    }
    close_links(&load);
    for (size_t i = 0; i < batches->count; i++) {
        buffer_done(&load.requests[i]);
    }
    free(load.requests);
    return done;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options) ||
        !bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    options.reports_a_batch = 1;
    struct bench_batches batches;
    bench_batches_make(&reports, &options, &batches);
    bool done = run(&options, &reports, &batches);
    bench_batches_done(&batches);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
