/* The thread that the tally lives on, and the ports through which workers reach it. */
#ifndef TURNOUT_APP_TALLY_THREAD_H
#define TURNOUT_APP_TALLY_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/service/tally.h>
#include <turnout/service/tally_port.h>

struct tally_thread;

struct tally_thread_options {
    struct store_options store;
    uint32_t reports_per_minute;
    struct gate *gate; /* borrowed, as are clock and health */
    struct clock_watch *clock;
    struct health *health;
    struct election_register *reg; /* that of the store; a reference of its own is taken */
    atomic_uint *awaited;          /* counted down when a register was followed; borrowed */
    uint32_t ports;
};

enum turnout_error tally_thread_start(const struct tally_thread_options *options,
                                      struct tally_thread **ret_thread, struct error *error);

/* Valid until tally_thread_free(). Its waker is woken, too, when the link comes up for the first time. */
struct tally_port *tally_thread_port(struct tally_thread *thread, uint32_t place);

/* Whether the link to Redis has been up once. Thread-safe. */
bool tally_thread_was_up(const struct tally_thread *thread);

/* Whether it is up now: what is sent to the tally can be stored. Thread-safe. */
bool tally_thread_is_up(const struct tally_thread *thread);

/* From now on the tally decides by this register. From any thread; a reference of its own is taken. */
void tally_thread_put_register(struct tally_thread *thread, struct election_register *reg);

const struct store_counters *tally_thread_store_counters(const struct tally_thread *thread);

/* Waits for the thread to end; every message is answered then, and its worker can take it back. NULL-safe. */
void tally_thread_stop(struct tally_thread *thread);

/* After it was stopped, and the workers have received everything. NULL-safe. */
void tally_thread_free(struct tally_thread *thread);

#endif
