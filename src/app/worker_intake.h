/* What a worker has that takes reports: the intake, the committee's desk, the link that they read on, and its end of
 * the line to the tally. It lives on the worker's loop, and follows Redis to another register. */
#ifndef TURNOUT_APP_WORKER_INTAKE_H
#define TURNOUT_APP_WORKER_INTAKE_H

#include <stdatomic.h>

#include <turnout/net/intake_desk.h>
#include <turnout/service/counters.h>
#include <turnout/service/principal.h>
#include <turnout/store/store.h>

#include "mailbox.h"
#include "tally_thread.h"

struct worker_intake_options {
    struct store_options store;     /* as the server logs in */
    struct credentials credentials; /* the first; references of its own are taken */
    struct election_register *reg;  /* that of the store; a reference of its own is taken */
    atomic_uint *awaited;           /* counted down when a register was followed; borrowed, as what follows */
    bool takes_unsigned;
    const struct clock_watch *clock;
    struct refusals *refusals;
    struct tally_thread *tally;
    struct tally_port *port;
    const unsigned char *secret; /* TOKEN_SECRET_BYTES */
};

struct worker_intake;

/* Borrows the loop, the mailbox and the counters. `on_up` is called when a link has come up, `take_publication` when
 * the publication must be the newest that the mailbox has. */
struct worker_intake *worker_intake_new(struct event_base *base, const struct worker_intake_options *options,
                                        struct mailbox *mailbox, struct counters *counters,
                                        void (*on_up)(void *context), void (*take_publication)(void *context),
                                        void *context);

/* Connects. */
void worker_intake_start(struct worker_intake *part);

/* Whether its link and the tally's have been up once. */
bool worker_intake_was_up(const struct worker_intake *part);

/* What the listeners of units serve; borrowed. */
struct intake_desk *worker_intake_desk(struct worker_intake *part);

void worker_intake_set_publication(struct worker_intake *part, struct publication *publication);

/* Keys, tokens and registers that the mailbox has. */
void worker_intake_take_mail(struct worker_intake *part);

/* Answers what came back from the tally last, and the requests that still wait; the connections are still there.
 * NULL-safe, as is the next. */
void worker_intake_end(struct worker_intake *part);
void worker_intake_free(struct worker_intake *part);

const struct store_counters *worker_intake_store_counters(const struct worker_intake *part);

#endif
