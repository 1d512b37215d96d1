/* The stream client: opens and reopens connections, sends lines, reads answers.
 *
 * The reports in progress on a connection are kept in under_way.c. One timer, a few times a second, handles
 * everything that is due: opening, resending, deadlines. */
#include "client/sender.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/line_framer.h>
#include <turnout/wire/report_json.h>

#include "client/stream_answer.h"
#include "client/under_way.h"

enum {
    TICK_US = 50000,
    REOPEN_FIRST_MS = 100,
    REOPEN_MOST_MS = 3000,
    RETRY_FIRST_MS = 50,
    RETRY_MOST_MS = 2000,
    BURST = 64, /* reports that a connection takes before the next one's turn */
    ANSWER_BYTES_MAX = 8192,
    READ_BYTES_MOST = 256 * 1024,
};

struct connection {
    struct sender *sender;
    struct bufferevent *link; /* NULL: not opened */
    bool up;
    int family; /* address family for the lookup of the host */
    int64_t reopen_at_ms;
    int64_t reopen_back_off_ms;
    struct line_framer framer;
    struct under_way under_way;
    struct buffer outbox; /* lines of one turn, written to the link together */
};

struct sender {
    struct event_base *base; /* borrowed */
    struct event *tick;
    char *host;
    uint16_t port;
    int64_t answer_deadline_us;
    struct sender_calls calls;
    void *context;
    struct connection *connections;
    uint32_t connection_count;
    uint32_t turn; /* the connection that takes reports first */
    bool pumping;
    struct sender_counts counts;
    struct report report;        /* scratch for `next` */
    struct report_result result; /* scratch for `answer` */
};

static void tell_link(struct sender *sender, const char *why)
{
    if (sender->calls.link != NULL) {
        sender->calls.link(sender->context, sender->counts.connections_up, why);
    }
}

/* ---- sending ---- */

/* Asks the caller for a report. NULL when there is no room, or when it has none now: then *dry becomes true. */
static struct pending *take_next(struct connection *connection, int64_t now_us, bool *dry)
{
    struct sender *sender = connection->sender;
    struct pending *pending = under_way_take_free(&connection->under_way);
    if (pending == NULL) {
        return NULL;
    }
    sender->report = (struct report){.registered = REGISTERED_ABSENT};
    if (!sender->calls.next(sender->context, &sender->report, &pending->tag)) {
        under_way_release(&connection->under_way, pending);
        *dry = true;
        return NULL;
    }
    pending->first_sent_us = now_us;
    report_json_write(&pending->line, &sender->report);
    buffer_append_char(&pending->line, '\n');
    sender->counts.taken++;
    return pending;
}

/* Puts up to BURST reports on lines, those to be resent first. *dry becomes true when the caller has none. */
static bool fill(struct connection *connection, bool *dry)
{
    if (!connection->up) {
        return false;
    }
    int64_t now_us = clock_monotonic_us();
    uint32_t filled = 0;
    while (filled < BURST && under_way_has_line(&connection->under_way)) {
        struct pending *pending = under_way_take_due(&connection->under_way, now_us / 1000);
        if (pending == NULL && !*dry) {
            pending = take_next(connection, now_us, dry);
        }
        if (pending == NULL) {
            break;
        }
        pending->sent_us = now_us;
        under_way_put_on_line(&connection->under_way, pending);
        buffer_append(&connection->outbox, pending->line.bytes, pending->line.length);
        filled++;
    }
    return filled > 0;
}

static void flush(struct connection *connection)
{
    struct buffer *outbox = &connection->outbox;
    if (outbox->length > 0) {
        /* Fails only without memory; then the answer deadline applies. */
        if (evbuffer_add(bufferevent_get_output(connection->link), outbox->bytes, outbox->length) == 0) {
            connection->sender->counts.bytes_sent += outbox->length;
        }
        buffer_clear(outbox);
    }
}

/* Lets every connection with room take reports, in turn, until none can or the caller has no more. */
static void pump(struct sender *sender)
{
    if (sender->pumping) {
        return; /* called from within `next`, which will be called again anyway */
    }
    assert(sender->connection_count > 0);
    sender->pumping = true;
    bool dry = false;
    bool moved = true;
    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < sender->connection_count; i++) {
            uint32_t turn = (sender->turn + i) % sender->connection_count;
            moved = fill(&sender->connections[turn], &dry) || moved;
        }
        sender->turn = (sender->turn + 1) % sender->connection_count;
    }
    for (uint32_t i = 0; i < sender->connection_count; i++) {
        flush(&sender->connections[i]);
    }
    sender->pumping = false;
}

