/* Tallies, and the messages that are with them. */
#include "servers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/tally.h>

#include "answers.h"
#include "model_data.h"
#include "oracle.h"
#include "redis_keys.h"
#include "registers.h"
#include "scene.h"
#include "world.h"

enum {
    TURN_US_MAX = 1000,    /* until a tally ends its turn */
    WITH_TALLY_MAX = 2000, /* messages: the rest is refused, as by a full ring */
    DEADLINES_MAX = 2,     /* an answer comes within so many */
};

struct server {
    uint32_t number;
    uint32_t reg; /* the number of the register that it has */
    struct tally *tally;
    uint32_t waiting;
    bool is_turn_planned;
};

static struct {
    struct server servers[SERVERS_MAX];
    struct ticket *tickets;
    struct ticket **open;
    uint32_t open_count;
    uint32_t open_capacity;
    struct server_figures figures;
} cast;

/* ---- answers ---- */

static void close_ticket(struct ticket *ticket)
{
    if (ticket->is_answered) {
        world_fail("a message was answered twice");
    }
    ticket->is_answered = true;
    struct ticket *last = cast.open[--cast.open_count];
    cast.open[ticket->place] = last;
    last->place = ticket->place;
    cast.servers[ticket->server].waiting--;
    int64_t took_us = world_now_us() - ticket->sent_us;
    cast.figures.longest_us = took_us > cast.figures.longest_us ? took_us : cast.figures.longest_us;
    cast.figures.answers++;
}

static void on_answered(void *context, struct message *message)
{
    (void)context;
    struct ticket *ticket;
    if (message->kind == MESSAGE_REPORT) {
        struct report_message *report = (struct report_message *)message;
        ticket = report->context;
        close_ticket(ticket);
        cast.figures.by_status[report->outcome.status]++;
        answers_check_report(ticket, report);
        senders_learn(ticket->sent, &report->outcome);
    } else {
        struct decision_message *decision = (struct decision_message *)message;
        ticket = decision->context;
        close_ticket(ticket);
        cast.figures.decisions++;
        cast.figures.decided += decision->decided <= DECIDED_VOIDED;
        answers_check_decision(ticket, decision);
    }
}

/* ---- turns ---- */

static void end_turn(void *context)
{
    struct server *server = context;
    server->is_turn_planned = false;
    tally_end_turn(server->tally);
}

static void on_turn_wanted(void *context)
{
    struct server *server = context;
    if (!server->is_turn_planned) {
        server->is_turn_planned = true;
        world_after(world_between(0, TURN_US_MAX), end_turn, server);
    }
}

static void on_link(void *context, bool up, const char *why)
{
    const struct server *server = context;
    world_trace("server %u: %s %s", server->number, up ? "settled" : "lost its link", why);
}

static void start(struct server *server)
{
    struct tally_options options = {
        .store = {.election = &scene.election,
                  .reg = registers_at(server->reg),
                  .command_deadline_ms = scene.deadline_ms,
                  .in_flight_bytes_max = scene.in_flight_bytes_max},
        .commit_lines_max = scene.commit_lines_max,
        .reports_per_minute = scene.reports_per_minute,
        .on_answered = on_answered,
        .on_turn_wanted = on_turn_wanted,
        .on_link = on_link,
        .context = server,
    };
    server->tally = tally_new(NULL, &options);
    tally_start(server->tally);
}

static void check_overdue(void)
{
    for (uint32_t i = 0; i < cast.open_count; i++) {
        int64_t waits_us = world_now_us() - cast.open[i]->sent_us;
        if (waits_us > DEADLINES_MAX * scene.deadline_ms * 1000 + 2 * TALLY_TICK_MS * 1000) {
            world_fail("server %u has not answered a message for %lld us", cast.open[i]->server,
                       (long long)waits_us);
        }
    }
}

/* Redis holds another register than this server has, and it has the files. */
static void follow(struct server *server)
{
    char key[REDIS_KEY_BYTES];
    redis_key_meta(&scene.election, key);
    const struct slice *digest = model_get_text(model_key_of(slice_of(key)), "digest");
    uint32_t held = digest == NULL ? REGISTER_UNKNOWN : registers_find(*digest);
    if (held != REGISTER_UNKNOWN && held != server->reg && world_chance(scene.follow)) {
        world_trace("server %u follows to register %u", server->number, held);
        server->reg = held;
        tally_set_register(server->tally, registers_at(held));
    }
}

static void on_tick(void *context)
{
    struct server *server = context;
    tally_tick(server->tally);
    check_overdue();
    follow(server);
    if (world_chance(scene.hazards.server_end)) {
        world_trace("server %u ends", server->number);
        tally_free(server->tally);
        assert(server->waiting == 0);
        cast.figures.ends++;
        start(server);
    }
    world_after(TALLY_TICK_MS * 1000, on_tick, server);
}

/* ---- messages ---- */

