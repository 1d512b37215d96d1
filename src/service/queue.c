/* A ring with one sender and one receiver, and waking. The indices run freely and wrap around; their difference is how
 * many are in the ring. */
#include <turnout/service/queue.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <turnout/base/memory.h>

void queue_init(struct queue *queue, uint32_t capacity)
{
    assert(capacity > 0 && (capacity & (capacity - 1)) == 0);
    queue->slots = memory_new_array(capacity, sizeof queue->slots[0]);
    queue->mask = capacity - 1;
    atomic_init(&queue->written, 0);
    atomic_init(&queue->read, 0);
}

void queue_done(struct queue *queue)
{
    assert(atomic_load(&queue->written) == atomic_load(&queue->read));
    free(queue->slots);
}

bool queue_push(struct queue *queue, void *item)
{
    uint32_t written = atomic_load_explicit(&queue->written, memory_order_relaxed);
    if (written - atomic_load_explicit(&queue->read, memory_order_acquire) > queue->mask) {
        return false;
    }
    queue->slots[written & queue->mask] = item;
    atomic_store_explicit(&queue->written, written + 1, memory_order_release);
    return true;
}

void *queue_pop(struct queue *queue)
{
    uint32_t read = atomic_load_explicit(&queue->read, memory_order_relaxed);
    if (read == atomic_load_explicit(&queue->written, memory_order_acquire)) {
        return NULL;
    }
    void *item = queue->slots[read & queue->mask];
    atomic_store_explicit(&queue->read, read + 1, memory_order_release);
    return item;
}

bool waker_init(struct waker *waker)
{
    atomic_init(&waker->is_awake, false);
    waker->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return waker->fd >= 0;
}

void waker_done(struct waker *waker)
{
    close(waker->fd);
}

void waker_wake(struct waker *waker)
{
    if (!atomic_exchange(&waker->is_awake, true)) {
        int failed = eventfd_write(waker->fd, 1);
        assert(failed == 0);
    }
}

void waker_clear(struct waker *waker)
{
    eventfd_t wakes;
    int failed = eventfd_read(waker->fd, &wakes);
    assert(failed == 0 || errno == EAGAIN);
    (void)atomic_exchange(&waker->is_awake, false);
}