/* ---- opening and losing a connection ---- */

static void lose(struct connection *connection, const char *why)
{
    struct sender *sender = connection->sender;
    if (connection->up) {
        connection->up = false;
        sender->counts.connections_up--;
        sender->counts.links_lost++;
    } else {
        /* A name may have one address without a listener and one with: `localhost` does. */
        connection->family = connection->family == AF_UNSPEC ? AF_INET : AF_UNSPEC;
    }
    bufferevent_free(connection->link);
    connection->link = NULL;
    assert(connection->outbox.length == 0);
    sender->counts.resent += under_way_take_back_lines(&connection->under_way);
    connection->reopen_at_ms = clock_monotonic_ms() + connection->reopen_back_off_ms;
    connection->reopen_back_off_ms *= 2;
    if (connection->reopen_back_off_ms > REOPEN_MOST_MS) {
        connection->reopen_back_off_ms = REOPEN_MOST_MS;
    }
    tell_link(sender, why);
}

static void on_up(struct connection *connection)
{
    int on = 1;
    /* Without it, answers to small reports would wait for each other. Failing costs only speed. */
    (void)setsockopt(bufferevent_getfd(connection->link), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->up = true;
    connection->sender->counts.connections_up++;
    line_framer_init(&connection->framer, ANSWER_BYTES_MAX);
    tell_link(connection->sender, NULL);
    pump(connection->sender);
}

static void on_event(struct bufferevent *link, short events, void *context)
{
    struct connection *connection = context;
    int socket_error = EVUTIL_SOCKET_ERROR();
    if ((events & BEV_EVENT_CONNECTED) != 0) {
        on_up(connection);
    } else if (bufferevent_socket_get_dns_error(link) != 0) {
        lose(connection, evutil_gai_strerror(bufferevent_socket_get_dns_error(link)));
    } else if ((events & BEV_EVENT_EOF) != 0) {
        lose(connection, "the server closed the connection");
    } else {
        lose(connection, evutil_socket_error_to_string(socket_error));
    }
}

/* ---- answers ---- */

static void retry_later(struct connection *connection, struct pending *pending)
{
    pending->back_off_ms = pending->back_off_ms == 0 ? RETRY_FIRST_MS : pending->back_off_ms * 2;
    if (pending->back_off_ms > RETRY_MOST_MS) {
        pending->back_off_ms = RETRY_MOST_MS;
    }
    pending->retry_at_ms = clock_monotonic_ms() + pending->back_off_ms;
    under_way_wait(&connection->under_way, pending);
    connection->sender->counts.retried++;
}

/* False, with *error, when the server sent an impossible answer. */
static bool take_answer(struct connection *connection, struct slice answer, int64_t now_us,
                        struct error *error)
{
    struct sender *sender = connection->sender;
    uint64_t line = 0;
    if (stream_answer_read(answer, &sender->result, &line, error) != TURNOUT_OK) {
        return false;
    }
    struct pending *pending = under_way_take_off_line(&connection->under_way, line);
    if (pending == NULL) {
        (void)error_fail(error, TURNOUT_CONFLICT, "line", "an answer to line %llu, which awaits none: %s",
                         (unsigned long long)line, sender->result.detail);
        return false;
    }
    connection->reopen_back_off_ms = REOPEN_FIRST_MS;
    if (sender->result.status == STATUS_UNAVAILABLE) {
        retry_later(connection, pending);
        return true;
    }
    sender->counts.answered++;
    sender->calls.answer(sender->context, pending->tag, &sender->result, now_us - pending->first_sent_us);
    under_way_release(&connection->under_way, pending);
    return true;
}

static void on_readable(struct bufferevent *link, void *context)
{
    struct connection *connection = context;
    struct evbuffer *input = bufferevent_get_input(link);
    size_t length = evbuffer_get_length(input);
    const char *bytes = (const char *)evbuffer_pullup(input, -1);
    int64_t now_us = clock_monotonic_us();
    size_t done = 0;
    while (done < length) {
        struct slice answer = {NULL, 0};
        struct error error = {0};
        size_t taken = 0;
        enum line_found found =
            line_framer_next(&connection->framer, bytes + done, length - done, &answer, &taken);
        done += taken;
        if (found == LINE_NONE) {
            break;
        }
        if (found == LINE_TOO_LONG) {
            lose(connection, "the server sent an answer that is too long");
            return;
        }
        if (!take_answer(connection, answer, now_us, &error)) {
            lose(connection, error.text);
            return;
        }
    }
    (void)evbuffer_drain(input, done);
    pump(connection->sender);
}

/* ---- what is due ---- */

static void open_link(struct connection *connection)
{
    struct sender *sender = connection->sender;
    connection->link =
        bufferevent_socket_new(sender->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    assert(connection->link != NULL);
    bufferevent_setcb(connection->link, on_readable, NULL, on_event, connection);
    (void)bufferevent_set_max_single_read(connection->link, READ_BYTES_MOST);
    (void)bufferevent_set_max_single_write(connection->link, READ_BYTES_MOST);
    if (bufferevent_enable(connection->link, EV_READ | EV_WRITE) != 0 ||
        bufferevent_socket_connect_hostname(connection->link, NULL, connection->family, sender->host,
                                            sender->port) != 0) {
        lose(connection, strerror(errno));
    }
}

static void on_tick(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    struct sender *sender = context;
    int64_t now_us = clock_monotonic_us();
    for (uint32_t i = 0; i < sender->connection_count; i++) {
        struct connection *connection = &sender->connections[i];
        if (connection->link == NULL && connection->reopen_at_ms <= now_us / 1000) {
            open_link(connection);
        }
        const struct pending *oldest = under_way_oldest(&connection->under_way);
        if (oldest != NULL && oldest->sent_us + sender->answer_deadline_us <= now_us) {
            lose(connection, "the server did not answer in time");
        }
    }
    pump(sender);
}

/* ---- the whole ---- */

static void connection_init(struct connection *connection, struct sender *sender, uint32_t window)
{
    connection->sender = sender;
    connection->family = AF_UNSPEC;
    connection->reopen_back_off_ms = REOPEN_FIRST_MS;
    under_way_init(&connection->under_way, window);
}

static void connection_done(struct connection *connection)
{
    if (connection->link != NULL) {
        bufferevent_free(connection->link);
    }
    under_way_done(&connection->under_way);
    buffer_done(&connection->outbox);
}

struct sender *sender_new(struct event_base *base, const struct sender_options *options,
                          const struct sender_calls *calls, void *context)
{
    assert(options->connections <= SENDER_CONNECTIONS_MAX && options->window <= SENDER_WINDOW_MAX);
    struct sender *sender = memory_new(sizeof *sender);
    uint32_t window = options->window == 0 ? SENDER_WINDOW_DEFAULT : options->window;
    int64_t deadline_ms = options->answer_deadline_ms;
    sender->base = base;
    sender->host = memory_copy_text(options->host);
    sender->port = options->port;
    sender->answer_deadline_us = (deadline_ms == 0 ? SENDER_ANSWER_DEADLINE_DEFAULT_MS : deadline_ms) * 1000;
    sender->calls = *calls;
    sender->context = context;
    sender->connection_count = options->connections == 0 ? 1 : options->connections;
    sender->connections = memory_new_array(sender->connection_count, sizeof *sender->connections);
    for (uint32_t i = 0; i < sender->connection_count; i++) {
        connection_init(&sender->connections[i], sender, window);
    }
    struct timeval tick = {.tv_usec = TICK_US};
    sender->tick = event_new(base, -1, EV_PERSIST, on_tick, sender);
    assert(sender->tick != NULL);
    int added = event_add(sender->tick, &tick);
    assert(added == 0);
    event_active(sender->tick, EV_TIMEOUT, 1); /* the first one at once */
    return sender;
}

void sender_free(struct sender *sender)
{
    if (sender == NULL) {
        return;
    }
    event_free(sender->tick);
    for (uint32_t i = 0; i < sender->connection_count; i++) {
        connection_done(&sender->connections[i]);
    }
    free(sender->connections);
    free(sender->host);
    free(sender);
}

void sender_wake(struct sender *sender)
{
    pump(sender);
}

struct sender_counts sender_counts(const struct sender *sender)
{
    return sender->counts;
}
