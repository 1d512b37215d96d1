/* Intake, committee, and what comes to them from other threads. */
#include "worker_intake.h"

#include <assert.h>
#include <stdlib.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/service/committee.h>
#include <turnout/service/intake.h>

enum { FOLLOW_TICK_MS = 5 };

struct worker_intake {
    struct worker_intake_options options;
    struct mailbox *mailbox;
    void (*on_up)(void *context);
    void (*take_publication)(void *context);
    void *context;
    struct store *store; /* to read: its user may not write */
    bool was_up;
    struct event *answers_event;
    struct event *turn_event;   /* at the end of a turn: wakes the tally */
    struct event *follow_event; /* while there is a register to follow: looks whether nothing is under way */
    struct credentials credentials; /* references */
    struct election_register *reg;
    struct register_change *next; /* its `before` is the register to follow; NULL: there is none */
    struct intake *intake;
    struct committee *committee;
    struct intake_desk desk;
};

/* ---- the register ---- */

/* Nothing is under way any more that speaks of areas and units of the register before, but what Redis was asked, and
 * that is answered first. */
static void follow(struct worker_intake *part)
{
    struct register_change *change = part->next;
    part->next = NULL;
    store_set_register(part->store, change->before);
    register_acquire(change->before);
    register_release(part->reg);
    part->reg = change->before;
    part->desk.reg = part->reg;
    struct refusals *refusals = mailbox_take_refusals(part->mailbox);
    intake_set_register(part->intake, part->reg, refusals);
    refusals_release(refusals);
    committee_set_register(part->committee, part->reg);
    part->options.port->reg = part->reg;
    part->options.port->is_closed = false;
    register_change_release(change);
    (void)atomic_fetch_sub(part->options.awaited, 1);
}

static void on_follow_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker_intake *part = context;
    if (part->options.port->with_tally == 0) {
        follow(part);
        int failed = event_del(part->follow_event);
        assert(failed == 0);
    }
}

static void begin_following(struct worker_intake *part, struct register_change *change)
{
    struct timeval tick = {.tv_usec = FOLLOW_TICK_MS * 1000};
    register_change_release(part->next);
    register_change_acquire(change);
    part->next = change;
    part->options.port->is_closed = true;
    int failed = event_add(part->follow_event, &tick);
    assert(failed == 0);
}

/* ---- from other threads ---- */

static void take_keys(struct worker_intake *part)
{
    struct signing_keys *keys = mailbox_take_keys(part->mailbox);
    if (keys != NULL) {
        signing_keys_release(part->credentials.keys);
        part->credentials.keys = keys;
    }
}

static void take_tokens(struct worker_intake *part)
{
    struct tokens *tokens = mailbox_take_tokens(part->mailbox);
    if (tokens != NULL) {
        tokens_release(part->credentials.tokens);
        part->credentials.tokens = tokens;
    }
}

static void take_registers(struct worker_intake *part)
{
    struct register_change *registers = mailbox_take_registers(part->mailbox);
    if (registers == NULL) {
        return;
    }
    if (registers->before == part->reg) {
        committee_set_change(part->committee, registers);
    } else {
        begin_following(part, registers);
    }
    register_change_release(registers);
}

void worker_intake_take_mail(struct worker_intake *part)
{
    take_keys(part);
    take_tokens(part);
    take_registers(part);
}

void worker_intake_set_publication(struct worker_intake *part, struct publication *publication)
{
    intake_set_phase(part->intake, publication_phase(publication));
    committee_set_publication(part->committee, publication);
}

/* ---- the tally ---- */

static void receive_answers(struct worker_intake *part)
{
    for (struct message *message; (message = tally_port_receive(part->options.port)) != NULL;) {
        if (message->kind == MESSAGE_REPORT) {
            intake_answer(part->intake, (struct report_message *)message);
        } else {
            committee_answered(part->committee, message);
        }
    }
}

static void on_answers(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker_intake *part = context;
    waker_clear(&part->options.port->worker_waker);
    receive_answers(part);
    part->on_up(part->context); /* the tally's link may have come up */
}

static void on_sent_to_tally(void *context)
{
    struct worker_intake *part = context;
    event_active(part->turn_event, EV_TIMEOUT, 0);
}

