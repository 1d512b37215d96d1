/* Taking up the register of the files for an admin, and answering when this server has followed. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/wire/register_digest.h>

#include "committee_private.h"

/* On its way to the tally and back. */
struct take_up_request {
    struct write_message write;
    struct take_up_request *next; /* that waits */
    struct committee *committee;
    struct register_change *change;
    char who[LOG_WHO_BYTES];
    char reason[NOTE_BYTES_MAX + 1];
    store_take_up_fn *on_taken_up;
    void *context;
    /* the answer */
    struct take_up take_up;
    bool *heard; /* of its */
};

/* Ends it. */
static void answer(struct take_up_request *request)
{
    const struct write_message *write = &request->write;
    request->on_taken_up(request->context, write->error, write->why,
                         write->error == TURNOUT_OK ? &request->take_up : NULL);
    register_change_release(request->change);
    free(request->heard);
    free(request);
}

/* The server has left the register that the change is from; or there was nothing to follow. */
static bool is_followed(const struct take_up_request *request)
{
    const struct register_change *now = request->committee->change;
    const unsigned char *before = request->change->before->digest;
    return request->change->count == 0 ||
           (now != NULL && memcmp(now->before->digest, before, REGISTER_DIGEST_BYTES) != 0);
}

static void log_taken_up(const struct take_up_request *request)
{
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(request->change->after->digest, fingerprint);
    log_info("register-change", log_text("who", request->who), log_text("to", fingerprint),
             log_number("changes", (int64_t)request->change->count));
}

static void on_taken_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    struct take_up_request *request = context;
    if (error == TURNOUT_OK) {
        request->take_up = *take_up;
        request->take_up.heard = request->heard;
        for (size_t i = 0; i < request->change->count; i++) {
            request->heard[i] = take_up->heard[i];
        }
    }
    tally_written(&request->write, error, why);
}

static void begin(struct write_message *write, struct store *store)
{
    struct take_up_request *request = (struct take_up_request *)write;
    if (request->change->count == 0) {
        store_give_up_change(store, on_taken_up, request);
        return;
    }
    store_take_up(store, request->change, request->who, request->reason, clock_wall_ms(), on_taken_up,
                  request);
}

static void on_written(struct write_message *write)
{
    struct take_up_request *request = (struct take_up_request *)write;
    struct committee *committee = request->committee;
    enum take_up_outcome outcome = request->take_up.outcome;
    bool is_known = write->error == TURNOUT_OK;
    bool is_done = is_known && (outcome == TAKE_UP_DONE || outcome == TAKE_UP_DONE_BEFORE);
    if (is_known && outcome == TAKE_UP_DONE) {
        log_taken_up(request);
    }
    if (is_done && !is_followed(request)) {
        request->next = committee->waiting;
        committee->waiting = request;
    } else {
        answer(request);
    }
}

void committee_take_up(struct committee *committee, const struct principal *principal, const char *reason,
                       store_take_up_fn *taken_up, void *context)
{
    assert(principal->role == ROLE_ADMIN && principal->area == REGISTER_NATION && committee->change != NULL);
    struct take_up_request *request = memory_new(sizeof *request);
    *request = (struct take_up_request){.write = {.begin = begin, .on_written = on_written},
                                        .committee = committee,
                                        .change = committee->change,
                                        .on_taken_up = taken_up,
                                        .context = context};
    register_change_acquire(request->change);
    request->heard = memory_new_array(request->change->count, sizeof *request->heard);
    principal_write_who(principal, request->who);
    bool fits = slice_copy(slice_of(reason), request->reason, sizeof request->reason);
    assert(fits);
    committee_write(committee, &request->write);
}

void committee_look_at_change(struct committee *committee, store_take_up_fn *on_looked, void *context)
{
    store_look_at_change(committee->options.store, committee->change, on_looked, context);
}

struct register_change *committee_change(const struct committee *committee)
{
    return committee->change;
}

void committee_set_change(struct committee *committee, struct register_change *change)
{
    assert(change->before == committee->options.reg);
    register_change_acquire(change);
    register_change_release(committee->change);
    committee->change = change;
    struct take_up_request **at = &committee->waiting;
    while (*at != NULL) {
        struct take_up_request *request = *at;
        if (is_followed(request)) {
            *at = request->next;
            answer(request);
        } else {
            at = &request->next;
        }
    }
}

void committee_end(struct committee *committee)
{
    while (committee->waiting != NULL) {
        struct take_up_request *request = committee->waiting;
        committee->waiting = request->next;
        answer(request);
    }
}
