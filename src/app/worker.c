/* The worker: built in the starting thread, run in its own, torn down in reverse once that has ended. */
#include "worker.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/net/connection.h>
#include <turnout/net/intake_http.h>
#include <turnout/net/intake_stream.h>
#include <turnout/net/listener.h>
#include <turnout/net/public_http.h>
#include <turnout/net/public_reader.h>

struct worker {
    struct worker_options options;
    pthread_t thread;
    struct event_base *base;
    struct event *wake_event;
    struct event *accept_event;
    struct event *drain_event; /* looks whether draining is done */
    struct mailbox mailbox;
    bool is_running;
    bool is_draining;
    int drain_ticks_left;

    struct counters counters;
    struct worker_intake *intake; /* NULL: it serves readers alone */
    struct connections *connections;
    struct listener *public_listener; /* NULL: not listening */
    struct listener *intake_http_listener;
    struct listener *intake_stream_listener;
    struct public_reader reader;
    struct http_service public_service;
    struct http_service intake_service;
};

enum {
    DRAIN_TICK_MS = 20,
    ACCEPT_MS = 1000,
    READERS_NICE = 10, /* more than others: about a tenth of their weight (sched(7)) */
};

/* ---- connections ---- */

static void accept_public(void *context, int fd, const struct sockaddr *peer)
{
    struct worker *worker = context;
    struct connection *connection = connection_accept(worker->connections, fd, peer);
    if (connection != NULL) {
        http_serve(connection, &worker->public_service);
    }
}

static void accept_intake_http(void *context, int fd, const struct sockaddr *peer)
{
    struct worker *worker = context;
    struct connection *connection = connection_accept(worker->connections, fd, peer);
    if (connection != NULL) {
        http_serve(connection, &worker->intake_service);
    }
}

static void accept_intake_stream(void *context, int fd, const struct sockaddr *peer)
{
    struct worker *worker = context;
    struct connection *connection = connection_accept(worker->connections, fd, peer);
    if (connection != NULL) {
        intake_stream_serve(connection, worker_intake_desk(worker->intake));
    }
}

static struct listener *listen_on(struct worker *worker, int *fd, listener_accept_fn *on_accept)
{
    if (*fd < 0) {
        return NULL;
    }
    struct listener *listener = listener_new(worker->base, *fd, &worker->counters, on_accept, worker);
    *fd = -1;
    return listener;
}

static void accept_all(struct worker *worker)
{
    bool is_accepting = worker->public_listener != NULL || worker->intake_http_listener != NULL ||
                        worker->intake_stream_listener != NULL;
    if (is_accepting || worker->is_draining) {
        return;
    }
    worker->public_listener = listen_on(worker, &worker->options.public_fd, accept_public);
    worker->intake_http_listener = listen_on(worker, &worker->options.intake_http_fd, accept_intake_http);
    worker->intake_stream_listener =
        listen_on(worker, &worker->options.intake_stream_fd, accept_intake_stream);
}

/* Accepts once there is something to show and somewhere to put reports. So the first report is not turned away because
 * a link is a moment late. Clients that connect earlier wait, but no longer than ACCEPT_MS: then they are answered that
 * the server is not ready yet. */
static void accept_when_ready(void *context)
{
    struct worker *worker = context;
    if (worker->reader.publication != NULL &&
        (worker->intake == NULL || worker_intake_was_up(worker->intake))) {
        accept_all(worker);
    }
}

static void on_accept_due(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    accept_all(context);
}

/* ---- what comes from outside ---- */

static void take_publication(void *context)
{
    struct worker *worker = context;
    struct publication *publication = mailbox_take_publication(&worker->mailbox);
    if (publication == NULL) {
        return;
    }
    events_tell(worker->reader.events, worker->reader.publication, publication);
    publication_release(worker->reader.publication);
    worker->reader.publication = publication;
    if (worker->intake != NULL) {
        worker_intake_set_publication(worker->intake, publication);
    }
    accept_when_ready(worker);
}

static void stop_accepting(struct worker *worker)
{
    listener_free(worker->public_listener);
    listener_free(worker->intake_http_listener);
    listener_free(worker->intake_stream_listener);
    worker->public_listener = NULL;
    worker->intake_http_listener = NULL;
    worker->intake_stream_listener = NULL;
}

static void on_drain_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker *worker = context;
    worker->drain_ticks_left--;
    uint32_t open = connections_count(worker->connections);
    if (open > 0 && worker->drain_ticks_left > 0) {
        return;
    }
    if (open > 0) {
        log_warning("drain-cut-short", log_number("connections", open));
    }
    int failed = event_base_loopbreak(worker->base);
    assert(failed == 0);
}

static void begin_draining(struct worker *worker)
{
    worker->is_draining = true;
    worker->drain_ticks_left = WORKER_DRAIN_MS / DRAIN_TICK_MS;
    stop_accepting(worker);
    connections_drain(worker->connections);
    struct timeval tick = {.tv_usec = DRAIN_TICK_MS * 1000};
    int failed = event_add(worker->drain_event, &tick);
    assert(failed == 0);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker *worker = context;
    mailbox_clear(&worker->mailbox);
    take_publication(worker);
    if (worker->intake != NULL) {
        worker_intake_take_mail(worker->intake);
    }
    if (atomic_load(&worker->mailbox.is_asked_to_drain) && !worker->is_draining) {
        begin_draining(worker);
    }
}

