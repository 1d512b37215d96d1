/* A loop of its own around the tally: messages come in by the ports, a turn ends when all that has come is decided. */
#include "tally_thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

enum { TURN_MESSAGES_MAX = 2000 }; /* of a port, before commits go out and answers go back */

struct tally_thread {
    struct tally *tally;
    pthread_t thread;
    struct event_base *base;
    struct event *wake_event;
    struct event *turn_event; /* runs when everything else that is due has run */
    struct event *tick_event;
    struct waker waker;
    atomic_bool is_asked_to_stop;
    atomic_bool was_up;
    atomic_bool is_up;
    struct election_register *reg;
    _Atomic(struct election_register *) next_register; /* a reference; NULL: none */
    atomic_uint *awaited;
    bool is_stopped;
    uint32_t port_count;
    struct tally_port ports[];
};

/* ---- what the tally wants ---- */

static void on_answered(void *context, struct message *message)
{
    struct tally_thread *thread = context;
    tally_port_answer(message->port, message);
    event_active(thread->turn_event, EV_TIMEOUT, 0);
}

static void on_turn_wanted(void *context)
{
    struct tally_thread *thread = context;
    event_active(thread->turn_event, EV_TIMEOUT, 0);
}

static void on_link(void *context, bool up, const char *why)
{
    struct tally_thread *thread = context;
    atomic_store(&thread->is_up, up);
    if (!up) {
        log_warning("store-away", log_text("link", "tally"), log_text("why", why));
        return;
    }
    log_info("store-up", log_text("link", "tally"));
    if (!atomic_exchange(&thread->was_up, true)) {
        for (uint32_t i = 0; i < thread->port_count; i++) {
            waker_wake(&thread->ports[i].worker_waker);
        }
    }
}

/* ---- the loop ---- */

/* Takes what a port has, as far as one turn may last. False when there may be more. */
static bool take_messages(struct tally_thread *thread, struct tally_port *port)
{
    for (int taken = 0; taken < TURN_MESSAGES_MAX; taken++) {
        struct message *message = tally_port_take(port);
        if (message == NULL) {
            return true;
        }
        tally_take(thread->tally, message);
    }
    return false;
}

static void flush_answers(struct tally_thread *thread)
{
    for (uint32_t i = 0; i < thread->port_count; i++) {
        tally_port_flush_answers(&thread->ports[i]);
    }
}

/* Not while something is written: it may be the very change of the register, whose end Redis has shown to others before
 * its answer came. */
static void take_register(struct tally_thread *thread)
{
    if (tally_is_writing(thread->tally)) {
        return;
    }
    struct election_register *reg = atomic_exchange(&thread->next_register, NULL);
    if (reg == NULL) {
        return;
    }
    tally_set_register(thread->tally, reg);
    register_release(thread->reg);
    thread->reg = reg;
    flush_answers(thread);
    (void)atomic_fetch_sub(thread->awaited, 1);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct tally_thread *thread = context;
    waker_clear(&thread->waker);
    take_register(thread);
    bool took_all = true;
    for (uint32_t i = 0; i < thread->port_count; i++) {
        took_all = take_messages(thread, &thread->ports[i]) && took_all;
    }
    if (!took_all) {
        event_active(thread->wake_event, EV_READ, 0);
    }
    if (atomic_load(&thread->is_asked_to_stop)) {
        int failed = event_base_loopbreak(thread->base);
        assert(failed == 0);
    }
}

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct tally_thread *thread = context;
    tally_end_turn(thread->tally);
    take_register(thread); /* a write may have ended */
    flush_answers(thread);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct tally_thread *thread = context;
    tally_tick(thread->tally);
}

static void *run(void *context)
{
    struct tally_thread *thread = context;
    tally_start(thread->tally);
    int failed = event_base_dispatch(thread->base);
    assert(failed == 0);
    return NULL;
}

/* ---- life ---- */

