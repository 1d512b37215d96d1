/* Intake: what a worker does with a report. Parses it, finds the unit, verifies the signature or voucher, sends it to
 * the tally, and words the answer. One a worker, on the worker's thread, with the worker's port. */
#ifndef TURNOUT_SERVICE_INTAKE_H
#define TURNOUT_SERVICE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/election/election.h>
#include <turnout/election/phase.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>
#include <turnout/service/clock_watch.h>
#include <turnout/service/counters.h>
#include <turnout/service/principal.h>
#include <turnout/service/refusals.h>
#include <turnout/service/tally_port.h>

struct intake_options {
    const struct election *election; /* borrowed, as all here */
    const struct election_register *reg;
    struct tally_port *port;
    struct counters *counters;
    const struct credentials *credentials; /* read anew for each report, also of an open stream */
    bool takes_unsigned;                   /* in rehearsal only */
    const struct clock_watch *clock;       /* NULL: the clock is trusted */
    struct refusals *refusals;             /* takes its own reference; NULL: refusals are not kept */
    /* Called when something was sent to the tally: tally_port_flush() is due at the end of the turn. */
    void (*on_sent)(void *context);
    void *context;
};

struct intake;

struct intake *intake_new(const struct intake_options *options);

/* Every report must have been answered. NULL-safe. */
void intake_free(struct intake *intake);

/* The refusals in use. */
struct refusals *intake_refusals(const struct intake *intake);

void intake_set_phase(struct intake *intake, enum election_phase phase);

/* Switches to another register, borrowed like the first, and to its refusals. Every report must have been
 * answered. */
void intake_set_register(struct intake *intake, const struct election_register *reg,
                         struct refusals *refusals);

/* Handles a report as JSON. `voucher`, a relay, vouches for it unless it is signed; NULL: nobody does. `on_answer` is
 * called exactly once, with `context` and `tag`, possibly before this returns. Borrows voucher and bytes for the
 * call. */
void intake_submit(struct intake *intake, const struct principal *voucher, const char *bytes, size_t length,
                   report_answer_fn *on_answer, void *context, uint64_t tag);

/* Refuses and counts a report that cannot be submitted, such as a line that is too long. */
void intake_refuse(struct intake *intake, enum report_code code, const char *detail,
                   report_answer_fn *on_answer, void *context, uint64_t tag);

/* Handles an answer of the tally. Takes the message. */
void intake_answer(struct intake *intake, struct report_message *message);

#endif
