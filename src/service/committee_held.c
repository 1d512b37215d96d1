/* Held reports for those who decide about them: which there are in their area, and deciding. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "committee_private.h"

/* ---- listing ---- */

void committee_list_held(struct committee *committee, const struct principal *principal,
                         const struct held_place *after, size_t limit, store_held_fn *on_held, void *context)
{
    store_list_held(committee->options.store, principal->area, after, limit, on_held, context);
}

/* ---- deciding ---- */

bool committee_decide(struct committee *committee, const struct principal *principal, uint32_t unit,
                      int32_t seq, bool release, const char *reason, decision_answer_fn *on_answer,
                      void *context)
{
    const struct committee_options *options = &committee->options;
    assert(token_role_may(principal->role, ROLE_DECIDE));
    assert(register_area_contains(options->reg, principal->area, options->reg->units[unit].commune));
    struct decision_message *message = memory_new(sizeof *message);
    *message = (struct decision_message){.message = {.kind = MESSAGE_DECISION, .unit = unit},
                                         .on_answer = on_answer,
                                         .context = context,
                                         .seq = seq,
                                         .release = release,
                                         .now_ms = clock_wall_ms()};
    principal_write_who(principal, message->who);
    bool fits = slice_copy(slice_of(reason), message->why, sizeof message->why);
    assert(fits);
    if (!committee_send(committee, &message->message)) {
        free(message);
        return false;
    }
    return true;
}

/* ---- what became of it ---- */

static const char *why_failed(enum decided decided)
{
    return decided == DECIDED_UNSOUND ? "what Redis holds of the commune cannot be right"
                                      : "not known to be stored";
}

static void log_held(const struct committee *committee, const struct decision_message *message)
{
    char id[HELD_ID_BYTES];
    held_id_write(committee->options.reg->units[message->message.unit].code, message->seq, id);
    if (message->decided >= DECIDED_UNAVAILABLE) {
        log_warning("held-decision", log_text("who", message->who), log_text("id", id),
                    log_text("failed", why_failed(message->decided)));
    } else if (message->decided <= DECIDED_SUPERSEDED) {
        log_info("held-decision", log_text("who", message->who), log_text("id", id),
                 log_text("is", held_state_name(message->state)));
    }
}

static void log_void(const struct committee *committee, const struct decision_message *message)
{
    const char *unit = committee->options.reg->units[message->message.unit].code;
    if (message->decided >= DECIDED_UNAVAILABLE) {
        log_warning("void", log_text("who", message->who), log_text("unit", unit),
                    log_text("failed", why_failed(message->decided)));
    } else if (message->decided == DECIDED_VOIDED) {
        log_info("void", log_text("who", message->who), log_text("unit", unit));
    }
}

void committee_answered(struct committee *committee, struct message *message)
{
    if (message->kind == MESSAGE_WRITE) {
        struct write_message *write = (struct write_message *)message;
        write->on_written(write);
        return;
    }
    struct decision_message *decision = (struct decision_message *)message;
    (message->kind == MESSAGE_VOID ? log_void : log_held)(committee, decision);
    decision->on_answer(decision->context, decision->decided, decision->state);
    free(decision);
}
