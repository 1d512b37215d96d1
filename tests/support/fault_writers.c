/* The writers' poll loop. A link that breaks is opened again; what was in flight on it is sent again. */
#include "fault_writers.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>
#include <turnout/wire/report_json.h>

#include "process.h"

enum {
    STREAM_WINDOW = 12, /* reports in flight of a writer */
    HTTP_WINDOW = 1,
    AGAIN_US = 10000, /* after a link was lost, or `unavailable` */
    PATIENCE_US = 3 * PROCESS_DEADLINE_MS * 1000,
};

/* What the loop is to do. */
struct task {
    int64_t until_us;
    uint64_t until_acknowledged; /* 0: only the time counts */
    size_t window_max;           /* 0: nothing is sent */
    bool makes_new;
    bool until_quiet; /* until nothing is in flight, and, where anything is sent, all is answered */
};

/* ---- the links ---- */

static void open_link(struct fault_writer *writer, int64_t now_us)
{
    writer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(writer->fd, 0);
    int on = 1;
    ck_assert_int_eq(setsockopt(writer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(writer->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(writer->fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        ck_assert_int_eq(close(writer->fd), 0);
        writer->fd = -1;
        writer->wait_until_us = now_us + AGAIN_US;
    }
}

static void lose_link(struct fault_writer *writer)
{
    if (writer->fd >= 0) {
        ck_assert_int_eq(close(writer->fd), 0);
        writer->fd = -1;
    }
    buffer_clear(&writer->received);
    buffer_clear(&writer->unsent);
    for (size_t i = writer->first_open; i < writer->count; i++) {
        writer->notes[i].is_in_flight = false;
    }
    writer->in_flight = 0;
    writer->cursor = writer->first_open;
    writer->wait_until_us = clock_monotonic_us() + AGAIN_US;
}

static void put_note(struct fault_writer *writer, size_t note)
{
    struct buffer text = {0};
    fault_note_write(&text, writer, note);
    if (writer->is_stream) {
        buffer_append_char(&text, '\n');
    } else {
        buffer_printf(&writer->unsent,
                      "POST /v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      "Content-Length: %zu\r\n\r\n",
                      text.length);
    }
    buffer_append(&writer->unsent, text.bytes, text.length);
    buffer_done(&text);
    writer->notes[note].is_in_flight = true;
    writer->in_flight++;
}

/* Fills the window. */
static void put_notes(struct fault_writers *writers, struct fault_writer *writer, const struct task *task)
{
    size_t window = writer->is_stream ? STREAM_WINDOW : HTTP_WINDOW;
    window = window < task->window_max ? window : task->window_max;
    while (writer->in_flight < window) {
        while (writer->cursor < writer->count &&
               (writer->notes[writer->cursor].is_answered || writer->notes[writer->cursor].is_in_flight)) {
            writer->cursor++;
        }
        if (writer->cursor == writer->count) {
            if (!task->makes_new) {
                return;
            }
            fault_note_make(writer, &writers->random);
        }
        put_note(writer, writer->cursor++);
    }
}

/* False: the link is lost. */
static bool flush(struct fault_writer *writer)
{
    size_t sent = 0;
    if (writer->unsent.length == 0) {
        return true;
    }
    while (sent < writer->unsent.length) {
        ssize_t piece = send(writer->fd, writer->unsent.bytes + sent, writer->unsent.length - sent,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (piece < 0 && errno == EAGAIN) {
            break;
        }
        if (piece <= 0) {
            return false;
        }
        sent += (size_t)piece;
    }
    memmove(writer->unsent.bytes, writer->unsent.bytes + sent, writer->unsent.length - sent);
    writer->unsent.length -= sent;
    return true;
}

/* ---- answers ---- */

static void take_answer(struct fault_writers *writers, struct fault_writer *writer, size_t note,
                        enum report_status status)
{
    ck_assert_msg(note < writer->count && writer->notes[note].is_in_flight,
                  "an answer to %s %zu, which waits for none", writer->unit, note + 1);
    struct fault_note *of = &writer->notes[note];
    of->is_in_flight = false;
    writer->in_flight--;
    if (status == STATUS_UNAVAILABLE) {
        writers->unavailable++;
        writer->cursor = note < writer->cursor ? note : writer->cursor;
        writer->wait_until_us = clock_monotonic_us() + AGAIN_US;
        return;
    }
    of->is_answered = true;
    of->answer = status;
    writers->acknowledged +=
        status == STATUS_ACCEPTED || status == STATUS_DUPLICATE || status == STATUS_HELD ? 1 : 0;
    while (writer->first_open < writer->count && writer->notes[writer->first_open].is_answered) {
        writer->first_open++;
    }
}

static struct report_result result_of(const char *bytes, size_t length)
{
    struct report_result result;
    uint64_t line;
    struct error error;
    ck_assert_msg(result_json_parse(bytes, length, &result, &line, &error) == TURNOUT_OK, "%s: %.*s",
                  error.text, (int)length, bytes);
    return result;
}

/* The bytes of the first answer in `received` that is whole; 0: there is none. */
static size_t take_line(struct fault_writers *writers, struct fault_writer *writer)
{
    const struct buffer *received = &writer->received;
    const char *end = received->length > 0 ? memchr(received->bytes, '\n', received->length) : NULL;
    if (end == NULL) {
        return 0;
    }
    size_t length = (size_t)(end - received->bytes);
    struct report_result result = result_of(received->bytes, length);
    ck_assert_msg(result.seq > 0, "an answer to nothing: %.*s", (int)length, received->bytes);
    take_answer(writers, writer, (size_t)result.seq - 1, result.status);
    return length + 1;
}

/* There is one report in flight. */
static size_t take_response(struct fault_writers *writers, struct fault_writer *writer)
{
    const struct buffer *received = &writer->received;
    const char *body = received->length > 0 ? strstr(received->bytes, "\r\n\r\n") : NULL;
    if (body == NULL) {
        return 0;
    }
    body += strlen("\r\n\r\n");
    static const char key[] = "\r\nContent-Length: ";
    const char *length_text = strstr(received->bytes, key);
    ck_assert(length_text != NULL && length_text < body);
    struct slice rest = slice_of(length_text + strlen(key));
    uint64_t length;
    ck_assert(text_parse_unsigned(text_split(&rest, '\r'), UINT32_MAX, &length));
    if ((size_t)(received->bytes + received->length - body) < length) {
        return 0;
    }
    rest = slice_of(received->bytes + strlen("HTTP/1.1 "));
    uint64_t status;
    ck_assert(text_parse_unsigned(text_split(&rest, ' '), 999, &status));
    size_t note = writer->first_open;
    while (note < writer->count && !writer->notes[note].is_in_flight) {
        note++;
    }
    take_answer(writers, writer, note,
                status == 503   ? STATUS_UNAVAILABLE
                : status >= 400 ? STATUS_REJECTED
                                : result_of(body, length).status);
    return (size_t)(body - received->bytes) + length;
}

/* False: the link is lost. */
static bool receive(struct fault_writers *writers, struct fault_writer *writer)
{
    enum { PIECE_BYTES = 16384 };
    char *to = buffer_reserve(&writer->received, PIECE_BYTES);
    ssize_t got = recv(writer->fd, to, PIECE_BYTES, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) {
        return true;
    }
    if (got <= 0) {
        return false;
    }
    writer->received.length += (size_t)got;
    to[got] = '\0';
    size_t taken;
    do {
        taken = writer->is_stream ? take_line(writers, writer) : take_response(writers, writer);
        memmove(writer->received.bytes, writer->received.bytes + taken, writer->received.length - taken + 1);
        writer->received.length -= taken;
    } while (taken > 0);
    return true;
}

/* ---- the loop ---- */

static bool is_done(const struct fault_writers *writers, const struct task *task)
{
    if (!task->until_quiet) {
        return task->until_acknowledged > 0 && writers->acknowledged >= task->until_acknowledged;
    }
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        const struct fault_writer *writer = &writers->each[i];
        if (writer->in_flight > 0 || (task->window_max > 0 && writer->first_open < writer->count)) {
            return false;
        }
    }
    return true;
}

/* When the loop has to look again at the latest. */
static int64_t send_all(struct fault_writers *writers, const struct task *task,
                        struct pollfd fds[FAULT_WRITERS])
{
    int64_t now_us = clock_monotonic_us();
    int64_t next_us = task->until_us;
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        struct fault_writer *writer = &writers->each[i];
        if (task->window_max > 0 && now_us >= writer->wait_until_us) {
            if (writer->fd < 0) {
                open_link(writer, now_us);
            }
            if (writer->fd >= 0) {
                put_notes(writers, writer, task);
            }
        }
        if (writer->fd >= 0 && !flush(writer)) {
            lose_link(writer);
        }
        if (task->window_max > 0 && writer->wait_until_us > now_us && writer->wait_until_us < next_us) {
            next_us = writer->wait_until_us;
        }
        fds[i] = (struct pollfd){.fd = writer->fd,
                                 .events = (short)(POLLIN | (writer->unsent.length > 0 ? POLLOUT : 0))};
    }
    return next_us;
}

/* False: the time is up. */
static bool run(struct fault_writers *writers, const struct task *task)
{
    while (!is_done(writers, task)) {
        struct pollfd fds[FAULT_WRITERS];
        int64_t wait_us = send_all(writers, task, fds) - clock_monotonic_us();
        wait_us = wait_us > 0 ? wait_us : 0;
        struct timespec wait = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
        ck_assert(ppoll(fds, FAULT_WRITERS, &wait, NULL) >= 0 || errno == EINTR);
        for (size_t i = 0; i < FAULT_WRITERS; i++) {
            if (fds[i].fd >= 0 && (fds[i].revents & ~POLLOUT) != 0 && !receive(writers, &writers->each[i])) {
                lose_link(&writers->each[i]);
            }
        }
        if (clock_monotonic_us() >= task->until_us) {
            return is_done(writers, task);
        }
    }
    return true;
}

void fault_writers_run(struct fault_writers *writers, int64_t for_us)
{
    (void)run(
        writers,
        &(struct task){.until_us = clock_monotonic_us() + for_us, .window_max = SIZE_MAX, .makes_new = true});
}

void fault_writers_run_until(struct fault_writers *writers, uint64_t acknowledged)
{
    bool done = run(writers, &(struct task){.until_us = clock_monotonic_us() + PATIENCE_US,
                                            .until_acknowledged = acknowledged,
                                            .window_max = SIZE_MAX,
                                            .makes_new = true});
    ck_assert_msg(done, "%llu reports acknowledged, not %llu", (unsigned long long)writers->acknowledged,
                  (unsigned long long)acknowledged);
}

void fault_writers_drain(struct fault_writers *writers)
{
    bool done =
        run(writers, &(struct task){.until_us = clock_monotonic_us() + PATIENCE_US, .until_quiet = true});
    ck_assert_msg(done, "a report was not answered, nor its link closed");
}

void fault_writers_settle(struct fault_writers *writers)
{
    bool done = run(
        writers,
        &(struct task){.until_us = clock_monotonic_us() + PATIENCE_US, .window_max = 1, .until_quiet = true});
    ck_assert_msg(done, "a report is `unavailable` still");
}

/* ---- life ---- */

void fault_writers_init(struct fault_writers *writers, uint64_t seed)
{
    static const struct {
        const char *unit;
        int32_t roll;
    } units[FAULT_WRITERS] = {{"0101-001", 1000}, {"0101-002", 500}, {"0101-003", 250}, {"0102-001", 800},
                              {"0201-001", 1200}, {"0201-002", 300}, {"0201-003", 99},  {"0201-004", 2000}};
    *writers = (struct fault_writers){.random = seed};
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        writers->each[i] = (struct fault_writer){
            .unit = units[i].unit, .roll = units[i].roll, .is_stream = i % 2 == 0, .fd = -1};
    }
}

void fault_writers_done(struct fault_writers *writers)
{
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        lose_link(&writers->each[i]);
        buffer_done(&writers->each[i].received);
        buffer_done(&writers->each[i].unsent);
        free(writers->each[i].notes);
    }
}

void fault_writers_point(struct fault_writers *writers, const struct turnoutd *turnoutd)
{
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        struct fault_writer *writer = &writers->each[i];
        lose_link(writer);
        writer->port = writer->is_stream ? turnoutd->intake_stream_port : turnoutd->intake_http_port;
        writer->wait_until_us = 0;
    }
}

uint64_t fault_writers_sent(const struct fault_writers *writers)
{
    uint64_t sent = 0;
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        sent += writers->each[i].count;
    }
    return sent;
}