struct mailbox *worker_mailbox(struct worker *worker)
{
    return &worker->mailbox;
}

/* ---- life ---- */

/* This thread alone (setpriority(2), "C library/kernel differences"). Nobody is refused to become less urgent than they
 * are; beyond the least urgent the kernel stops there. */
static void yield_to_reports(void)
{
    errno = 0;
    int nice_now = getpriority(PRIO_PROCESS, 0); /* -1 is a value, too */
    assert(errno == 0);
    int failed = setpriority(PRIO_PROCESS, 0, nice_now + READERS_NICE);
    assert(failed == 0);
}

static void *run(void *context)
{
    struct worker *worker = context;
    if (worker->intake != NULL) {
        worker_intake_start(worker->intake);
    } else {
        yield_to_reports();
    }
    int failed = event_base_dispatch(worker->base);
    assert(failed == 0);
    return NULL;
}

static void build(struct worker *worker)
{
    worker->base = event_base_new();
    assert(worker->base != NULL);
    worker->wake_event =
        event_new(worker->base, worker->mailbox.wake_fd, EV_READ | EV_PERSIST, on_wake, worker);
    worker->drain_event = event_new(worker->base, -1, EV_PERSIST, on_drain_tick, worker);
    worker->accept_event = evtimer_new(worker->base, on_accept_due, worker);
    assert(worker->wake_event != NULL && worker->drain_event != NULL && worker->accept_event != NULL);
    struct timeval patience = {.tv_sec = ACCEPT_MS / 1000, .tv_usec = ACCEPT_MS % 1000 * 1000};
    int failed = event_add(worker->wake_event, NULL) | evtimer_add(worker->accept_event, &patience);
    assert(failed == 0);

    if (worker->options.intake != NULL) {
        worker->intake = worker_intake_new(worker->base, worker->options.intake, &worker->mailbox,
                                           &worker->counters, accept_when_ready, take_publication, worker);
        worker->options.intake = NULL; /* borrowed until here */
    }
    worker->connections =
        connections_new(worker->base, worker->options.connections_max, worker->options.address_max,
                        worker->options.peers, &worker->counters);
    worker->reader =
        (struct public_reader){.counters = &worker->counters, .events = events_new(worker->base)};
    worker->public_service = (struct http_service){.routes = public_http_routes,
                                                   .route_count = public_http_route_count,
                                                   .context = &worker->reader,
                                                   .is_serving = public_http_is_serving,
                                                   .is_public = true,
                                                   .counters = &worker->counters};
    worker->intake_service =
        (struct http_service){.routes = intake_http_routes,
                              .route_count = intake_http_route_count,
                              .context = worker->intake == NULL ? NULL : worker_intake_desk(worker->intake),
                              .hosts = worker->options.hosts,
                              .admits_large_body = intake_http_admits_large_body,
                              .counters = &worker->counters};
}

void worker_free(struct worker *worker)
{
    if (worker == NULL) {
        return;
    }
    assert(!worker->is_running);
    stop_accepting(worker);
    worker_intake_end(worker->intake);
    connections_free(worker->connections);
    events_free(worker->reader.events);
    worker_intake_free(worker->intake);
    publication_release(worker->reader.publication);
    event_free(worker->wake_event);
    event_free(worker->accept_event);
    event_free(worker->drain_event);
    event_base_free(worker->base);
    mailbox_done(&worker->mailbox);
    const int unused[] = {worker->options.public_fd, worker->options.intake_http_fd,
                          worker->options.intake_stream_fd};
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++) {
        if (unused[i] >= 0) {
            close(unused[i]);
        }
    }
    free(worker);
}

enum turnout_error worker_start(const struct worker_options *options, struct worker **ret_worker,
                                struct error *error)
{
    struct worker *worker = memory_new(sizeof *worker);
    if (!mailbox_init(&worker->mailbox)) {
        int reason = errno;
        free(worker);
        return error_fail_system(error, reason, "workers", "cannot make an eventfd for a worker");
    }
    worker->options = *options;
    build(worker);
    int reason = pthread_create(&worker->thread, NULL, run, worker);
    if (reason != 0) {
        worker_free(worker);
        return error_fail_system(error, reason, "workers", "cannot start a worker's thread");
    }
    worker->is_running = true;
    *ret_worker = worker;
    return TURNOUT_OK;
}

void worker_join(struct worker *worker)
{
    int failed = pthread_join(worker->thread, NULL);
    assert(failed == 0);
    worker->is_running = false;
}

const struct counters *worker_counters(const struct worker *worker)
{
    return &worker->counters;
}

const struct store_counters *worker_store_counters(const struct worker *worker)
{
    return worker->intake == NULL ? NULL : worker_intake_store_counters(worker->intake);
}
