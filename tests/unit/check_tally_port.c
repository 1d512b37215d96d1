/* A worker's line to the tally: its bound, its order, and that a turn wakes once. */
#include <turnout/service/tally_port.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <check.h>

#include "suite.h"

enum { PATIENCE_MS = 20000, MAX = TALLY_PORT_MESSAGES_MAX, SENT = 4 * MAX };

static struct waker tally_waker;
static struct tally_port port;

/* One more than fits; `unit` is its number. */
static struct message messages[MAX + 1];

static void begin(void)
{
    for (uint32_t i = 0; i <= MAX; i++) {
        messages[i] = (struct message){.kind = MESSAGE_DECISION, .unit = i};
    }
    ck_assert(waker_init(&tally_waker));
    ck_assert(tally_port_init(&port, &tally_waker));
}

static void end(void)
{
    tally_port_done(&port);
    waker_done(&tally_waker);
}

/* How often the system was called to wake; takes the wakes. */
static uint64_t wakes_of(struct waker *waker)
{
    eventfd_t wakes = 0;
    ck_assert(eventfd_read(waker->fd, &wakes) == 0 || errno == EAGAIN);
    waker_clear(waker);
    return wakes;
}

/* Answers all that were sent, in their order, and takes them back. */
static void bring_back(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tally_port_answer(&port, tally_port_take(&port));
    }
    for (uint32_t i = 0; i < count; i++) {
        ck_assert_ptr_nonnull(tally_port_receive(&port));
    }
}

TIMEOUT(120);
FIXTURE(begin, end);

TEST(a_message_goes_there_and_back)
{
    ck_assert_ptr_null(tally_port_take(&port));
    ck_assert_ptr_null(tally_port_receive(&port));
    ck_assert(tally_port_send(&port, &messages[0]));
    ck_assert_ptr_eq(messages[0].port, &port);
    ck_assert_ptr_null(tally_port_receive(&port));
    ck_assert_ptr_eq(tally_port_take(&port), &messages[0]);
    ck_assert_ptr_null(tally_port_take(&port));
    ck_assert_ptr_null(tally_port_receive(&port));
    tally_port_answer(&port, &messages[0]);
    ck_assert_ptr_eq(tally_port_receive(&port), &messages[0]);
    ck_assert_ptr_null(tally_port_receive(&port));
}

/* A message has its room until it is back, wherever it is meanwhile. */
TEST(no_more_are_under_way_than_fit)
{
    for (uint32_t i = 0; i < MAX; i++) {
        ck_assert(tally_port_send(&port, &messages[i]));
    }
    ck_assert(!tally_port_send(&port, &messages[MAX]));
    ck_assert_ptr_null(messages[MAX].port);
    for (uint32_t i = 0; i < MAX; i++) {
        ck_assert_ptr_eq(tally_port_take(&port), &messages[i]);
    }
    ck_assert(!tally_port_send(&port, &messages[MAX]));
    for (uint32_t i = 0; i < MAX; i++) {
        tally_port_answer(&port, &messages[i]);
    }
    ck_assert(!tally_port_send(&port, &messages[MAX]));
    ck_assert_ptr_eq(tally_port_receive(&port), &messages[0]);
    ck_assert(tally_port_send(&port, &messages[MAX]));
    ck_assert(!tally_port_send(&port, &messages[0]));
    for (uint32_t i = 1; i < MAX; i++) {
        ck_assert_ptr_eq(tally_port_receive(&port), &messages[i]);
    }
    ck_assert_ptr_null(tally_port_receive(&port));
    bring_back(1);
}

/* The tally answers in any order; the worker hears in that one. */
TEST(answers_come_in_the_order_of_answering)
{
    for (uint32_t i = 0; i < 100; i++) {
        ck_assert(tally_port_send(&port, &messages[i]));
    }
    for (uint32_t i = 0; i < 100; i++) {
        ck_assert_ptr_eq(tally_port_take(&port), &messages[i]);
    }
    for (uint32_t i = 0; i < 100; i++) {
        tally_port_answer(&port, &messages[i * 37 % 100]);
    }
    for (uint32_t i = 0; i < 100; i++) {
        ck_assert_ptr_eq(tally_port_receive(&port), &messages[i * 37 % 100]);
    }
}

TEST(a_turn_wakes_the_tally_once)
{
    tally_port_flush(&port);
    ck_assert_uint_eq(wakes_of(&tally_waker), 0);
    for (uint32_t turn = 0; turn < 3; turn++) {
        for (uint32_t i = 0; i < 100; i++) {
            ck_assert(tally_port_send(&port, &messages[100 * turn + i]));
        }
        ck_assert_uint_eq(wakes_of(&tally_waker), 0);
        tally_port_flush(&port);
        tally_port_flush(&port);
        ck_assert_uint_eq(wakes_of(&tally_waker), 1);
        tally_port_flush(&port);
        ck_assert_uint_eq(wakes_of(&tally_waker), 0);
    }
    ck_assert_uint_eq(wakes_of(&port.worker_waker), 0);
    bring_back(300);
}

