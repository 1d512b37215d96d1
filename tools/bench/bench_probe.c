/* Honest reports, few and steady, and how long each took to be answered: relays that vouch, half of them on streams,
 * half over HTTP, send `--a-second` reports between them.
 *
 * An open loop: each report has its time, and is sent then whatever became of those before it. What it took counts
 * from that time, so that a stall of the server, or a connection that was lost, is seen in every report it held up.
 *
 * A line on standard input ends one phase and begins the next, which it names. After the last, at the end of the
 * input, there is one line of figures a phase; a report belongs to the phase in which its time was. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>

#include "bench_answer.h"
#include "bench_loopback.h"
#include "bench_reports.h"
#include "simulate/latency.h"

enum {
    PATIENCE_S = 10, /* for the last answers */
    SECOND_US = 1000000,
    NANOSECONDS = 1000,
    EVENTS_A_TURN = 64,
    READ_BYTES = 16 * 1024,
    PHASE_NAME_BYTES = 64,
    COMPLAINTS_MAX = 20,
};

struct phase {
    char name[PHASE_NAME_BYTES];
    uint64_t sent;
    uint64_t refused; /* answered, but not `accepted` */
    uint64_t lost;    /* with their connection, or never answered */
    struct latency latency;
};

/* A report that was sent. */
struct asked {
    int64_t due_us;
    uint32_t phase;
    bool is_answered;
};

struct relay {
    int fd; /* -1: not open */
    bool is_http;
    uint32_t from;       /* its address */
    struct asked *asked; /* on this connection: line or request n is [n - 1] */
    size_t asked_count;
    size_t asked_capacity;
    size_t answered; /* HTTP answers in order */
    struct buffer output;
    struct buffer input;
};

struct probe {
    const struct bench_options *options;
    struct bench_reports reports;
    struct relay *relays;
    uint32_t relay_count;
    struct phase *phases;
    uint32_t phase_count;
    struct buffer commands; /* what stands on standard input, up to a line's end */
    bool has_ended;
    int poll;
    uint64_t under_way;
    uint32_t complaints;
};

static void complain(struct probe *probe, const struct relay *relay, const char *what, struct slice said)
{
    if (probe->complaints++ < COMPLAINTS_MAX) {
        (void)fprintf(stderr, "bench_probe: %s: %s: %.*s\n", relay->is_http ? "HTTP" : "stream", what,
                      (int)said.length, said.bytes);
    }
}

/* ---- the answers ---- */

static void settle(struct probe *probe, struct relay *relay, size_t number, struct slice answer, bool is_good)
{
    struct asked *asked = number >= 1 && number <= relay->asked_count ? &relay->asked[number - 1] : NULL;
    if (asked == NULL || asked->is_answered) {
        complain(probe, relay, "an answer to nothing", answer);
        return;
    }
    struct phase *phase = &probe->phases[asked->phase];
    asked->is_answered = true;
    probe->under_way--;
    latency_add(&phase->latency, clock_monotonic_us() - asked->due_us);
    if (!is_good) {
        phase->refused++;
        complain(probe, relay, "not accepted", answer);
    }
}

/* How many of the bytes were whole answers. */
static size_t take_lines(struct probe *probe, struct relay *relay, struct slice bytes)
{
    size_t taken = 0;
    const char *end;
    while ((end = memchr(bytes.bytes + taken, '\n', bytes.length - taken)) != NULL) {
        struct slice line = {bytes.bytes + taken, (size_t)(end - bytes.bytes) - taken};
        taken += line.length + 1;
        if (!answer_is_welcome(line)) {
            uint64_t number;
            bool is_good = answer_is_accepted(line, &number);
            settle(probe, relay, number, line, is_good);
        }
    }
    return taken;
}

static size_t take_http_answers(struct probe *probe, struct relay *relay, struct slice bytes)
{
    size_t taken = 0;
    for (;;) {
        struct slice rest = {bytes.bytes + taken, bytes.length - taken};
        struct slice body;
        int status;
        size_t length = answer_http_find(rest, &status, &body);
        if (length == 0) {
            return taken;
        }
        uint64_t line;
        bool is_good = status == 201 && answer_is_accepted(body, &line);
        settle(probe, relay, ++relay->answered, (struct slice){rest.bytes, length}, is_good);
        taken += length;
    }
}

/* ---- the connections ---- */

/* What was under way on it is lost: whether it counted, nobody has said. */
static void close_relay(struct probe *probe, struct relay *relay)
{
    (void)close(relay->fd);
    relay->fd = -1;
    for (size_t i = 0; i < relay->asked_count; i++) {
        if (!relay->asked[i].is_answered) {
            probe->phases[relay->asked[i].phase].lost++;
            probe->under_way--;
        }
    }
}

