/* Threads that take the next commune that none has taken. The one that called works too, and draws the progress. */
#include "verify/verify_workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include <turnout/base/clock.h>

enum { THREADS_MAX = 256, DRAW_EVERY_MS = 100 };

struct work {
    const struct verify_export *export;
    struct verify_result *results;
    uint32_t first; /* area */
    _Atomic uint32_t next;
    _Atomic uint32_t done;
};

static bool work_on_next(struct work *work)
{
    uint32_t area = atomic_fetch_add_explicit(&work->next, 1, memory_order_relaxed);
    if (area >= work->export->folder.reg->area_count) {
        return false;
    }
    verify_commune(work->export, area, &work->results[area]);
    atomic_fetch_add_explicit(&work->done, 1, memory_order_relaxed);
    return true;
}

static void *run(void *context)
{
    while (work_on_next(context)) {
    }
    return NULL;
}

static void draw(struct work *work, uint32_t communes)
{
    (void)fprintf(stderr, "\r%u of %u communes ", atomic_load_explicit(&work->done, memory_order_relaxed),
                  communes);
    (void)fflush(stderr);
}

static void run_and_draw(struct work *work)
{
    uint32_t communes = work->export->folder.reg->area_count - work->first;
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    int64_t drawn_ms = 0;
    while (work_on_next(work)) {
        if (is_terminal && clock_monotonic_ms() - drawn_ms >= DRAW_EVERY_MS) {
            drawn_ms = clock_monotonic_ms();
            draw(work, communes);
        }
    }
    if (is_terminal) {
        (void)fputs("\r\033[K", stderr);
    }
}

void verify_all_communes(const struct verify_export *export, struct verify_result *ret_results)
{
    struct work work = {
        .export = export, .results = ret_results, .first = export->folder.reg->province_count + 1};
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long count = 0;
    atomic_init(&work.next, work.first);
    atomic_init(&work.done, 0);
    while (count < cores - 1 && count < THREADS_MAX &&
           pthread_create(&threads[count], NULL, run, &work) == 0) {
        count++;
    }
    run_and_draw(&work); /* also alone, where no thread could be had */
    for (long i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}
