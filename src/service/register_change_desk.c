/* Taking up the register of the files for an admin, and answering when this server has followed. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/wire/register_digest.h>

#include "committee_private.h"

struct take_up_request {
    struct take_up_request *next;
    struct committee *committee;
    struct register_change *change;
    char who[LOG_WHO_BYTES];
    store_take_up_fn *on_taken_up;
    void *context;
    struct take_up done; /* while it waits */
};

static void request_free(struct take_up_request *request)
{
    register_change_release(request->change);
    free(request);
}

static bool is_followed(const struct take_up_request *request)
{
    const struct register_change *change = request->committee->change;
    return memcmp(change->before->digest, request->change->after->digest, REGISTER_DIGEST_BYTES) == 0;
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
    struct committee *committee = request->committee;
    committee->changing--;
    if (error == TURNOUT_OK && take_up->outcome == TAKE_UP_DONE) {
        log_taken_up(request);
    }
    if (error == TURNOUT_OK && take_up->outcome <= TAKE_UP_DONE_BEFORE && !is_followed(request)) {
        request->done = (struct take_up){.outcome = take_up->outcome};
        request->next = committee->waiting;
        committee->waiting = request;
        return;
    }
    request->on_taken_up(request->context, error, why, take_up);
    request_free(request);
}

void committee_take_up(struct committee *committee, const struct principal *principal, const char *reason,
                       store_take_up_fn *taken_up, void *context)
{
    assert(principal->role == ROLE_ADMIN && principal->area == REGISTER_NATION && committee->change != NULL);
    struct take_up_request *request = memory_new(sizeof *request);
    *request = (struct take_up_request){
        .committee = committee, .change = committee->change, .on_taken_up = taken_up, .context = context};
    register_change_acquire(request->change);
    principal_write_who(principal, request->who);
    committee->changing++;
    store_take_up(committee->options.store, request->change, request->who, reason, clock_wall_ms(),
                  on_taken_up, request);
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
            request->on_taken_up(request->context, TURNOUT_OK, "", &request->done);
            request_free(request);
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
        request->on_taken_up(request->context, TURNOUT_OK, "", &request->done);
        request_free(request);
    }
}
