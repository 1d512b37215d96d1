/* How long one report takes when nothing else goes on: each is sent when the one before has been answered, over the
 * stream (`--port`) or over HTTP (`--http-port`), on one connection. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>

#include "bench_answer.h"
#include "bench_loopback.h"
#include "bench_reports.h"

enum { READ_BYTES = 16 * 1024 };

struct asking {
    const struct bench_options *options;
    int fd;
    struct buffer output;
    struct buffer input;
    int64_t *took_us;
    size_t count;
    size_t capacity;
};

/* ---- one report ---- */

static bool send_output(const struct asking *asking)
{
    return send(asking->fd, asking->output.bytes, asking->output.length, MSG_NOSIGNAL) ==
           (ssize_t)asking->output.length;
}

/* Whether the answer is all there, and good: a welcome to the token, `accepted` to everything else. */
static bool is_whole(const struct asking *asking, bool *ret_good)
{
    struct slice bytes = {asking->input.bytes, asking->input.length};
    uint64_t line;
    if (asking->options->http_port == 0) {
        *ret_good = answer_is_welcome(bytes) || answer_is_accepted(bytes, &line);
        return bytes.length > 0 && bytes.bytes[bytes.length - 1] == '\n';
    }
    int status = 0;
    struct slice body;
    size_t length = answer_http_find(bytes, &status, &body);
    *ret_good = length == bytes.length && status == 201 && answer_is_accepted(body, &line);
    return length > 0;
}

static bool receive(struct asking *asking)
{
    bool is_good = false;
    buffer_clear(&asking->input);
    while (!is_whole(asking, &is_good)) {
        ssize_t piece = recv(asking->fd, buffer_reserve(&asking->input, READ_BYTES), READ_BYTES, 0);
        if (piece <= 0) {
            (void)fprintf(stderr, "bench_latency: the connection was lost\n");
            return false;
        }
        asking->input.length += (size_t)piece;
    }
    if (!is_good) {
        (void)fprintf(stderr, "bench_latency: not accepted: %.*s\n", (int)asking->input.length,
                      asking->input.bytes);
    }
    return is_good;
}

static void write_report(struct asking *asking, const struct report *report)
{
    struct buffer json = {0};
    buffer_clear(&asking->output);
    report_json_write(&json, report);
    if (asking->options->http_port == 0) {
        buffer_append(&asking->output, json.bytes, json.length);
        buffer_append_char(&asking->output, '\n');
    } else {
        buffer_printf(&asking->output,
                      "POST /v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      asking->options->token, json.length, json.bytes);
    }
    buffer_done(&json);
}

static bool ask(struct asking *asking, const struct report *report)
{
    write_report(asking, report);
    int64_t started_us = clock_monotonic_us();
    if (!send_output(asking) || !receive(asking)) {
        return false;
    }
    if (asking->count == asking->capacity) {
        asking->capacity = asking->capacity == 0 ? 1024 : 2 * asking->capacity;
        asking->took_us = memory_resize(asking->took_us, asking->capacity, sizeof *asking->took_us);
    }
    asking->took_us[asking->count++] = clock_monotonic_us() - started_us;
    return true;
}

/* ---- all of them ---- */

static bool begin(struct asking *asking)
{
    const struct bench_options *options = asking->options;
    asking->fd = loopback_connect_blocking(options->http_port != 0 ? options->http_port : options->ports[0]);
    if (asking->fd < 0) {
        perror("bench_latency: connecting");
        return false;
    }
    if (options->http_port != 0) {
        return true;
    }
    buffer_printf(&asking->output, "{\"token\":\"%s\"}\n", options->token);
    return send_output(asking) && receive(asking);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void print_summary(struct asking *asking)
{
    assert(asking->count > 0);
    qsort(asking->took_us, asking->count, sizeof *asking->took_us, compare);
    (void)printf("{\"accepted\":%zu,\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64 "}\n", asking->count,
                 asking->took_us[asking->count / 2], asking->took_us[asking->count * 99 / 100]);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (!bench_begin(argc, argv, &options, &reports)) {
        return EXIT_FAILURE;
    }
    struct asking asking = {.options = &options, .fd = -1};
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    bool done = begin(&asking);
    while (done && bench_reports_next(&reports, report, &unit)) {
        done = ask(&asking, report);
    }
    if (done) {
        print_summary(&asking);
    }
    if (asking.fd >= 0) {
        (void)close(asking.fd);
    }
    free(report);
    free(asking.took_us);
    buffer_done(&asking.output);
    buffer_done(&asking.input);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