TEST(a_turn_wakes_the_worker_once)
{
    tally_port_flush_answers(&port);
    ck_assert_uint_eq(wakes_of(&port.worker_waker), 0);
    for (uint32_t turn = 0; turn < 3; turn++) {
        for (uint32_t i = 0; i < 100; i++) {
            ck_assert(tally_port_send(&port, &messages[i]));
        }
        for (uint32_t i = 0; i < 100; i++) {
            tally_port_answer(&port, tally_port_take(&port));
        }
        ck_assert_uint_eq(wakes_of(&port.worker_waker), 0);
        tally_port_flush_answers(&port);
        tally_port_flush_answers(&port);
        ck_assert_uint_eq(wakes_of(&port.worker_waker), 1);
        for (uint32_t i = 0; i < 100; i++) {
            ck_assert_ptr_eq(tally_port_receive(&port), &messages[i]);
        }
    }
    ck_assert_uint_eq(wakes_of(&tally_waker), 0);
}

/* A message that was refused wakes nobody. */
TEST(a_full_port_wakes_nobody)
{
    for (uint32_t i = 0; i < MAX; i++) {
        ck_assert(tally_port_send(&port, &messages[i]));
    }
    tally_port_flush(&port);
    ck_assert_uint_eq(wakes_of(&tally_waker), 1);
    ck_assert(!tally_port_send(&port, &messages[MAX]));
    tally_port_flush(&port);
    ck_assert_uint_eq(wakes_of(&tally_waker), 0);
    bring_back(MAX);
}

/* Ports share the tally's waker, and nothing else. */
TEST(two_ports_are_two_lines)
{
    struct tally_port other;
    ck_assert(tally_port_init(&other, &tally_waker));
    ck_assert(tally_port_send(&port, &messages[0]));
    ck_assert(tally_port_send(&other, &messages[1]));
    tally_port_flush(&port);
    tally_port_flush(&other);
    ck_assert_uint_eq(wakes_of(&tally_waker), 1);
    ck_assert_ptr_eq(tally_port_take(&other), &messages[1]);
    ck_assert_ptr_null(tally_port_take(&other));
    tally_port_answer(messages[1].port, &messages[1]);
    tally_port_flush_answers(messages[1].port);
    ck_assert_uint_eq(wakes_of(&port.worker_waker), 0);
    ck_assert_uint_eq(wakes_of(&other.worker_waker), 1);
    ck_assert_ptr_null(tally_port_receive(&port));
    ck_assert_ptr_eq(tally_port_receive(&other), &messages[1]);
    bring_back(1);
    tally_port_done(&other);
}

/* ---- two threads ---- */

static void wait_for(struct waker *waker)
{
    struct pollfd wanted = {.fd = waker->fd, .events = POLLIN};
    ck_assert_int_eq(poll(&wanted, 1, PATIENCE_MS), 1);
    waker_clear(waker);
}

/* The tally: answers SENT messages as they come, and wakes the worker once a turn. */
static void *answer_all(void *context)
{
    for (uint32_t answered = 0; answered < SENT;) {
        wait_for(&tally_waker);
        for (struct message *message = tally_port_take(&port); message != NULL;
             message = tally_port_take(&port)) {
            message->tries++;
            tally_port_answer(&port, message);
            answered++;
        }
        tally_port_flush_answers(&port);
    }
    return context;
}

/* The worker sends each message again as soon as it is back, so the port is full most of the time. */
TEST(a_worker_and_the_tally_go_on_for_long)
{
    pthread_t tally;
    uint32_t sent = 0;
    uint32_t back = 0;
    ck_assert_int_eq(pthread_create(&tally, NULL, answer_all, NULL), 0);
    while (back < SENT) {
        while (sent < SENT && tally_port_send(&port, &messages[sent % MAX])) {
            sent++;
        }
        ck_assert_uint_le(sent - back, MAX);
        tally_port_flush(&port);
        wait_for(&port.worker_waker);
        for (struct message *message = tally_port_receive(&port); message != NULL;
             message = tally_port_receive(&port)) {
            ck_assert_uint_eq(message->unit, back % MAX);
            ck_assert_uint_eq(message->tries, back / MAX + 1);
            back++;
        }
    }
    ck_assert_int_eq(pthread_join(tally, NULL), 0);
    ck_assert_uint_eq(sent, SENT);
}

/* ---- life ---- */

CASE("life");

SIGNAL_TEST(only_with_every_message_back_a_port_is_done, SIGABRT)
{
    begin();
    ck_assert(tally_port_send(&port, &messages[0]));
    ck_assert_ptr_eq(tally_port_take(&port), &messages[0]);
    tally_port_done(&port);
}

TEST(without_a_descriptor_there_is_no_port)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert(!tally_port_init(&port, &tally_waker));
    ck_assert_int_eq(errno, EMFILE);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}

SUITE("tally_port");
