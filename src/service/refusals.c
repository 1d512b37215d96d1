/* The last refused try of each unit: a ring of entries, the newest last; a unit's entry moves to the end when it is
 * refused again. */
#include <turnout/service/refusals.h>

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

struct refusals {
    _Atomic uint32_t references;
    pthread_mutex_t lock;
    uint64_t last_number;
    struct refusal ring[REFUSALS_MAX]; /* number n is at n % REFUSALS_MAX */
    _Atomic uint64_t number_of_unit[]; /* 0: none; written under the lock */
};

struct refusals *refusals_new(uint32_t unit_count)
{
    struct refusals *refusals =
        memory_new(sizeof *refusals + unit_count * sizeof refusals->number_of_unit[0]);
    atomic_init(&refusals->references, 1);
    int failed = pthread_mutex_init(&refusals->lock, NULL);
    assert(failed == 0);
    return refusals;
}

void refusals_acquire(struct refusals *refusals)
{
    if (refusals != NULL) {
        atomic_fetch_add_explicit(&refusals->references, 1, memory_order_relaxed);
    }
}

void refusals_release(struct refusals *refusals)
{
    if (refusals != NULL && atomic_fetch_sub_explicit(&refusals->references, 1, memory_order_acq_rel) == 1) {
        (void)pthread_mutex_destroy(&refusals->lock);
        free(refusals);
    }
}

static void lock(struct refusals *refusals)
{
    int failed = pthread_mutex_lock(&refusals->lock);
    assert(failed == 0);
}

static void unlock(struct refusals *refusals)
{
    int failed = pthread_mutex_unlock(&refusals->lock);
    assert(failed == 0);
}

static struct refusal *at(struct refusals *refusals, uint64_t number)
{
    return &refusals->ring[number % REFUSALS_MAX];
}

/* Takes the unit's entry out, if it has one. */
static void take_out(struct refusals *refusals, uint32_t unit)
{
    uint64_t number = atomic_load(&refusals->number_of_unit[unit]);
    if (number > 0) {
        at(refusals, number)->number = 0;
        atomic_store(&refusals->number_of_unit[unit], 0);
    }
}

static void put_in(struct refusals *refusals, const struct refusal *refusal)
{
    uint64_t number = ++refusals->last_number;
    struct refusal *entry = at(refusals, number);
    if (entry->number > 0) {
        take_out(refusals, entry->unit); /* the oldest of all */
    }
    *entry = *refusal;
    entry->number = number;
    atomic_store(&refusals->number_of_unit[refusal->unit], number);
}

void refusals_note(struct refusals *refusals, uint32_t unit, const struct report_received *received,
                   const struct report_result *result)
{
    if (refusals == NULL || result->status == STATUS_UNAVAILABLE || result->status == STATUS_SUPERSEDED) {
        return;
    }
    if (result->status != STATUS_REJECTED &&
        atomic_load_explicit(&refusals->number_of_unit[unit], memory_order_relaxed) == 0) {
        return;
    }
    struct refusal refusal = {.unit = unit,
                              .seq = received->seq,
                              .voted = received->voted,
                              .as_of = received->as_of,
                              .received_ms = received->received_ms,
                              .code = result->code};
    memcpy(refusal.detail, result->detail, sizeof refusal.detail);
    lock(refusals);
    take_out(refusals, unit);
    if (result->status == STATUS_REJECTED) {
        put_in(refusals, &refusal);
    }
    unlock(refusals);
}

void refusals_each(struct refusals *refusals, refusal_fn *on_refusal, void *context)
{
    lock(refusals);
    uint64_t end = refusals->last_number > REFUSALS_MAX ? refusals->last_number - REFUSALS_MAX : 0;
    for (uint64_t number = refusals->last_number; number > end; number--) {
        const struct refusal *refusal = at(refusals, number);
        if (refusal->number > 0) {
            on_refusal(context, refusal);
        }
    }
    unlock(refusals);
}
