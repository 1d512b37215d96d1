/* A worker: one thread with its own loop and listening sockets, and an intake with a port to the tally where it listens
 * for units. It shares with the others only the publication, the register, the signing keys, the tokens, the refusals
 * and the table of peers, and reads what the watch over the clock says.
 *
 * A worker that listens for readers alone takes second place: on busy cores the kernel runs the others first, so that
 * readers cannot slow the counting down. */
#ifndef TURNOUT_APP_WORKER_H
#define TURNOUT_APP_WORKER_H

#include <turnout/base/error.h>
#include <turnout/net/hosts.h>
#include <turnout/service/counters.h>

#include "mailbox.h"
#include "server_settings.h"
#include "worker_intake.h"

enum { WORKERS_IN_ALL_MAX = 2 * WORKERS_MAX }; /* those for units, then those for readers */
enum { WORKER_DRAIN_MS = 8000 }; /* longer than a command's deadline: what is in flight gets its answer */

struct worker_options {
    const struct worker_intake_options
        *intake; /* borrowed for worker_start(); NULL: it serves readers alone */
    uint32_t connections_max;
    uint32_t address_max;          /* of these, from one address */
    struct peers *peers;           /* borrowed, as is */
    const struct host_list *hosts; /* under which reports may be sent */
    /* Listening sockets, taken; -1 where off. */
    int public_fd;
    int intake_http_fd;
    int intake_stream_fd;
};

struct worker;

/* Starts the thread. It accepts once it has a publication and its link to Redis is up. */
enum turnout_error worker_start(const struct worker_options *options, struct worker **ret_worker,
                                struct error *error);

/* Through it the worker is given what readers are shown and what signatures and tokens are verified with, and is asked
 * to drain: to stop accepting and to finish what is in flight. */
struct mailbox *worker_mailbox(struct worker *worker);

/* Waits for the thread to end, at most a little over WORKER_DRAIN_MS after it was asked to drain. */
void worker_join(struct worker *worker);

/* After it was joined and the tally has stopped: answers what came back from there last, and frees. NULL-safe. */
void worker_free(struct worker *worker);

/* Valid until freed. */
const struct counters *worker_counters(const struct worker *worker);
const struct store_counters *
worker_store_counters(const struct worker *worker); /* NULL: serves readers alone */

#endif