static void on_shown_asked(void *context)
{
    struct worker_intake *part = context;
    part->take_publication(part->context);
}

static void on_turn_ends(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct worker_intake *part = context;
    tally_port_flush(part->options.port);
}

/* ---- the link ---- */

static void on_link(void *context, bool up, const char *why)
{
    struct worker_intake *part = context;
    if (up) {
        log_info("store-up", log_text("link", "worker"));
        part->was_up = true;
        part->on_up(part->context);
    } else {
        log_warning("store-away", log_text("link", "worker"), log_text("why", why));
        committee_link_is_lost(part->committee);
    }
}

bool worker_intake_was_up(const struct worker_intake *part)
{
    return part->was_up && tally_thread_was_up(part->options.tally);
}

struct intake_desk *worker_intake_desk(struct worker_intake *part)
{
    return &part->desk;
}

const struct store_counters *worker_intake_store_counters(const struct worker_intake *part)
{
    return store_counters(part->store);
}

/* ---- life ---- */

static void make_desk(struct worker_intake *part, struct counters *counters)
{
    const struct worker_intake_options *options = &part->options;
    part->intake = intake_new(&(struct intake_options){.election = options->store.election,
                                                       .reg = options->store.reg,
                                                       .port = options->port,
                                                       .counters = counters,
                                                       .credentials = &part->credentials,
                                                       .takes_unsigned = options->takes_unsigned,
                                                       .clock = options->clock,
                                                       .refusals = options->refusals,
                                                       .on_sent = on_sent_to_tally,
                                                       .context = part});
    part->committee = committee_new(&(struct committee_options){.election = options->store.election,
                                                                .reg = options->store.reg,
                                                                .store = part->store,
                                                                .port = options->port,
                                                                .on_sent = on_sent_to_tally,
                                                                .on_shown_asked = on_shown_asked,
                                                                .context = part,
                                                                .secret = options->secret,
                                                                .credentials = &part->credentials});
    part->desk =
        (struct intake_desk){options->store.election, options->store.reg, part->intake, part->committee};
}

struct worker_intake *worker_intake_new(struct event_base *base, const struct worker_intake_options *options,
                                        struct mailbox *mailbox, struct counters *counters,
                                        void (*on_up)(void *context), void (*take_publication)(void *context),
                                        void *context)
{
    struct worker_intake *part = memory_new(sizeof *part);
    *part = (struct worker_intake){.options = *options,
                                   .mailbox = mailbox,
                                   .on_up = on_up,
                                   .take_publication = take_publication,
                                   .context = context,
                                   .credentials = options->credentials,
                                   .reg = options->reg};
    part->options.store.address = store_address_for_reading(&options->store.address);
    part->store = store_new(base, &part->options.store, on_link, part);
    make_desk(part, counters);
    part->answers_event =
        event_new(base, options->port->worker_waker.fd, EV_READ | EV_PERSIST, on_answers, part);
    part->turn_event = event_new(base, -1, 0, on_turn_ends, part);
    part->follow_event = event_new(base, -1, EV_PERSIST, on_follow_tick, part);
    assert(part->answers_event != NULL && part->turn_event != NULL && part->follow_event != NULL);
    signing_keys_acquire(part->credentials.keys);
    tokens_acquire(part->credentials.tokens);
    register_acquire(part->reg);
    options->port->reg = part->reg;
    int failed = event_add(part->answers_event, NULL);
    assert(failed == 0);
    return part;
}

void worker_intake_start(struct worker_intake *part)
{
    store_start(part->store);
}

void worker_intake_end(struct worker_intake *part)
{
    if (part != NULL) {
        receive_answers(part);
        store_free(part->store);
        committee_end(part->committee);
    }
}

void worker_intake_free(struct worker_intake *part)
{
    if (part == NULL) {
        return;
    }
    event_free(part->answers_event);
    event_free(part->turn_event);
    event_free(part->follow_event);
    register_change_release(part->next);
    intake_free(part->intake);
    committee_free(part->committee);
    signing_keys_release(part->credentials.keys);
    tokens_release(part->credentials.tokens);
    register_release(part->reg);
    free(part);
}
