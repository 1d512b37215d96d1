/* Reports over turnoutd's stream, made in advance, as fast as they are taken: many connections, up to WINDOW unanswered
 * reports on each, every answer looked at. A relay's `--token` vouches for reports that are not signed.
 *
 * A unit has one connection, so its reports stay in their order. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>

#include "bench_answer.h"
#include "bench_clock.h"
#include "bench_loopback.h"
#include "bench_reports.h"

enum { WINDOW = 1024, EVENTS_A_TURN = 64, READ_BYTES = 64 * 1024, SILENCE_MS_MAX = 30000 };

struct stream {
    int fd;               /* -1: not open */
    struct buffer output; /* every line */
    size_t *ends;         /* of each line, in the output */
    bool *is_answered;    /* of each line */
    size_t lines;
    size_t capacity;
    size_t sent_bytes;
    size_t answered;
    struct buffer input; /* what was received of an answer that is not whole */
};

struct load {
    struct stream *streams;
    uint32_t count;
    int poll;
    size_t reports;
    size_t unanswered; /* lines of all streams */
};

/* ---- the lines ---- */

static void end_line(struct stream *stream)
{
    buffer_append_char(&stream->output, '\n');
    if (stream->lines == stream->capacity) {
        stream->capacity = stream->capacity == 0 ? 1024 : 2 * stream->capacity;
        stream->ends = memory_resize(stream->ends, stream->capacity, sizeof *stream->ends);
    }
    stream->ends[stream->lines++] = stream->output.length;
}

static void make_lines(struct load *load, struct bench_reports *reports, const struct bench_options *options)
{
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    assert(options->connections > 0);
    load->count = options->connections;
    load->streams = memory_new_array(load->count, sizeof *load->streams);
    for (uint32_t i = 0; i < load->count; i++) {
        load->streams[i].fd = -1;
        if (options->token[0] != '\0') {
            buffer_printf(&load->streams[i].output, "{\"token\":\"%s\"}", options->token);
            end_line(&load->streams[i]);
        }
    }
    while (bench_reports_next(reports, report, &unit)) {
        struct stream *stream = &load->streams[unit % load->count];
        report_json_write(&stream->output, report);
        end_line(stream);
        load->reports++;
    }
    for (uint32_t i = 0; i < load->count; i++) {
        load->streams[i].is_answered = memory_new_array(load->streams[i].lines, sizeof(bool));
        load->unanswered += load->streams[i].lines;
    }
    free(report);
}

static void load_done(struct load *load)
{
    for (uint32_t i = 0; i < load->count; i++) {
        struct stream *stream = &load->streams[i];
        if (stream->fd >= 0) {
            (void)close(stream->fd);
        }
        buffer_done(&stream->output);
        buffer_done(&stream->input);
        free(stream->ends);
        free(stream->is_answered);
    }
    free(load->streams);
    if (load->poll >= 0) {
        (void)close(load->poll);
    }
}

/* ---- sending ---- */

static bool open_streams(struct load *load, uint16_t port)
{
    load->poll = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < load->count; i++) {
        struct stream *stream = &load->streams[i];
        struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = stream};
        stream->fd = loopback_connect(INADDR_LOOPBACK, port);
        if (stream->fd < 0 || epoll_ctl(load->poll, EPOLL_CTL_ADD, stream->fd, &interest) != 0) {
            perror("bench_stream: connecting");
            return false;
        }
    }
    return true;
}

/* As many lines as may be unanswered. */
static bool send_lines(struct stream *stream)
{
    size_t lines = stream->answered + WINDOW < stream->lines ? stream->answered + WINDOW : stream->lines;
    size_t end = lines == 0 ? 0 : stream->ends[lines - 1];
    while (stream->sent_bytes < end) {
        ssize_t piece = send(stream->fd, stream->output.bytes + stream->sent_bytes, end - stream->sent_bytes,
                             MSG_NOSIGNAL);
        if (piece < 0 && errno == EAGAIN) {
            return true;
        }
        if (piece < 0 && errno != EINTR) {
            perror("bench_stream: sending");
            return false;
        }
        stream->sent_bytes += piece < 0 ? 0 : (size_t)piece;
    }
    return true;
}

/* ---- the answers ---- */

static bool take_answer(struct load *load, struct stream *stream, struct slice answer)
{
    uint64_t line = 1;
    bool is_good = answer_is_welcome(answer) || answer_is_accepted(answer, &line);
    if (!is_good || line == 0 || line > stream->lines || stream->is_answered[line - 1]) {
        (void)fprintf(stderr, "bench_stream: not accepted, or answered twice: %.*s\n", (int)answer.length,
                      answer.bytes);
        return false;
    }
    stream->is_answered[line - 1] = true;
    stream->answered++;
    load->unanswered--;
    return true;
}

static bool take_answers(struct load *load, struct stream *stream)
{
    const char *start = stream->input.bytes;
    const char *end = start + stream->input.length;
    const char *newline;
    while ((newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
        if (!take_answer(load, stream, (struct slice){start, (size_t)(newline - start)})) {
            return false;
        }
        start = newline + 1;
    }
    stream->input.length = (size_t)(end - start);
    memmove(stream->input.bytes, start, stream->input.length);
    return true;
}

static bool receive(struct load *load, struct stream *stream)
{
    for (;;) {
        char *room = buffer_reserve(&stream->input, READ_BYTES);
        ssize_t piece = recv(stream->fd, room, READ_BYTES, 0);
        if (piece < 0 && errno == EAGAIN) {
            return true;
        }
        if (piece == 0 || (piece < 0 && errno != EINTR)) {
            (void)fprintf(stderr, "bench_stream: a connection was lost\n");
            return false;
        }
        stream->input.length += piece < 0 ? 0 : (size_t)piece;
        if (!take_answers(load, stream)) {
            return false;
        }
    }
}

static bool send_all(struct load *load)
{
    while (load->unanswered > 0) {
        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_wait(load->poll, events, EVENTS_A_TURN, SILENCE_MS_MAX);
        if (count <= 0) {
            (void)fprintf(stderr, "bench_stream: no answer came; %zu reports have none\n", load->unanswered);
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!receive(load, events[i].data.ptr) || !send_lines(events[i].data.ptr)) {
                return false;
            }
        }
    }
    return true;
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
    make_lines(&load, &reports, &options);
    bool done = bench_clock_start(&clock, &options) && open_streams(&load, options.ports[0]) &&
                send_all(&load) && bench_clock_print(&clock, load.reports);
    load_done(&load);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
