/* The signals that the daemon listens to. What tools send by habit and it does not listen to is ignored (main.c). */
#ifndef TURNOUT_APP_SIGNALS_H
#define TURNOUT_APP_SIGNALS_H

struct event;
struct event_base;

struct signals {
    struct event *terminate, *interrupt, *hangup;
    void (*on_stop)(void *context, const char *name); /* SIGTERM, SIGINT */
    void (*on_hangup)(void *context);                 /* SIGHUP */
    void *context;
};

/* From now on calls from this loop. */
void signals_start(struct signals *signals, struct event_base *base,
                   void (*on_stop)(void *context, const char *name), void (*on_hangup)(void *context),
                   void *context);
void signals_stop(struct signals *signals);

#endif