/* The unit in the server's register; REGISTER_NONE when it cannot take a message about it. */
static uint32_t place_in(uint32_t server, uint32_t unit)
{
    bool has_room = cast.servers[server].waiting < WITH_TALLY_MAX;
    cast.figures.refused += has_room ? 0 : 1;
    return has_room ? registers_unit_in(cast.servers[server].reg, unit) : REGISTER_NONE;
}

static void take(struct ticket *ticket, struct message *message)
{
    struct server *server = &cast.servers[ticket->server];
    message->reg = registers_at(server->reg);
    ticket->message = message;
    ticket->sent_us = world_now_us();
    ticket->generation = scene_generation();
    ticket->next = cast.tickets;
    cast.tickets = ticket;
    if (cast.open_count == cast.open_capacity) {
        cast.open_capacity = cast.open_capacity == 0 ? 256 : 2 * cast.open_capacity;
        cast.open = memory_resize(cast.open, cast.open_capacity, sizeof(struct ticket *));
    }
    ticket->place = cast.open_count;
    cast.open[cast.open_count++] = ticket;
    server->waiting++;
    if (server->waiting > cast.figures.most_waiting) {
        cast.figures.most_waiting = server->waiting;
    }
    tally_take(server->tally, message);
}

void server_send_report(uint32_t server, struct sent_report *sent)
{
    uint32_t place = place_in(server, sent->unit);
    if (place == REGISTER_NONE) {
        return;
    }
    struct ticket *ticket = memory_new(sizeof *ticket);
    struct report_message *message = memory_new(sizeof *message + sent->json_bytes);
    ticket->server = server;
    ticket->sent = sent;
    ticket->unit = sent->unit;
    ticket->was_acknowledged = sent->acknowledged_in == scene_generation();
    message->message = (struct message){.kind = MESSAGE_REPORT, .unit = place};
    message->context = ticket;
    message->received = sent->received;
    message->received.received_ms = clock_wall_ms();
    message->sent_bytes = (uint32_t)sent->json_bytes;
    memcpy(message->sent, sent->json, sent->json_bytes);
    world_trace("server %u takes %s seq %d", server, scene.reg->units[sent->unit].code, sent->received.seq);
    take(ticket, &message->message);
}

void server_send_decision(uint32_t server, uint32_t unit, int32_t seq, bool release)
{
    uint32_t place = place_in(server, unit);
    if (place == REGISTER_NONE) {
        return;
    }
    struct ticket *ticket = memory_new(sizeof *ticket);
    struct decision_message *message = memory_new(sizeof *message);
    const struct oracle_record *record = oracle_find_before(unit, seq, NULL);
    ticket->server = server;
    ticket->unit = unit;
    ticket->was_waiting = record != NULL && oracle_is_stored_durably(record);
    *message = (struct decision_message){.message = {.kind = MESSAGE_DECISION, .unit = place},
                                         .seq = seq,
                                         .release = release,
                                         .who = "committee"};
    message->context = ticket;
    message->now_ms = clock_wall_ms();
    world_trace("server %u is to %s %s seq %d", server, release ? "release" : "reject",
                scene.reg->units[unit].code, seq);
    take(ticket, &message->message);
}

void server_send_void(uint32_t server, uint32_t unit)
{
    uint32_t place = place_in(server, unit);
    if (place == REGISTER_NONE) {
        return;
    }
    struct ticket *ticket = memory_new(sizeof *ticket);
    struct decision_message *message = memory_new(sizeof *message + VOIDED_MAX * sizeof message->reports[0]);
    ticket->server = server;
    ticket->unit = unit;
    *message = (struct decision_message){.message = {.kind = MESSAGE_VOID, .unit = place},
                                         .context = ticket,
                                         .now_ms = clock_wall_ms(),
                                         .who = "committee",
                                         .why = "another unit's"};
    message->report_count =
        oracle_describe(unit, &message->unit, &message->rounds, message->reports, VOIDED_MAX);
    world_trace("server %u is to void %s", server, scene.reg->units[unit].code);
    take(ticket, &message->message);
}

uint32_t servers_waiting(void)
{
    return cast.open_count;
}

const struct server_figures *servers_figures(void)
{
    return &cast.figures;
}

/* ---- life ---- */

void servers_begin(void)
{
    memset(&cast, 0, sizeof cast);
}

void servers_start(void)
{
    for (uint32_t i = 0; i < scene.server_count; i++) {
        struct server *server = &cast.servers[i];
        server->number = i;
        start(server);
        world_after(world_between(0, TALLY_TICK_MS * 1000), on_tick, server);
    }
}

void servers_end(void)
{
    for (uint32_t i = 0; i < scene.server_count; i++) {
        tally_free(cast.servers[i].tally);
    }
    if (cast.open_count != 0) {
        world_fail("%u messages were never answered", cast.open_count);
    }
    while (cast.tickets != NULL) {
        struct ticket *ticket = cast.tickets;
        cast.tickets = ticket->next;
        free(ticket->message);
        free(ticket);
    }
    free(cast.open);
}
