/* What an admin of the nation changes for the whole election: its phase, and what the public sees of it. */
#include <assert.h>
#include <stdlib.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/wire/bundle.h>
#include <turnout/wire/frozen.h>

#include "committee_private.h"

/* On its way to the tally and back. */
struct change_message {
    struct write_message write;
    const char *event;
    enum election_phase phase;
    enum publication_mode mode;
    const char *wanted; /* the name of either */
    uint32_t provinces;
    struct buffer *shown; /* of a mode: what the public is shown of each province */
    char who[LOG_WHO_BYTES];
    store_changed_fn *on_changed;
    void *context;
    struct store_change change; /* the answer */
};

/* ---- with the tally ---- */

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    struct change_message *message = context;
    if (error == TURNOUT_OK) {
        message->change = *change;
    }
    tally_written(&message->write, error, why);
}

static void begin_phase(struct write_message *write, struct store *store)
{
    struct change_message *message = (struct change_message *)write;
    store_change_phase(store, message->phase, message->who, clock_wall_ms(), on_changed, message);
}

static void begin_publication(struct write_message *write, struct store *store)
{
    struct change_message *message = (struct change_message *)write;
    store_change_publication(store, message->mode, message->shown, message->who, clock_wall_ms(), on_changed,
                             message);
}

/* ---- with the worker ---- */

static void message_free(struct change_message *message)
{
    for (uint32_t i = 0; i < message->provinces; i++) {
        buffer_done(&message->shown[i]);
    }
    free(message->shown);
    free(message);
}

static void on_written(struct write_message *write)
{
    struct change_message *message = (struct change_message *)write;
    if (write->error != TURNOUT_OK) {
        log_warning(message->event, log_text("who", message->who), log_text("to", message->wanted),
                    log_text("failed", write->why));
    } else if (message->change.outcome == CHANGE_DONE) {
        log_info(message->event, log_text("who", message->who), log_text("from", message->change.before),
                 log_text("to", message->wanted));
    }
    message->on_changed(message->context, write->error, write->why,
                        write->error == TURNOUT_OK ? &message->change : NULL);
    message_free(message);
}

static struct change_message *message_new(const struct principal *principal, store_changed_fn *changed,
                                          void *context)
{
    assert(principal->role == ROLE_ADMIN && principal->area == REGISTER_NATION);
    struct change_message *message = memory_new(sizeof *message);
    message->write.on_written = on_written;
    message->on_changed = changed;
    message->context = context;
    principal_write_who(principal, message->who);
    return message;
}

void committee_change_phase(struct committee *committee, const struct principal *principal,
                            enum election_phase phase, store_changed_fn *changed, void *context)
{
    struct change_message *message = message_new(principal, changed, context);
    message->write.begin = begin_phase;
    message->event = "phase-change";
    message->phase = phase;
    message->wanted = election_phase_name(phase);
    committee_write(committee, &message->write);
}

static void write_shown(const struct committee *committee, uint32_t province, struct buffer *out)
{
    const struct figures *figures = publication_figures(committee->publication);
    const struct frozen_head head = {figures->generated_at, figures->test};
    struct buffer text = {0};
    frozen_write(&text, figures->reg, province, figures->areas, &head);
    bundle_put(out, FROZEN_FILE, (struct slice){text.bytes, text.length});
    buffer_done(&text);
}

void committee_change_publication(struct committee *committee, const struct principal *principal,
                                  enum publication_mode mode, store_changed_fn *changed, void *context)
{
    struct change_message *message = message_new(principal, changed, context);
    committee->options.on_shown_asked(committee->options.context);
    message->write.begin = begin_publication;
    message->event = "publication-change";
    message->mode = mode;
    message->wanted = publication_mode_name(mode);
    message->provinces = committee->options.reg->province_count;
    message->shown = memory_new_array(message->provinces, sizeof *message->shown);
    for (uint32_t i = 0; i < message->provinces; i++) {
        write_shown(committee, i + 1, &message->shown[i]);
    }
    committee_write(committee, &message->write);
}
