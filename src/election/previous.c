/* Figures in the order of their areas and times. Nothing is reckoned between two of them. */
#include <turnout/election/previous.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { SECONDS_A_DAY = 86400, SECONDS_A_MINUTE = 60 };

struct previous {
    _Atomic uint32_t references;
    struct previous_figures *rows;
    size_t count;
    size_t capacity;
};

struct previous *previous_new(void)
{
    struct previous *previous = memory_new(sizeof *previous);
    atomic_init(&previous->references, 1);
    return previous;
}

void previous_acquire(struct previous *previous)
{
    if (previous != NULL) {
        atomic_fetch_add(&previous->references, 1);
    }
}

void previous_release(struct previous *previous)
{
    if (previous != NULL && atomic_fetch_sub(&previous->references, 1) == 1) {
        free(previous->rows);
        free(previous);
    }
}

void previous_add(struct previous *previous, const struct previous_figures *figures)
{
    if (previous->count == previous->capacity) {
        previous->capacity = previous->capacity == 0 ? 64 : 2 * previous->capacity;
        previous->rows = memory_resize(previous->rows, previous->capacity, sizeof previous->rows[0]);
    }
    previous->rows[previous->count++] = *figures;
}

static int compare(const void *one, const void *other)
{
    const struct previous_figures *a = one;
    const struct previous_figures *b = other;
    int order = strcmp(a->area, b->area);
    return order != 0 ? order : a->minute - b->minute;
}

static int compare_with_line(const void *one, const void *other)
{
    const struct previous_figures *a = one;
    const struct previous_figures *b = other;
    int order = compare(a, b);
    return order != 0 ? order : a->line < b->line ? -1 : 1;
}

const struct previous_figures *previous_sort(struct previous *previous)
{
    const struct previous_figures *twice = NULL;
    if (previous->count > 0) {
        qsort(previous->rows, previous->count, sizeof previous->rows[0], compare_with_line);
    }
    for (size_t i = 1; i < previous->count; i++) {
        const struct previous_figures *row = &previous->rows[i];
        if (compare(row - 1, row) == 0 && (twice == NULL || row->line < twice->line)) {
            twice = row;
        }
    }
    return twice;
}

const struct previous_figures *previous_find(const struct previous *previous, const struct election *election,
                                             const char *area, int64_t as_of)
{
    int64_t opens = election->opens + election->offset_s;
    int64_t second = as_of + election->offset_s - (opens - opens % SECONDS_A_DAY);
    if (previous == NULL || previous->count == 0 || second < 0 || second >= SECONDS_A_DAY) {
        return NULL;
    }
    struct previous_figures wanted = {.minute = (int32_t)(second / SECONDS_A_MINUTE)};
    memcpy(wanted.area, area, strlen(area) + 1);
    return bsearch(&wanted, previous->rows, previous->count, sizeof wanted, compare);
}
