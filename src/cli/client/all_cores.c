/* Each thread takes the next free piece. The calling thread works too, and draws the progress. */
#include "client/all_cores.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

enum { THREADS_MAX = 256 };

struct run {
    all_cores_fn *work;
    void *context;
    uint32_t count;
    _Atomic uint32_t next;
    _Atomic uint32_t done;
};

static bool work_on_next(struct run *run)
{
    uint32_t number = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed);
    if (number >= run->count) {
        return false;
    }
    run->work(run->context, number);
    atomic_fetch_add_explicit(&run->done, 1, memory_order_relaxed);
    return true;
}

static void *work_on_all(void *context)
{
    while (work_on_next(context)) {
    }
    return NULL;
}

void all_cores_run(uint32_t count, all_cores_fn *work, void *context, struct progress *progress)
{
    struct run run = {.work = work, .context = context, .count = count};
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long started = 0;
    atomic_init(&run.next, 0);
    atomic_init(&run.done, 0);
    while (started < cores - 1 && started < THREADS_MAX &&
           pthread_create(&threads[started], NULL, work_on_all, &run) == 0) {
        started++;
    }
    while (work_on_next(&run)) { /* alone, when no thread can be started */
        if (progress != NULL) {
            progress_draw(progress, atomic_load_explicit(&run.done, memory_order_relaxed));
        }
    }
    for (long i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}