static void lose_relay(struct probe *probe, struct relay *relay, const char *why)
{
    complain(probe, relay, "connection lost", slice_of(why));
    close_relay(probe, relay);
}

static struct asked *ask(struct relay *relay)
{
    if (relay->asked_count == relay->asked_capacity) {
        relay->asked_capacity = relay->asked_capacity == 0 ? 1024 : 2 * relay->asked_capacity;
        relay->asked = memory_resize(relay->asked, relay->asked_capacity, sizeof *relay->asked);
    }
    return &relay->asked[relay->asked_count++];
}

static void open_relay(struct probe *probe, struct relay *relay)
{
    const struct bench_options *options = probe->options;
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = relay};
    relay->asked_count = 0;
    relay->answered = 0;
    buffer_clear(&relay->output);
    buffer_clear(&relay->input);
    relay->fd = loopback_connect(relay->from, relay->is_http ? options->http_port : options->ports[0]);
    if (relay->fd < 0 || epoll_ctl(probe->poll, EPOLL_CTL_ADD, relay->fd, &interest) != 0) {
        perror("bench_probe: connecting");
        exit(EXIT_FAILURE);
    }
    if (!relay->is_http) {
        buffer_printf(&relay->output, "{\"token\":\"%s\"}\n", options->token);
        *ask(relay) = (struct asked){.is_answered = true}; /* line 1 */
    }
}

static void send_output(struct probe *probe, struct relay *relay)
{
    if (relay->output.length == 0) {
        return;
    }
    ssize_t sent = send(relay->fd, relay->output.bytes, relay->output.length, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN && errno != ENOTCONN) {
            lose_relay(probe, relay, strerror(errno));
        }
        return;
    }
    relay->output.length -= (size_t)sent;
    memmove(relay->output.bytes, relay->output.bytes + sent, relay->output.length);
}

static void receive(struct probe *probe, struct relay *relay)
{
    for (;;) {
        char *room = buffer_reserve(&relay->input, READ_BYTES);
        ssize_t length = recv(relay->fd, room, READ_BYTES, 0);
        if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (length <= 0) {
            lose_relay(probe, relay, length == 0 ? "closed by the server" : strerror(errno));
            return;
        }
        relay->input.length += (size_t)length;
        relay->input.bytes[relay->input.length] = '\0';
        struct slice bytes = {relay->input.bytes, relay->input.length};
        size_t taken =
            relay->is_http ? take_http_answers(probe, relay, bytes) : take_lines(probe, relay, bytes);
        relay->input.length -= taken;
        memmove(relay->input.bytes, relay->input.bytes + taken, relay->input.length);
    }
}

/* ---- the reports ---- */

