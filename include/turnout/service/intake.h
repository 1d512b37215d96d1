/* Intake: what happens to a report between the bytes that arrived and the answer. Parses, looks the unit up,
 * verifies the signature, applies the rules that need no store, gathers what passes into the batch of its
 * province, and hands each batch to the store. While one batch of a province is on its way, the next one gathers:
 * under load batches grow and one fdatasync serves them all; without load a report leaves in the same turn of the
 * loop.
 *
 * One intake a worker, on the worker's loop, with the worker's store link. */
#ifndef TURNOUT_SERVICE_INTAKE_H
#define TURNOUT_SERVICE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/election/election.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>
#include <turnout/service/counters.h>
#include <turnout/store/store.h>

struct event_base;

struct intake_options {
    const struct election *election; /* borrowed, as all here */
    const struct election_register *reg;
    struct store *store;
    struct counters *counters;
    struct signing_keys *keys;   /* until intake_set_keys(); a reference of its own is taken */
    bool takes_unsigned;         /* in rehearsal only */
    uint32_t reports_per_minute; /* new ones, that a key may sign for each of its units */
};

struct intake;

/* Somebody who vouches for reports that are not signed: a relay, by its token. */
struct voucher {
    uint32_t area;       /* index: of the units it vouches for */
    int64_t expires;     /* Unix seconds */
    char via[VIA_BYTES]; /* for the log */
};

/* The answer to one report. `result` is borrowed for the call. */
typedef void intake_answer_fn(void *context, uint64_t tag, const struct report_result *result);

struct intake *intake_new(struct event_base *base, const struct intake_options *options);

/* Free the store before: its last answers still come here. NULL-safe. */
void intake_free(struct intake *intake);

void intake_set_phase(struct intake *intake, enum store_phase phase);

/* From the next report on, signatures are verified with these. Takes a reference of its own. */
void intake_set_keys(struct intake *intake, struct signing_keys *keys);

/* One report as JSON. `voucher` vouches for it unless it is signed; NULL: nobody does. `on_answer` is called exactly once, with `context` and `tag`; possibly before this
 * returns, when the answer needs no store. Borrows voucher and bytes for the call. */
void intake_submit(struct intake *intake, const struct voucher *voucher, const char *bytes, size_t length,
                   intake_answer_fn *on_answer, void *context, uint64_t tag);

/* Answers one report that never reached intake_submit (a line above the bound, say), so that it is counted. */
void intake_refuse(struct intake *intake, enum report_code code, const char *detail,
                   intake_answer_fn *on_answer, void *context, uint64_t tag);

#endif
