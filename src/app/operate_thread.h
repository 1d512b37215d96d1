/* A thread for those who run the server: it evaluates the server's health, and answers /livez, /readyz and /metrics
 * whatever the other threads wait for. It runs from before Redis is there until everything else is about to stop. */
#ifndef TURNOUT_APP_OPERATE_THREAD_H
#define TURNOUT_APP_OPERATE_THREAD_H

#include <turnout/base/error.h>
#include <turnout/net/hosts.h>
#include <turnout/net/peers.h>
#include <turnout/service/health.h>
#include <turnout/service/publisher.h>

#include "tally_thread.h"
#include "worker.h"

struct operate_thread;

/* The parts of the server whose counters are shown. */
struct operate_sources {
    struct worker *const *workers; /* worker_count of them */
    uint32_t worker_count;
    const struct tally_thread *tally;
    const struct publisher *publisher;
    const struct store *publisher_store;
};

/* Takes the listening socket; -1: nobody is listened to. Borrows the rest. */
enum turnout_error operate_thread_start(int fd, struct peers *peers, const struct host_list *hosts,
                                        struct health *health, struct operate_thread **ret_thread,
                                        struct error *error);

/* From now on /metrics has these, too. They are borrowed until the thread has stopped. Called once. */
void operate_thread_show(struct operate_thread *thread, const struct operate_sources *sources);

/* NULL-safe. */
void operate_thread_stop(struct operate_thread *thread);

#endif
