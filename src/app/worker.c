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
#include <turnout/service/committee.h>
#include <turnout/service/intake.h>

struct worker {
    struct worker_options options;
    pthread_t thread;
    struct event_base *base;
    struct event *wake_event;
    struct event *accept_event;
    struct event *drain_event; /* looks whether draining is done */
    struct mailbox mailbox;
    bool is_running;
    bool takes_reports; /* it listens for units; else it serves readers alone */
    bool is_draining;
    bool was_up; /* the link to Redis has been there once */
    int drain_ticks_left;

    struct counters counters;
    struct store *
        store; /* for what committees read; this and what follows to `desk`: of a worker that takes reports */
    struct event *answers_event;
    struct event *turn_event;   /* at the end of a turn: wakes the tally */
    struct event *follow_event; /* while there is a register to follow: looks whether nothing is under way */
    struct election_register *reg;
    struct register_change *next; /* begins with the register to follow; NULL: there is none */
    struct intake *intake;
    struct committee *committee;
    struct intake_desk desk;
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
    FOLLOW_TICK_MS = 5,
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
        intake_stream_serve(connection, &worker->desk);
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

/* Once there is something to show and somewhere to put reports, so that the first report is not turned away because a
 * link is a moment late. Whoever has connected by then waits that long, but no longer than ACCEPT_MS: where the start
 * takes long, they are told so. */
static void accept_when_ready(struct worker *worker)
{
    bool can_take_reports =
        worker->was_up && worker->options.tally != NULL && tally_thread_was_up(worker->options.tally);
    if (worker->reader.publication != NULL && (!worker->takes_reports || can_take_reports)) {
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

static void take_publication(struct worker *worker)
{
    struct publication *publication = mailbox_take_publication(&worker->mailbox);
    if (publication == NULL) {
        return;
    }
    events_tell(worker->reader.events, worker->reader.publication, publication);
    publication_release(worker->reader.publication);
    worker->reader.publication = publication;
    if (worker->takes_reports) {
        intake_set_phase(worker->intake, publication_phase(publication));
        committee_set_publication(worker->committee, publication);
    }
    accept_when_ready(worker);
}

static void take_keys(struct worker *worker)
{
    struct signing_keys *keys = mailbox_take_keys(&worker->mailbox);
    if (keys != NULL && worker->takes_reports) {
        intake_set_keys(worker->intake, keys);
        committee_set_keys(worker->committee, keys);
    }
    signing_keys_release(keys);
}

static void take_tokens(struct worker *worker)
{
    struct tokens *tokens = mailbox_take_tokens(&worker->mailbox);
    if (tokens != NULL && worker->takes_reports) {
        intake_set_tokens(worker->intake, tokens);
        committee_set_tokens(worker->committee, tokens);
    }
    tokens_release(tokens);
}

/* ---- the register ---- */

/* Nothing is under way any more that speaks of areas and units of the register before, but what Redis was asked, and that
 * is answered first. */
static void follow(struct worker *worker)
{
    struct register_change *change = worker->next;
    worker->next = NULL;
    store_set_register(worker->store, change->before);
    register_acquire(change->before);
    register_release(worker->reg);
    worker->reg = change->before;
    worker->desk.reg = worker->reg;
    struct refusals *refusals = mailbox_take_refusals(&worker->mailbox);
    intake_set_register(worker->intake, worker->reg, refusals);
    refusals_release(refusals);
    committee_set_register(worker->committee, worker->reg);
    worker->options.port->reg = worker->reg;
    worker->options.port->is_closed = false;
    register_change_release(change);
    (void)atomic_fetch_sub(worker->options.awaited, 1);
}

static void on_follow_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker *worker = context;
    if (worker->options.port->with_tally == 0 && !committee_is_changing(worker->committee)) {
        follow(worker);
        int failed = event_del(worker->follow_event);
        assert(failed == 0);
    }
}

static void begin_following(struct worker *worker, struct register_change *change)
{
    struct timeval tick = {.tv_usec = FOLLOW_TICK_MS * 1000};
    register_change_release(worker->next);
    register_change_acquire(change);
    worker->next = change;
    worker->options.port->is_closed = true;
    int failed = event_add(worker->follow_event, &tick);
    assert(failed == 0);
}

static void take_change(struct worker *worker)
{
    struct register_change *change = mailbox_take_change(&worker->mailbox);
    if (change != NULL && worker->takes_reports) {
        if (change->before == worker->reg) {
            committee_set_change(worker->committee, change);
        } else {
            begin_following(worker, change);
        }
    }
    register_change_release(change);
}

/* ---- the tally ---- */

static void receive_answers(struct worker *worker)
{
    for (struct message *message; (message = tally_port_receive(worker->options.port)) != NULL;) {
        if (message->kind == MESSAGE_REPORT) {
            intake_answer(worker->intake, (struct report_message *)message);
        } else {
            committee_decided(worker->committee, (struct decision_message *)message);
        }
    }
}

static void on_answers(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker *worker = context;
    waker_clear(&worker->options.port->worker_waker);
    receive_answers(worker);
    accept_when_ready(worker); /* the tally's link may have come up */
}

static void on_sent_to_tally(void *context)
{
    struct worker *worker = context;
    event_active(worker->turn_event, EV_TIMEOUT, 0);
}

static void on_turn_ends(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker *worker = context;
    tally_port_flush(worker->options.port);
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
    take_keys(worker);
    take_tokens(worker);
    take_change(worker);
    if (atomic_load(&worker->mailbox.is_asked_to_drain) && !worker->is_draining) {
        begin_draining(worker);
    }
}

struct mailbox *worker_mailbox(struct worker *worker)
{
    return &worker->mailbox;
}

/* ---- life ---- */

static void on_link(void *context, bool up, const char *why)
{
    struct worker *worker = context;
    if (up) {
        log_info("store-up", log_text("link", "worker"));
        worker->was_up = true;
        accept_when_ready(worker);
    } else {
        log_warning("store-away", log_text("link", "worker"), log_text("why", why));
        committee_link_is_lost(worker->committee);
    }
}

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
    if (worker->takes_reports) {
        store_start(worker->store);
    } else {
        yield_to_reports();
    }
    int failed = event_base_dispatch(worker->base);
    assert(failed == 0);
    return NULL;
}

/* What reports and committees need, and readers do not. */
static void build_desk(struct worker *worker)
{
    struct worker_options *options = &worker->options;
    worker->store = store_new(worker->base, &options->store, on_link, worker);
    worker->intake = intake_new(&(struct intake_options){.election = options->store.election,
                                                         .reg = options->store.reg,
                                                         .port = options->port,
                                                         .counters = &worker->counters,
                                                         .keys = options->keys,
                                                         .tokens = options->tokens,
                                                         .takes_unsigned = options->takes_unsigned,
                                                         .clock = options->clock,
                                                         .refusals = options->refusals,
                                                         .on_sent = on_sent_to_tally,
                                                         .context = worker});
    worker->committee = committee_new(&(struct committee_options){.election = options->store.election,
                                                                  .reg = options->store.reg,
                                                                  .store = worker->store,
                                                                  .port = options->port,
                                                                  .on_sent = on_sent_to_tally,
                                                                  .context = worker,
                                                                  .secret = options->secret,
                                                                  .keys = options->keys,
                                                                  .tokens = options->tokens});
    worker->desk =
        (struct intake_desk){options->store.election, options->store.reg, worker->intake, worker->committee};
    worker->answers_event =
        event_new(worker->base, options->port->worker_waker.fd, EV_READ | EV_PERSIST, on_answers, worker);
    worker->turn_event = event_new(worker->base, -1, 0, on_turn_ends, worker);
    worker->follow_event = event_new(worker->base, -1, EV_PERSIST, on_follow_tick, worker);
    assert(worker->answers_event != NULL && worker->turn_event != NULL && worker->follow_event != NULL);
    register_acquire(options->reg);
    worker->reg = options->reg;
    options->port->reg = options->reg;
    int failed = event_add(worker->answers_event, NULL);
    assert(failed == 0);
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

    if (worker->takes_reports) {
        build_desk(worker);
    }
    worker->options.keys = NULL; /* whoever needs these has a reference */
    worker->options.tokens = NULL;
    worker->connections =
        connections_new(worker->base, worker->options.connections_max, worker->options.peers,
                        worker->takes_reports ? PEER_REPORTS : PEER_READS, &worker->counters);
    worker->reader =
        (struct public_reader){.counters = &worker->counters, .events = events_new(worker->base)};
    worker->public_service = (struct http_service){.routes = public_http_routes,
                                                   .route_count = public_http_route_count,
                                                   .context = &worker->reader,
                                                   .is_serving = public_http_is_serving,
                                                   .is_public = true,
                                                   .counters = &worker->counters};
    worker->intake_service = (struct http_service){.routes = intake_http_routes,
                                                   .route_count = intake_http_route_count,
                                                   .context = &worker->desk,
                                                   .hosts = worker->options.hosts,
                                                   .admits_large_body = intake_http_admits_large_body,
                                                   .counters = &worker->counters};
}

static void free_desk(struct worker *worker)
{
    /* Whatever is left is answered while its sessions are still there. */
    receive_answers(worker);
    store_free(worker->store);
    event_free(worker->answers_event);
    event_free(worker->turn_event);
    event_free(worker->follow_event);
    committee_end(worker->committee);
    register_change_release(worker->next);
}

void worker_free(struct worker *worker)
{
    if (worker == NULL) {
        return;
    }
    assert(!worker->is_running);
    stop_accepting(worker);
    if (worker->takes_reports) {
        free_desk(worker);
    }
    connections_free(worker->connections);
    events_free(worker->reader.events);
    intake_free(worker->intake);
    committee_free(worker->committee);
    register_release(worker->reg);
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
    worker->takes_reports = options->intake_http_fd >= 0 || options->intake_stream_fd >= 0;
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
    return worker->takes_reports ? store_counters(worker->store) : NULL;
}
