/* A bounded lock-free ring of pointers from one thread to one other, and a way to wake that other. */
#ifndef TURNOUT_SERVICE_QUEUE_H
#define TURNOUT_SERVICE_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The two indices are on different cache lines, so that the threads do not contend. */
struct queue {
    _Atomic uint32_t written; /* by the sender */
    char apart[60];
    _Atomic uint32_t read; /* by the receiver */
    uint32_t mask;
    void **slots;
};

/* `capacity` is a power of two. */
void queue_init(struct queue *queue, uint32_t capacity);
void queue_done(struct queue *queue); /* must be empty */

/* False when it is full. */
bool queue_push(struct queue *queue, void *item);

/* NULL when it is empty. */
void *queue_pop(struct queue *queue);

/* Wakes a thread that waits for `fd` to become readable. Several wake-ups before it looks count as one. */
struct waker {
    int fd; /* an eventfd */
    atomic_bool is_awake;
};

/* False, with errno, when the system has no descriptor left. */
bool waker_init(struct waker *waker);
void waker_done(struct waker *waker);
void waker_wake(struct waker *waker);

/* Called by the woken thread before it reads the queue. */
void waker_clear(struct waker *waker);

#endif