static void write_report(struct relay *relay, const struct bench_options *options,
                         const struct report *report)
{
    struct buffer json = {0};
    report_json_write(&json, report);
    if (relay->is_http) {
        buffer_printf(&relay->output,
                      "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                      options->token, json.length);
    }
    buffer_append(&relay->output, json.bytes, json.length);
    if (!relay->is_http) {
        buffer_append_char(&relay->output, '\n');
    }
    buffer_done(&json);
}

/* A unit has one relay, so its reports stay in their order. */
static void send_report(struct probe *probe, int64_t due_us)
{
    struct report report;
    uint32_t unit;
    if (!bench_reports_next(&probe->reports, &report, &unit)) {
        (void)fprintf(stderr, "bench_probe: there are no more reports; give more --reports-a-unit\n");
        exit(EXIT_FAILURE);
    }
    struct relay *relay = &probe->relays[unit % probe->relay_count];
    uint32_t phase = probe->phase_count - 1;
    if (relay->fd < 0) {
        open_relay(probe, relay);
    }
    write_report(relay, probe->options, &report);
    *ask(relay) = (struct asked){.due_us = due_us, .phase = phase};
    probe->phases[phase].sent++;
    probe->under_way++;
    send_output(probe, relay);
}

/* ---- the phases ---- */

static void begin_phase(struct probe *probe, struct slice name)
{
    probe->phases = memory_resize(probe->phases, probe->phase_count + 1, sizeof *probe->phases);
    struct phase *phase = &probe->phases[probe->phase_count++];
    *phase = (struct phase){.sent = 0};
    if (!slice_copy(name, phase->name, sizeof phase->name)) {
        (void)fprintf(stderr, "bench_probe: the name of a phase is too long\n");
        exit(EXIT_FAILURE);
    }
}

static void read_commands(struct probe *probe)
{
    char *room = buffer_reserve(&probe->commands, READ_BYTES);
    ssize_t length = read(STDIN_FILENO, room, READ_BYTES);
    if (length <= 0) {
        probe->has_ended = true;
        return;
    }
    probe->commands.length += (size_t)length;
    struct slice rest = {probe->commands.bytes, probe->commands.length};
    while (memchr(rest.bytes, '\n', rest.length) != NULL) {
        begin_phase(probe, text_split(&rest, '\n'));
    }
    memmove(probe->commands.bytes, rest.bytes, rest.length);
    probe->commands.length = rest.length;
}

static void print_phases(const struct probe *probe)
{
    for (uint32_t i = 0; i < probe->phase_count; i++) {
        const struct phase *phase = &probe->phases[i];
        const struct latency *latency = &phase->latency;
        (void)printf("phase=%s sent=%" PRIu64 " refused=%" PRIu64 " lost=%" PRIu64 " p50_us=%" PRId64
                     " p99_us=%" PRId64 " max_us=%" PRId64 "\n",
                     phase->name, phase->sent, phase->refused, phase->lost,
                     latency_percentile_us(latency, 5000), latency_percentile_us(latency, 9900),
                     latency->max_us);
    }
}

/* ---- the whole ---- */

/* Until `until_us` at the latest, or something happens. */
static void wait_and_hear(struct probe *probe, int64_t until_us)
{
    int64_t left_us = until_us - clock_monotonic_us();
    left_us = left_us < 0 ? 0 : left_us;
    struct timespec left = {.tv_sec = left_us / SECOND_US, .tv_nsec = left_us % SECOND_US * NANOSECONDS};
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_pwait2(probe->poll, events, EVENTS_A_TURN, &left, NULL);
    for (int i = 0; i < count; i++) {
        struct relay *relay = events[i].data.ptr;
        if (relay == NULL) {
            read_commands(probe);
            continue;
        }
        send_output(probe, relay);
        if (relay->fd >= 0) {
            receive(probe, relay);
        }
    }
}

static void run(struct probe *probe)
{
    int64_t began_us = clock_monotonic_us();
    for (int64_t number = 0; !probe->has_ended; number++) {
        int64_t due_us = began_us + number * SECOND_US / probe->options->a_second;
        while (!probe->has_ended && clock_monotonic_us() < due_us) {
            wait_and_hear(probe, due_us);
        }
        if (!probe->has_ended) {
            send_report(probe, due_us);
        }
    }
    struct epoll_event none = {0};
    (void)epoll_ctl(probe->poll, EPOLL_CTL_DEL, STDIN_FILENO, &none);
    int64_t ended_us = clock_monotonic_us() + (int64_t)PATIENCE_S * SECOND_US;
    while (probe->under_way > 0 && clock_monotonic_us() < ended_us) {
        wait_and_hear(probe, ended_us);
    }
}

static bool probe_init(struct probe *probe, const struct bench_options *options)
{
    struct epoll_event interest = {.events = EPOLLIN};
    *probe = (struct probe){.options = options, .poll = epoll_create1(EPOLL_CLOEXEC)};
    if (probe->poll < 0 || epoll_ctl(probe->poll, EPOLL_CTL_ADD, STDIN_FILENO, &interest) != 0) {
        perror("bench_probe: standard input");
        return false;
    }
    if (!bench_reports_open(options, &probe->reports)) {
        return false;
    }
    begin_phase(probe, slice_of("start"));
    probe->relay_count = 2 * options->connections;
    probe->relays = memory_new_array(probe->relay_count, sizeof *probe->relays);
    for (uint32_t i = 0; i < probe->relay_count; i++) {
        struct relay *relay = &probe->relays[i];
        relay->is_http = i % 2 == 1;
        relay->from = LOOPBACK_RELAYS + i;
        open_relay(probe, relay);
    }
    return true;
}

static void probe_done(struct probe *probe)
{
    for (uint32_t i = 0; i < probe->relay_count; i++) {
        struct relay *relay = &probe->relays[i];
        free(relay->asked);
        buffer_done(&relay->output);
        buffer_done(&relay->input);
    }
    free(probe->relays);
    free(probe->phases);
    buffer_done(&probe->commands);
    (void)close(probe->poll);
    bench_reports_done(&probe->reports);
}

/* Closes what is left: who has not answered by now has lost the report. */
static bool conclude(struct probe *probe)
{
    for (uint32_t i = 0; i < probe->relay_count; i++) {
        if (probe->relays[i].fd >= 0) {
            close_relay(probe, &probe->relays[i]);
        }
    }
    print_phases(probe);
    for (uint32_t i = 0; i < probe->phase_count; i++) {
        if (probe->phases[i].refused > 0 || probe->phases[i].lost > 0) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct probe probe;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options) || !probe_init(&probe, &options)) {
        return EXIT_FAILURE;
    }
    run(&probe);
    bool done = conclude(&probe);
    probe_done(&probe);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
