/* The same reports to several turnoutd at once, that share a Redis: one `--port` each. A server that answers
 * `unavailable` is sent the report again, and a unit's next report waits until its last one has been answered by that
 * server. In the end each report must have been accepted by exactly one of them, and answered by all. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "bench_reports.h"
#include "client/sender.h"

struct server {
    struct several *several;
    struct bench_reports reports; /* its own, so that it can be at another one than the others */
    struct report next;
    uint32_t next_unit;
    bool has_next;
    int32_t *seq_under_way; /* [unit]; 0: none */
    struct sender *sender;
};

struct several {
    const struct bench_options *options;
    struct event_base *base;
    struct server servers[BENCH_PORTS_MAX];
    uint8_t *accepted;   /* [unit * reports_a_unit + seq - 1]: by how many */
    uint64_t unanswered; /* of all servers together */
    uint64_t by_status[STATUS_COUNT];
    uint64_t reports;
};

static uint64_t place_of(const struct several *several, uint32_t unit, int32_t seq)
{
    return (uint64_t)unit * several->options->reports_a_unit + (uint64_t)seq - 1;
}

/* ---- one server ---- */

static void take_next(struct server *server)
{
    server->has_next = bench_reports_next(&server->reports, &server->next, &server->next_unit);
}

static bool on_next(void *context, struct report *ret_report, uint64_t *ret_tag)
{
    struct server *server = context;
    if (!server->has_next || server->seq_under_way[server->next_unit] != 0) {
        return false;
    }
    *ret_report = server->next;
    *ret_tag = server->next_unit;
    server->seq_under_way[server->next_unit] = server->next.seq;
    take_next(server);
    return true;
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result, int64_t latency_us)
{
    (void)latency_us;
    struct server *server = context;
    struct several *several = server->several;
    uint32_t unit = (uint32_t)tag;
    several->by_status[result->status]++;
    if (result->status == STATUS_ACCEPTED) {
        several->accepted[place_of(several, unit, server->seq_under_way[unit])]++;
    } else if (result->status != STATUS_DUPLICATE && result->status != STATUS_SUPERSEDED) {
        (void)fprintf(stderr, "report %" PRId32 " of unit %s: %s, %s\n", server->seq_under_way[unit],
                      server->reports.folder.reg->units[unit].code, report_status_name(result->status),
                      result->detail);
    }
    server->seq_under_way[unit] = 0;
    several->unanswered--;
    if (several->unanswered == 0) {
        (void)event_base_loopbreak(several->base);
    }
}

static void on_link(void *context, uint32_t connections_up, const char *why)
{
    (void)context;
    (void)connections_up;
    if (why != NULL) {
        (void)fprintf(stderr, "bench_several: %s\n", why);
    }
}

static bool open_server(struct several *several, struct server *server)
{
    server->several = several;
    if (!bench_reports_open(several->options, &server->reports)) {
        return false;
    }
    server->seq_under_way =
        memory_new_array(server->reports.folder.reg->unit_count, sizeof *server->seq_under_way);
    take_next(server);
    return true;
}

/* ---- all of them ---- */

/* How many reports a server is to be sent. */
static bool count_reports(struct several *several)
{
    struct bench_reports reports;
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    bool is_open = bench_reports_open(several->options, &reports);
    if (is_open) {
        several->accepted =
            memory_new_array(reports.folder.reg->unit_count, several->options->reports_a_unit);
        while (bench_reports_next(&reports, report, &unit)) {
            several->reports++;
        }
        bench_reports_done(&reports);
    }
    free(report);
    return is_open;
}

static void on_too_long(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)event_base_loopbreak(((struct several *)context)->base);
}

static bool send_all(struct several *several)
{
    static const struct sender_calls calls = {on_next, on_answer, on_link};
    const struct bench_options *options = several->options;
    struct timeval patience = {.tv_sec = options->seconds};
    struct event *too_long = event_new(several->base, -1, 0, on_too_long, several);
    assert(too_long != NULL);
    bool done = event_add(too_long, &patience) == 0;
    for (uint32_t i = 0; i < options->port_count; i++) {
        struct sender_options to = {
            .host = "127.0.0.1", .port = options->ports[i], .connections = options->connections};
        several->servers[i].sender = sender_new(several->base, &to, &calls, &several->servers[i]);
    }
    done = event_base_dispatch(several->base) >= 0 && done;
    event_free(too_long);
    return done;
}

/* Prints how many reports were accepted never, once, and more often. True when each was once, and all were answered. */
static bool conclude(const struct several *several, int64_t duration_us)
{
    uint64_t retried = 0;
    uint64_t once = 0;
    uint64_t more = 0;
    uint64_t places =
        (uint64_t)several->servers[0].reports.folder.reg->unit_count * several->options->reports_a_unit;
    for (uint64_t i = 0; i < places; i++) {
        once += several->accepted[i] == 1 ? 1 : 0;
        more += several->accepted[i] > 1 ? 1 : 0;
    }
    for (uint32_t i = 0; i < several->options->port_count; i++) {
        retried += sender_counts(several->servers[i].sender).retried;
    }
    (void)printf("{\"servers\":%" PRIu32 ",\"reports\":%" PRIu64 ",\"accepted_once\":%" PRIu64
                 ",\"accepted_more\":%" PRIu64 ",\"duplicate\":%" PRIu64 ",\"superseded\":%" PRIu64
                 ",\"unanswered\":%" PRIu64 ",\"retried\":%" PRIu64 ",\"duration_us\":%" PRId64
                 ",\"reports_a_second\":%" PRIu64 ",\"answers_a_second\":%" PRIu64 "}\n",
                 several->options->port_count, several->reports, once, more,
                 several->by_status[STATUS_DUPLICATE], several->by_status[STATUS_SUPERSEDED],
                 several->unanswered, retried, duration_us,
                 several->reports * UINT64_C(1000000) / (uint64_t)duration_us,
                 several->reports * several->options->port_count * UINT64_C(1000000) / (uint64_t)duration_us);
    return once == several->reports && more == 0 && several->unanswered == 0;
}

static bool run(struct several *several)
{
    const struct bench_options *options = several->options;
    if (options->port_count == 0 || !count_reports(several) || several->reports == 0) {
        return false;
    }
    for (uint32_t i = 0; i < options->port_count; i++) {
        if (!open_server(several, &several->servers[i])) {
            return false;
        }
    }
    several->unanswered = several->reports * options->port_count;
    int64_t started_us = clock_monotonic_us();
    return send_all(several) && conclude(several, clock_monotonic_us() - started_us);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    struct several *several = memory_new(sizeof *several);
    several->options = &options;
    several->base = event_base_new();
    assert(several->base != NULL);
    bool done = run(several);
    for (uint32_t i = 0; i < BENCH_PORTS_MAX; i++) {
        struct server *server = &several->servers[i];
        if (server->seq_under_way != NULL) {
            sender_free(server->sender);
            free(server->seq_under_way);
            bench_reports_done(&server->reports);
        }
    }
    event_base_free(several->base);
    free(several->accepted);
    free(several);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
