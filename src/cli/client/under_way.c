/* The lines, waiting reports and free reports of one connection. */
#include "client/under_way.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

/* How far answers may be ahead of the oldest missing one, in windows. */
enum { RING_TO_WINDOW = 4 };

static void queue_append(struct pending_queue *queue, struct pending *pending)
{
    pending->next = NULL;
    if (queue->last == NULL) {
        queue->first = pending;
    } else {
        queue->last->next = pending;
    }
    queue->last = pending;
}

static struct pending *queue_take(struct pending_queue *queue)
{
    struct pending *first = queue->first;
    queue->first = first->next;
    if (queue->first == NULL) {
        queue->last = NULL;
    }
    return first;
}

static struct pending **slot_of(const struct under_way *under_way, uint64_t line)
{
    return &under_way->lines[line & under_way->ring_mask];
}

void under_way_init(struct under_way *under_way, uint32_t window)
{
    assert(window > 0);
    uint64_t ring = 1;
    while (ring < (uint64_t)window * RING_TO_WINDOW) {
        ring *= 2;
    }
    *under_way = (struct under_way){.oldest_line = 1, .ring_mask = ring - 1, .window = window};
    under_way->lines = memory_new_array(ring, sizeof(struct pending *));
    under_way->pendings = memory_new_array(window, sizeof *under_way->pendings);
    for (uint32_t i = window; i > 0; i--) {
        under_way_release(under_way, &under_way->pendings[i - 1]);
    }
}

void under_way_done(struct under_way *under_way)
{
    for (uint32_t i = 0; i < under_way->window; i++) {
        buffer_done(&under_way->pendings[i].line);
    }
    free(under_way->pendings);
    free(under_way->lines);
    *under_way = (struct under_way){0};
}

bool under_way_has_line(const struct under_way *under_way)
{
    return under_way->last_line + 1 - under_way->oldest_line <= under_way->ring_mask;
}

struct pending *under_way_take_free(struct under_way *under_way)
{
    struct pending *pending = under_way->free;
    if (pending != NULL) {
        under_way->free = pending->next;
        pending->back_off_ms = 0;
        buffer_clear(&pending->line);
    }
    return pending;
}

void under_way_release(struct under_way *under_way, struct pending *pending)
{
    pending->next = under_way->free;
    under_way->free = pending;
}

void under_way_put_on_line(struct under_way *under_way, struct pending *pending)
{
    assert(under_way_has_line(under_way));
    under_way->last_line++;
    struct pending **slot = slot_of(under_way, under_way->last_line);
    assert(*slot == NULL);
    *slot = pending;
}

struct pending *under_way_take_off_line(struct under_way *under_way, uint64_t line)
{
    if (line < under_way->oldest_line || line > under_way->last_line) {
        return NULL;
    }
    struct pending *pending = *slot_of(under_way, line);
    *slot_of(under_way, line) = NULL;
    while (under_way->oldest_line <= under_way->last_line &&
           *slot_of(under_way, under_way->oldest_line) == NULL) {
        under_way->oldest_line++;
    }
    return pending;
}

const struct pending *under_way_oldest(const struct under_way *under_way)
{
    return *slot_of(under_way, under_way->oldest_line);
}

void under_way_wait(struct under_way *under_way, struct pending *pending)
{
    queue_append(&under_way->waiting, pending);
}

struct pending *under_way_take_due(struct under_way *under_way, int64_t now_ms)
{
    const struct pending *first = under_way->waiting.first;
    return first == NULL || first->retry_at_ms > now_ms ? NULL : queue_take(&under_way->waiting);
}

uint64_t under_way_take_back_lines(struct under_way *under_way)
{
    uint64_t count = 0;
    struct pending_queue queue = {0};
    for (uint64_t line = under_way->oldest_line; line <= under_way->last_line; line++) {
        struct pending *pending = *slot_of(under_way, line);
        if (pending != NULL) {
            *slot_of(under_way, line) = NULL;
            pending->retry_at_ms = 0;
            queue_append(&queue, pending);
            count++;
        }
    }
    while (under_way->waiting.first != NULL) {
        queue_append(&queue, queue_take(&under_way->waiting));
    }
    under_way->waiting = queue;
    under_way->last_line = 0;
    under_way->oldest_line = 1;
    return count;
}
