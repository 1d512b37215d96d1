/* All workers: those that take reports, then as many that serve readers. Units and readers are served by different
 * threads: how long a report waits for readers is then the kernel's decision, which interrupts a thread at any point,
 * and not that of a turn of the loop. */
#ifndef TURNOUT_APP_WORKERS_H
#define TURNOUT_APP_WORKERS_H

#include "listening.h"
#include "worker.h"

/* A zeroed struct has no workers. */
struct workers {
    struct worker *all[WORKERS_IN_ALL_MAX];
    uint32_t count;     /* that run */
    uint32_t reporting; /* the first of them take reports */
};

struct workers_options {
    const struct worker_intake_options *intake; /* each gets a port of its tally */
    struct peers *peers;
    uint32_t connections_per_address; /* for reports, and as many for reading */
    const struct host_list *hosts;
    struct listenings *listenings;
    uint32_t each; /* that take reports, and that do not */
};

/* Borrows the options for the call, and what they borrow. Those that run when it fails are ended by workers_drain() and
 * workers_free(). */
enum turnout_error workers_start(struct workers *workers, const struct workers_options *options,
                                 struct error *error);

/* Each gets a reference of its own. */
void workers_put_publication(const struct workers *workers, struct publication *publication);

/* For a watch over the files (file_watch.h): keys or tokens, for the struct workers that is the context. */
void workers_put_keys(void *context, void *keys);
void workers_put_tokens(void *context, void *tokens);

/* They answer what they have and end; the tally, for whose answers they wait, must still run. */
void workers_drain(struct workers *workers);

/* After the tally was stopped, which answers what is left. */
void workers_free(struct workers *workers);

#endif