static void build(struct tally_thread *thread, const struct tally_thread_options *options)
{
    thread->base = event_base_new();
    assert(thread->base != NULL);
    struct tally_options tally = {.store = options->store,
                                  .reports_per_minute = options->reports_per_minute,
                                  .gate = options->gate,
                                  .clock = options->clock,
                                  .health = options->health,
                                  .on_answered = on_answered,
                                  .on_turn_wanted = on_turn_wanted,
                                  .on_link = on_link,
                                  .context = thread};
    register_acquire(options->reg);
    thread->reg = options->reg;
    thread->awaited = options->awaited;
    thread->tally = tally_new(thread->base, &tally);
    thread->wake_event = event_new(thread->base, thread->waker.fd, EV_READ | EV_PERSIST, on_wake, thread);
    thread->turn_event = event_new(thread->base, -1, 0, on_turn, thread);
    thread->tick_event = event_new(thread->base, -1, EV_PERSIST, on_tick, thread);
    assert(thread->wake_event != NULL && thread->turn_event != NULL && thread->tick_event != NULL);
    struct timeval tick = {.tv_usec = TALLY_TICK_MS * 1000};
    int failed = event_add(thread->wake_event, NULL) | event_add(thread->tick_event, &tick);
    assert(failed == 0);
}

static bool open_ports(struct tally_thread *thread, uint32_t count)
{
    if (!waker_init(&thread->waker)) {
        return false;
    }
    while (thread->port_count < count &&
           tally_port_init(&thread->ports[thread->port_count], &thread->waker)) {
        thread->port_count++;
    }
    return thread->port_count == count;
}

static void close_ports(struct tally_thread *thread)
{
    for (uint32_t i = 0; i < thread->port_count; i++) {
        tally_port_done(&thread->ports[i]);
    }
    if (thread->waker.fd >= 0) {
        waker_done(&thread->waker);
    }
}

enum turnout_error tally_thread_start(const struct tally_thread_options *options,
                                      struct tally_thread **ret_thread, struct error *error)
{
    struct tally_thread *thread = memory_new(sizeof *thread + options->ports * sizeof thread->ports[0]);
    if (!open_ports(thread, options->ports)) {
        enum turnout_error failed =
            error_fail_system(error, errno, "workers", "cannot make an eventfd for the tally");
        close_ports(thread);
        free(thread);
        return failed;
    }
    build(thread, options);
    int reason = pthread_create(&thread->thread, NULL, run, thread);
    if (reason != 0) {
        thread->is_stopped = true;
        tally_thread_free(thread);
        return error_fail_system(error, reason, "workers", "cannot start the tally's thread");
    }
    *ret_thread = thread;
    return TURNOUT_OK;
}

struct tally_port *tally_thread_port(struct tally_thread *thread, uint32_t place)
{
    assert(place < thread->port_count);
    return &thread->ports[place];
}

bool tally_thread_was_up(const struct tally_thread *thread)
{
    return atomic_load(&thread->was_up);
}

bool tally_thread_is_up(const struct tally_thread *thread)
{
    return atomic_load(&thread->is_up);
}

void tally_thread_put_register(struct tally_thread *thread, struct election_register *reg)
{
    register_acquire(reg);
    register_release(atomic_exchange(&thread->next_register, reg));
    waker_wake(&thread->waker);
}

const struct store_counters *tally_thread_store_counters(const struct tally_thread *thread)
{
    return tally_store_counters(thread->tally);
}

void tally_thread_stop(struct tally_thread *thread)
{
    if (thread == NULL || thread->is_stopped) {
        return;
    }
    atomic_store(&thread->is_asked_to_stop, true);
    waker_wake(&thread->waker);
    int failed = pthread_join(thread->thread, NULL);
    assert(failed == 0);
    thread->is_stopped = true;
    for (uint32_t i = 0; i < thread->port_count; i++) { /* what a worker sent at the very last */
        for (struct message *message; (message = tally_port_take(&thread->ports[i])) != NULL;) {
            tally_take(thread->tally, message);
        }
    }
    tally_free(thread->tally);
    thread->tally = NULL;
    flush_answers(thread);
}

void tally_thread_free(struct tally_thread *thread)
{
    if (thread == NULL) {
        return;
    }
    assert(thread->is_stopped);
    tally_free(thread->tally);
    register_release(thread->reg);
    register_release(atomic_load(&thread->next_register));
    event_free(thread->wake_event);
    event_free(thread->turn_event);
    event_free(thread->tick_event);
    event_base_free(thread->base);
    close_ports(thread);
    free(thread);
}
