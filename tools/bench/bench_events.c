/* Readers of event streams: opens `--connections` of them, reads whatever comes, and notes of each event when the first
 * stream had the whole of it and when the last one had.
 *
 * Prints `ready` when every stream has had its first event, and ends with `--seconds` or SIGTERM; then it prints one
 * line of figures. An event counts once all streams have had it, or a later one in its place. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

#include "bench_loopback.h"
#include "bench_options.h"
#include "simulate/latency.h"

enum {
    EVENTS_A_TURN = 256,
    READ_BYTES = 256 * 1024,
    HEAD_BYTES = 32,   /* of a line: enough to know it by */
    OPENING_MAX = 256, /* at a time: fewer than a listener lets wait */
    TOLD_MAX = 1 << 16,
};

struct stream {
    int fd;          /* -1: closed */
    int64_t id;      /* of the event that is being read */
    int64_t told_id; /* of the last one that was read whole; -1: none */
    size_t length;   /* of the line that is being read */
    bool has_data;
    char head[HEAD_BYTES];
};

/* When an event was told. */
struct told {
    int64_t id;
    int64_t first_us;
    uint32_t streams;
};

struct readers {
    const struct bench_options *options;
    struct stream *streams;
    uint32_t opened;
    uint32_t ready; /* have had an event */
    uint32_t lost;
    struct told *told; /* in the order of their ids; those from `unfinished` on are not told to all */
    uint32_t told_count;
    uint32_t unfinished;
    uint64_t bytes;
    struct latency latency;
    int poll;
};

static volatile sig_atomic_t has_ended;

static void on_signal(int number)
{
    (void)number;
    has_ended = 1;
}

/* ---- what is told ---- */

static void note_told(struct readers *readers, struct stream *stream, int64_t now_us)
{
    if (stream->told_id < 0) {
        readers->ready++;
    }
    if (readers->told_count == 0 || stream->id > readers->told[readers->told_count - 1].id) {
        if (readers->told_count == TOLD_MAX) {
            return;
        }
        readers->told[readers->told_count++] = (struct told){.id = stream->id, .first_us = now_us};
    }
    for (uint32_t i = readers->unfinished; i < readers->told_count; i++) {
        struct told *told = &readers->told[i];
        if (told->id > stream->told_id && told->id <= stream->id && ++told->streams == readers->opened) {
            latency_add(&readers->latency, now_us - told->first_us);
        }
    }
    while (readers->unfinished < readers->told_count &&
           readers->told[readers->unfinished].streams >= readers->opened - readers->lost) {
        readers->unfinished++;
    }
    stream->told_id = stream->id;
}

static void end_line(struct readers *readers, struct stream *stream, int64_t now_us)
{
    struct slice line = {stream->head, stream->length < HEAD_BYTES ? stream->length : HEAD_BYTES};
    if (stream->length == 0 && stream->has_data) {
        note_told(readers, stream, now_us);
        stream->has_data = false;
    } else if (line.length > 4 && memcmp(line.bytes, "id: ", 4) == 0) {
        (void)text_parse_integer((struct slice){line.bytes + 4, line.length - 4}, 0, INT64_MAX, &stream->id);
    } else if (line.length > 6 && memcmp(line.bytes, "data: ", 6) == 0) {
        stream->has_data = true;
    }
    stream->length = 0;
}

static void take(struct readers *readers, struct stream *stream, struct slice bytes)
{
    int64_t now_us = clock_monotonic_us();
    while (bytes.length > 0) {
        const char *end = memchr(bytes.bytes, '\n', bytes.length);
        size_t piece = end == NULL ? bytes.length : (size_t)(end - bytes.bytes);
        if (stream->length < HEAD_BYTES) {
            size_t room = HEAD_BYTES - stream->length;
            memcpy(stream->head + stream->length, bytes.bytes, piece < room ? piece : room);
        }
        stream->length += piece;
        if (end != NULL) {
            end_line(readers, stream, now_us);
            piece++;
        }
        bytes = (struct slice){bytes.bytes + piece, bytes.length - piece};
    }
}

/* ---- connections ---- */

static void receive(struct readers *readers, struct stream *stream)
{
    static char room[READ_BYTES];
    ssize_t length = recv(stream->fd, room, sizeof room, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (length <= 0) {
        (void)close(stream->fd);
        stream->fd = -1;
        readers->lost++;
        return;
    }
    readers->bytes += (uint64_t)length;
    take(readers, stream, (struct slice){room, (size_t)length});
}

static void open_stream(struct readers *readers)
{
    static const char request[] = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct stream *stream = &readers->streams[readers->opened];
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = stream};
    *stream = (struct stream){.told_id = -1, .fd = loopback_connect_blocking(readers->options->ports[0])};
    if (stream->fd < 0 ||
        send(stream->fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1 ||
        epoll_ctl(readers->poll, EPOLL_CTL_ADD, stream->fd, &interest) != 0) {
        perror("bench_events: connecting");
        exit(EXIT_FAILURE);
    }
    readers->opened++;
}

static void hear(struct readers *readers, int patience_ms)
{
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(readers->poll, events, EVENTS_A_TURN, patience_ms);
    for (int i = 0; i < count; i++) {
        receive(readers, events[i].data.ptr);
    }
}

/* ---- the whole ---- */

/* What is told while streams are being opened is not measured. */
static void open_all(struct readers *readers, int64_t until_us)
{
    while (readers->ready < readers->options->connections && clock_monotonic_us() < until_us && !has_ended) {
        while (readers->opened < readers->options->connections &&
               readers->opened < readers->ready + OPENING_MAX) {
            open_stream(readers);
        }
        hear(readers, 100);
    }
    readers->unfinished = readers->told_count;
    readers->latency = (struct latency){.count = 0};
    (void)puts(readers->ready == readers->options->connections ? "ready" : "not ready");
    (void)fflush(stdout);
}

static void print_figures(const struct readers *readers)
{
    (void)printf("streams=%" PRIu32 " lost=%" PRIu32 " events=%" PRIu64 " bytes=%" PRIu64 " p50_us=%" PRId64
                 " p99_us=%" PRId64 " max_us=%" PRId64 "\n",
                 readers->opened, readers->lost, readers->latency.count, readers->bytes,
                 latency_percentile_us(&readers->latency, 5000),
                 latency_percentile_us(&readers->latency, 9900), readers->latency.max_us);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    if (!bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    struct readers readers = {.options = &options, .poll = epoll_create1(EPOLL_CLOEXEC)};
    struct sigaction action = {.sa_handler = on_signal};
    if (readers.poll < 0 || sigaction(SIGTERM, &action, NULL) != 0) {
        perror("bench_events");
        return EXIT_FAILURE;
    }
    readers.streams = memory_new_array(options.connections, sizeof *readers.streams);
    readers.told = memory_new_array(TOLD_MAX, sizeof *readers.told);
    int64_t until_us = clock_monotonic_us() + (int64_t)options.seconds * 1000000;
    open_all(&readers, until_us);
    while (!has_ended && clock_monotonic_us() < until_us) {
        hear(&readers, 100);
    }
    print_figures(&readers);
    bool is_whole = readers.lost == 0 && readers.ready == options.connections;
    free(readers.told);
    free(readers.streams);
    return is_whole ? EXIT_SUCCESS : EXIT_FAILURE;
}
