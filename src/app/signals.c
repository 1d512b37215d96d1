/* Signals as events of a loop. */
#include "signals.h"

#include <assert.h>
#include <signal.h>

#include <event2/event.h>

static void on_stop(evutil_socket_t number, short what, void *context)
{
    (void)what;
    const struct signals *signals = context;
    signals->on_stop(signals->context, number == SIGTERM ? "SIGTERM" : "SIGINT");
}

static void on_hangup(evutil_socket_t number, short what, void *context)
{
    (void)number;
    (void)what;
    const struct signals *signals = context;
    signals->on_hangup(signals->context);
}

static struct event *listen_to(struct event_base *base, int number, event_callback_fn on_signal,
                               struct signals *signals)
{
    struct event *event = evsignal_new(base, number, on_signal, signals);
    assert(event != NULL);
    int failed = event_add(event, NULL);
    assert(failed == 0);
    return event;
}

void signals_start(struct signals *signals, struct event_base *base,
                   void (*on_stop_signal)(void *context, const char *name),
                   void (*on_hangup_signal)(void *context), void *context)
{
    signals->on_stop = on_stop_signal;
    signals->on_hangup = on_hangup_signal;
    signals->context = context;
    signals->terminate = listen_to(base, SIGTERM, on_stop, signals);
    signals->interrupt = listen_to(base, SIGINT, on_stop, signals);
    signals->hangup = listen_to(base, SIGHUP, on_hangup, signals);
}

void signals_stop(struct signals *signals)
{
    event_free(signals->terminate);
    event_free(signals->interrupt);
    event_free(signals->hangup);
}
