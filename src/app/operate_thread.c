/* The operations thread: a loop with one listener and one timer. */
#include "operate_thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/net/connection.h>
#include <turnout/net/http_server.h>
#include <turnout/net/listener.h>
#include <turnout/net/operate_http.h>
#include <turnout/service/metrics.h>
#include <turnout/service/queue.h>

enum { CONNECTIONS_MAX = 64 };

struct operate_thread {
    pthread_t thread;
    struct event_base *base;
    struct event *evaluate_event;
    struct event *stop_event;
    struct waker waker; /* woken to stop */
    struct health *health;
    struct metrics_sources sources; /* and what it points to: the main thread's until has_sources */
    const struct counters *workers[WORKERS_IN_ALL_MAX];
    const struct store_counters *worker_stores[WORKERS_MAX];
    atomic_bool has_sources;
    struct counters counters;
    struct connections *connections;
    struct listener *listener; /* NULL: off */
    struct operations operations;
    struct http_service service;
};

static void on_evaluate(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct operate_thread *thread = context;
    health_evaluate(thread->health, clock_wall_ms(), clock_monotonic_ms());
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct operate_thread *thread = context;
    int failed = event_base_loopbreak(thread->base);
    assert(failed == 0);
}

static void write_metrics(void *context, struct buffer *out)
{
    struct operate_thread *thread = context;
    health_write_metrics(thread->health, out);
    if (atomic_load(&thread->has_sources)) {
        metrics_write(out, &thread->sources);
    }
}

static void accept_one(void *context, int fd, const struct sockaddr *peer)
{
    struct operate_thread *thread = context;
    struct connection *connection = connection_accept(thread->connections, fd, peer);
    if (connection != NULL) {
        http_serve(connection, &thread->service);
    }
}

static void *run(void *context)
{
    struct operate_thread *thread = context;
    int failed = event_base_dispatch(thread->base);
    assert(failed == 0);
    return NULL;
}

static void build(struct operate_thread *thread, int fd, struct peers *peers, const struct host_list *hosts)
{
    thread->base = event_base_new();
    assert(thread->base != NULL);
    thread->evaluate_event = event_new(thread->base, -1, EV_PERSIST, on_evaluate, thread);
    thread->stop_event = event_new(thread->base, thread->waker.fd, EV_READ, on_stop, thread);
    assert(thread->evaluate_event != NULL && thread->stop_event != NULL);
    struct timeval period = {.tv_sec = HEALTH_EVALUATE_MS / 1000,
                             .tv_usec = HEALTH_EVALUATE_MS % 1000 * 1000};
    int failed = event_add(thread->evaluate_event, &period) | event_add(thread->stop_event, NULL);
    assert(failed == 0);
    thread->operations =
        (struct operations){.health = thread->health, .write_metrics = write_metrics, .context = thread};
    thread->service = (struct http_service){.routes = operate_http_routes,
                                            .route_count = operate_http_route_count,
                                            .context = &thread->operations,
                                            .hosts = hosts,
                                            .counters = &thread->counters};
    thread->connections =
        connections_new(thread->base, CONNECTIONS_MAX, CONNECTIONS_MAX, peers, &thread->counters);
    if (fd >= 0) {
        thread->listener = listener_new(thread->base, fd, &thread->counters, accept_one, thread);
    }
}

static void destroy(struct operate_thread *thread)
{
    listener_free(thread->listener);
    connections_free(thread->connections);
    event_free(thread->evaluate_event);
    event_free(thread->stop_event);
    event_base_free(thread->base);
    waker_done(&thread->waker);
    free(thread);
}

enum turnout_error operate_thread_start(int fd, struct peers *peers, const struct host_list *hosts,
                                        struct health *health, struct operate_thread **ret_thread,
                                        struct error *error)
{
    struct operate_thread *thread = memory_new(sizeof *thread);
    if (!waker_init(&thread->waker)) {
        int reason = errno;
        free(thread);
        if (fd >= 0) {
            close(fd);
        }
        return error_fail_system(error, reason, "operate", "cannot make an eventfd");
    }
    thread->health = health;
    build(thread, fd, peers, hosts);
    int reason = pthread_create(&thread->thread, NULL, run, thread);
    if (reason != 0) {
        destroy(thread);
        return error_fail_system(error, reason, "operate", "cannot start the thread");
    }
    *ret_thread = thread;
    return TURNOUT_OK;
}

void operate_thread_show(struct operate_thread *thread, const struct operate_sources *sources)
{
    uint32_t stores = 0;
    for (uint32_t i = 0; i < sources->worker_count; i++) {
        thread->workers[i] = worker_counters(sources->workers[i]);
        const struct store_counters *of_store = worker_store_counters(sources->workers[i]);
        if (of_store != NULL) {
            thread->worker_stores[stores++] = of_store;
        }
    }
    thread->sources = (struct metrics_sources){.workers = thread->workers,
                                               .worker_stores = thread->worker_stores,
                                               .worker_count = sources->worker_count,
                                               .worker_store_count = stores,
                                               .publisher = publisher_counters(sources->publisher),
                                               .publisher_store = store_counters(sources->publisher_store),
                                               .tally_store = tally_thread_store_counters(sources->tally)};
    atomic_store(&thread->has_sources, true);
}

void operate_thread_stop(struct operate_thread *thread)
{
    if (thread == NULL) {
        return;
    }
    waker_wake(&thread->waker);
    int failed = pthread_join(thread->thread, NULL);
    assert(failed == 0);
    destroy(thread);
}
