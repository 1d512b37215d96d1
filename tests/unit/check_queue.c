/* The ring between two threads, and waking: full, empty, around its end, past 2^32, and with a thread at each side. */
#include <turnout/service/queue.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <check.h>

#include "suite.h"

enum { PATIENCE_MS = 20000, ITEMS = 1000000 };

static struct queue queue;
static struct waker waker;
static uint64_t numbers[ITEMS];

/* ---- one thread ---- */

static void check_push(size_t number, bool has_room)
{
    ck_assert(queue_push(&queue, &numbers[number]) == has_room);
}

static void check_pop(size_t number)
{
    ck_assert_ptr_eq(queue_pop(&queue), &numbers[number]);
}

TIMEOUT(120);

LOOP_TEST(as_many_fit_as_were_asked_for, 6)
{
    uint32_t capacity = UINT32_C(1) << _i;
    queue_init(&queue, capacity);
    ck_assert_ptr_null(queue_pop(&queue));
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < capacity; i++) {
            check_push(i, true);
        }
        check_push(capacity, false);
        check_pop(0);
        check_push(capacity, true);
        check_push(capacity + 1, false);
        for (uint32_t i = 1; i <= capacity; i++) {
            check_pop(i);
        }
        ck_assert_ptr_null(queue_pop(&queue));
        ck_assert_ptr_null(queue_pop(&queue));
    }
    queue_done(&queue);
}

/* One or several items in it, as it runs around its slots many times. */
LOOP_TEST(order_is_kept_around_the_end, 4)
{
    size_t depth = (size_t)_i + 1;
    queue_init(&queue, 4);
    for (size_t i = 0; i < 1000; i++) {
        check_push(i, true);
        if (i + 1 >= depth) {
            check_pop(i + 1 - depth);
        }
    }
    for (size_t i = 1000 + 1 - depth; i < 1000; i++) {
        check_pop(i);
    }
    queue_done(&queue);
}

/* The indices wrap around while the ring is empty, while it is full, and in between. */
LOOP_TEST(the_indices_may_pass_2_to_the_32, 10)
{
    enum { CAPACITY = 8 };
    queue_init(&queue, CAPACITY);
    uint32_t start = (uint32_t)0 - (uint32_t)_i;
    atomic_store(&queue.written, start);
    atomic_store(&queue.read, start);
    ck_assert_ptr_null(queue_pop(&queue));
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < CAPACITY; i++) {
            check_push(i, true);
        }
        check_push(CAPACITY, false);
        for (size_t i = 0; i < CAPACITY; i++) {
            check_pop(i);
        }
        ck_assert_ptr_null(queue_pop(&queue));
    }
    ck_assert_uint_eq(atomic_load(&queue.written), start + 3 * CAPACITY);
    queue_done(&queue);
}

SIGNAL_TEST(only_an_empty_queue_is_done, SIGABRT)
{
    queue_init(&queue, 2);
    check_push(0, true);
    queue_done(&queue);
}

SIGNAL_TEST(the_capacity_is_a_power_of_two, SIGABRT)
{
    queue_init(&queue, 3);
}

/* ---- waking ---- */

static bool is_readable(int timeout_ms)
{
    struct pollfd wanted = {.fd = waker.fd, .events = POLLIN};
    return poll(&wanted, 1, timeout_ms) == 1;
}

TEST(many_wakes_are_one)
{
    ck_assert(waker_init(&waker));
    ck_assert(!is_readable(0));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            waker_wake(&waker);
        }
        ck_assert(is_readable(0));
        if (round == 1) { /* the system was called once */
            eventfd_t wakes;
            ck_assert_int_eq(eventfd_read(waker.fd, &wakes), 0);
            ck_assert_uint_eq(wakes, 1);
        }
        waker_clear(&waker);
        ck_assert(!is_readable(0));
    }
    waker_done(&waker);
}

TEST(clearing_without_a_wake_does_not_wait)
{
    ck_assert(waker_init(&waker));
    waker_clear(&waker);
    waker_clear(&waker);
    waker_wake(&waker);
    ck_assert(is_readable(0));
    waker_done(&waker);
}

TEST(without_a_descriptor_there_is_no_waker)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert(!waker_init(&waker));
    ck_assert_int_eq(errno, EMFILE);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* ---- two threads ---- */

/* Hands all items over, as fast as there is room. What an item says is written last before it is pushed. */
static void *send_all(void *wakes)
{
    for (uint64_t i = 0; i < ITEMS; i++) {
        numbers[i] = i + 1;
        while (!queue_push(&queue, &numbers[i])) {
            (void)sched_yield();
        }
        if (wakes != NULL) {
            waker_wake(&waker);
        }
    }
    return NULL;
}

/* Takes what is there. Returns how many have come in all. */
static uint64_t take_all(uint64_t taken)
{
    for (uint64_t *number = queue_pop(&queue); number != NULL; number = queue_pop(&queue)) {
        taken++;
        if (*number != taken) { /* an assertion each would take longer than the rest */
            ck_abort_msg("%llu instead of %llu", (unsigned long long)*number, (unsigned long long)taken);
        }
    }
    return taken;
}

LOOP_TEST(two_threads_hand_over_in_order, 2)
{
    pthread_t sender;
    queue_init(&queue, _i == 0 ? 1024 : 2);
    atomic_store(&queue.written, UINT32_MAX - ITEMS / 2); /* passes 2^32 on the way */
    atomic_store(&queue.read, UINT32_MAX - ITEMS / 2);
    ck_assert_int_eq(pthread_create(&sender, NULL, send_all, NULL), 0);
    for (uint64_t taken = 0; taken < ITEMS;) {
        taken = take_all(taken);
        (void)sched_yield();
    }
    ck_assert_int_eq(pthread_join(sender, NULL), 0);
    ck_assert_ptr_null(queue_pop(&queue));
    queue_done(&queue);
}

/* The receiver sleeps whenever it has found nothing: a wake that is lost leaves it asleep. */
TEST(no_wake_is_lost)
{
    pthread_t sender;
    queue_init(&queue, 1024);
    ck_assert(waker_init(&waker));
    ck_assert_int_eq(pthread_create(&sender, NULL, send_all, &waker), 0);
    for (uint64_t taken = 0; taken < ITEMS;) {
        ck_assert_msg(is_readable(PATIENCE_MS), "asleep after %llu", (unsigned long long)taken);
        waker_clear(&waker);
        taken = take_all(taken);
    }
    ck_assert_int_eq(pthread_join(sender, NULL), 0);
    waker_done(&waker);
    queue_done(&queue);
}

SUITE("queue");
