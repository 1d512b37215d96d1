/* Turns, crashes, connections. */
#include "model_redis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

#include "model_data.h"
#include "model_faults.h"
#include "model_functions.h"
#include "redis_twin.h"
#include "scene.h"
#include "world.h"

enum {
    DELAY_US_MIN = 20,
    DELAY_US_MAX = 300,
    JITTER_US_MAX = 50000,
    CONNECT_US = 200,
    HELD_UP_US_MAX = 3 * WORLD_SECOND_US
};

/* Bytes on their way, or arrived. */
struct parcel {
    struct parcel *next;
    struct model_peer *peer;
    uint64_t life; /* of Redis, that it is for or from */
    char *bytes;
    size_t length;
};

struct parcels {
    struct parcel *first;
    struct parcel *last;
};

struct model_peer {
    struct model_peer *next;
    struct model_calls calls;
    uint64_t life; /* of Redis, to which it is a connection */
    bool is_client_gone;
    bool is_open;        /* the client was told so */
    bool loses_commands; /* was cut, one way or both */
    bool loses_replies;
    int64_t last_sent_us; /* the last command arrives then */
    int64_t last_reply_us;
    struct parcels commands; /* on their way, as are the replies */
    struct parcels replies;
    struct parcels arrived;
};

enum stage { IDLE, RUN, WRITTEN, SYNCED };

static struct {
    uint64_t life; /* counts the times that it was started */
    bool is_up;
    enum stage stage;
    bool is_turn_planned;
    struct model_peer *peers;
    struct parcels replies; /* of the turn */
    model_went_back_fn *on_went_back;
    model_changed_fn *on_changed;
    uint64_t crashes, power_losses;
} redis;

/* ---- parcels ---- */

static struct parcel *parcel_new(struct model_peer *peer, const char *bytes, size_t length)
{
    struct parcel *parcel = memory_new(sizeof *parcel);
    parcel->peer = peer;
    parcel->life = peer->life;
    parcel->bytes = memory_new(length + 1);
    memcpy(parcel->bytes, bytes, length);
    parcel->length = length;
    return parcel;
}

static void parcel_free(struct parcel *parcel)
{
    free(parcel->bytes);
    free(parcel);
}

static void parcels_add(struct parcels *parcels, struct parcel *parcel)
{
    parcel->next = NULL;
    if (parcels->first == NULL) {
        parcels->first = parcel;
    } else {
        parcels->last->next = parcel;
    }
    parcels->last = parcel;
}

static struct parcel *parcels_take(struct parcels *parcels)
{
    struct parcel *parcel = parcels->first;
    if (parcel != NULL) {
        parcels->first = parcel->next;
    }
    return parcel;
}

static void parcels_drop(struct parcels *parcels)
{
    for (struct parcel *parcel; (parcel = parcels_take(parcels)) != NULL;) {
        parcel_free(parcel);
    }
}

/* ---- connections ---- */

static int64_t draw_delay(void)
{
    return world_chance(scene.hazards.jitter) ? world_between(DELAY_US_MIN, JITTER_US_MAX)
                                              : world_between(DELAY_US_MIN, DELAY_US_MAX);
}

/* TCP keeps the order of each direction. */
static int64_t arrival_of(int64_t *last_us)
{
    int64_t at_us = world_now_us() + draw_delay();
    *last_us = at_us > *last_us ? at_us : *last_us;
    return *last_us;
}

static void on_close_seen(void *context)
{
    struct model_peer *peer = context;
    if (!peer->is_client_gone) {
        peer->is_client_gone = true;
        peer->calls.on_closed(peer->calls.context);
    }
}

static void on_connected(void *context)
{
    struct model_peer *peer = context;
    if (peer->is_client_gone) {
        return;
    }
    if (!redis.is_up || peer->life != redis.life) {
        on_close_seen(peer);
    } else {
        peer->is_open = true;
        peer->calls.on_open(peer->calls.context);
    }
}

struct model_peer *model_open(const struct model_calls *calls)
{
    struct model_peer *peer = memory_new(sizeof *peer);
    peer->calls = *calls;
    peer->life = redis.life;
    peer->next = redis.peers;
    redis.peers = peer;
    world_after(CONNECT_US + draw_delay(), on_connected, peer);
    return peer;
}

void model_close(struct model_peer *peer)
{
    peer->is_client_gone = true;
}

/* The client may see it soon, or never: then its deadline ends the connection. */
static void cut(struct model_peer *peer, const char *where)
{
    uint64_t which = 1 + world_random(3);
    peer->loses_commands = peer->loses_commands || (which & 1) != 0;
    peer->loses_replies = peer->loses_replies || (which & 2) != 0;
    world_trace("cut at %s: loses%s%s", where, (which & 1) != 0 ? " commands" : "",
                (which & 2) != 0 ? " replies" : "");
    if (world_chance(800)) {
        world_after(draw_delay(), on_close_seen, peer);
    }
}

void model_show_cuts(void)
{
    for (struct model_peer *peer = redis.peers; peer != NULL; peer = peer->next) {
        if (peer->loses_commands || peer->loses_replies || peer->life != redis.life) {
            world_after(0, on_close_seen, peer);
        }
    }
}

/* ---- turns ---- */

static void begin_turn(void *context);

static void plan_turn(void)
{
    if (!redis.is_turn_planned && redis.is_up && redis.stage == IDLE) {
        redis.is_turn_planned = true;
        world_after(draw_delay(), begin_turn, (void *)(uintptr_t)redis.life);
    }
}

static void on_command_arrived(void *context)
{
    struct parcel *command = parcels_take(&((struct model_peer *)context)->commands);
    if (command->life != redis.life || !redis.is_up || command->peer->loses_commands) {
        parcel_free(command);
        return;
    }
    parcels_add(&command->peer->arrived, command);
    plan_turn();
}

/* The client sees the end of its connection at once, and what it has just sent arrives when others have long gone
 * on. */
static void hold_up(struct model_peer *peer)
{
    int64_t held_up_us = world_between(0, HELD_UP_US_MAX);
    world_trace("a command is held up for %lld us", (long long)held_up_us);
    peer->last_sent_us = world_now_us() + held_up_us;
    peer->loses_replies = true;
    world_after(draw_delay(), on_close_seen, peer);
}

void model_send(struct model_peer *peer, struct slice command)
{
    parcels_add(&peer->commands, parcel_new(peer, command.bytes, command.length));
    if (!peer->is_client_gone && model_holds_up(model_name_of(command))) {
        hold_up(peer);
    }
    world_at(arrival_of(&peer->last_sent_us), on_command_arrived, peer);
    if (world_chance(scene.hazards.cut)) {
        cut(peer, "a command");
    }
}

static void on_reply_arrived(void *context)
{
    struct model_peer *peer = context;
    struct parcel *reply = parcels_take(&peer->replies);
    if (!peer->is_client_gone && !peer->loses_replies) {
        peer->calls.on_reply(peer->calls.context, (struct slice){reply->bytes, reply->length});
    }
    parcel_free(reply);
}

static void send_replies(void)
{
    for (struct parcel *reply; (reply = parcels_take(&redis.replies)) != NULL;) {
        if (world_chance(scene.hazards.cut)) {
            cut(reply->peer, "a reply");
        }
        parcels_add(&reply->peer->replies, reply);
        world_at(arrival_of(&reply->peer->last_reply_us), on_reply_arrived, reply->peer);
    }
}

static void run_command(struct parcel *command)
{
    struct slice words = {command->bytes, command->length};
    struct slice name = model_name_of(words);
    struct buffer reply = {0};
    uint64_t before = model_executed();
    bool is_run = !model_refuses(name, &reply);
    if (is_run) {
        model_run(words, &reply);
        twin_check(words, (struct slice){reply.bytes, reply.length});
    }
    world_trace("%.*s%s, %llu", (int)name.length, name.bytes, is_run ? "" : " refused",
                (unsigned long long)model_executed());
    if (model_executed() != before) {
        redis.on_changed();
    }
    model_garble(name, &reply);
    parcels_add(&redis.replies, parcel_new(command->peer, reply.bytes, reply.length));
    buffer_done(&reply);
    parcel_free(command);
}

/* Some of what has arrived on each connection. */
static void run_some(void)
{
    for (struct model_peer *peer = redis.peers; peer != NULL; peer = peer->next) {
        while (peer->arrived.first != NULL && world_chance(900)) {
            run_command(parcels_take(&peer->arrived));
        }
    }
}

static bool has_arrived(void)
{
    for (const struct model_peer *peer = redis.peers; peer != NULL; peer = peer->next) {
        if (peer->arrived.first != NULL) {
            return true;
        }
    }
    return false;
}

static void crash(void);

static void next_stage(void *context)
{
    if ((uint64_t)(uintptr_t)context != redis.life || !redis.is_up) {
        return;
    }
    switch (redis.stage) {
    case IDLE:
        run_some();
        redis.stage = RUN;
        break;
    case RUN:
        model_write_out();
        redis.stage = WRITTEN;
        break;
    case WRITTEN:
        model_sync();
        redis.stage = SYNCED;
        break;
    case SYNCED:
        send_replies();
        redis.stage = IDLE;
        break;
    }
    if (world_chance(scene.hazards.crash)) {
        crash();
        return;
    }
    /* With nothing to write, Redis neither writes nor syncs. */
    if (redis.stage == RUN && model_written() == model_executed()) {
        redis.stage = SYNCED;
    }
    if (redis.stage != IDLE) {
        int64_t delay_us =
            world_chance(scene.hazards.stall) ? (scene.deadline_ms + 500) * 1000 : draw_delay();
        world_after(delay_us, next_stage, context);
    } else if (has_arrived()) {
        plan_turn();
    }
}

static void begin_turn(void *context)
{
    if ((uint64_t)(uintptr_t)context == redis.life) {
        redis.is_turn_planned = false;
        next_stage(context);
    }
}

bool model_is_idle(void)
{
    return redis.stage == IDLE;
}

void model_change_from_outside(void (*change)(void))
{
    assert(redis.stage == IDLE);
    model_begin_transaction();
    change();
    model_write_out();
    model_sync();
    twin_copy();
}

/* ---- crashes ---- */

static void start(void *context)
{
    (void)context;
    redis.is_up = true;
    world_trace("redis is up, %llu of which %llu on the disk", (unsigned long long)model_executed(),
                (unsigned long long)model_synced());
}

/* A process that ends has lost what it had not written. The loss of power also takes what was not synced, or a part of
 * it. */
static void crash(void)
{
    bool is_power_lost = world_chance(scene.hazards.power_loss);
    uint64_t kept = model_written();
    if (is_power_lost) {
        kept = model_synced() + world_random(model_written() - model_synced() + 1);
        model_lose_power_at(kept);
        redis.power_losses++;
    } else {
        model_go_back_to(kept);
    }
    redis.crashes++;
    world_trace("%s at stage %d: kept %llu, %llu on the disk", is_power_lost ? "power loss" : "crash",
                (int)redis.stage, (unsigned long long)kept, (unsigned long long)model_synced());
    redis.is_up = false;
    redis.life++;
    redis.stage = IDLE;
    redis.is_turn_planned = false;
    parcels_drop(&redis.replies);
    for (struct model_peer *peer = redis.peers; peer != NULL; peer = peer->next) {
        parcels_drop(&peer->arrived);
        if (peer->life + 1 == redis.life && !world_chance(50)) {
            world_after(draw_delay(), on_close_seen, peer);
        }
    }
    twin_copy();
    redis.on_went_back();
    world_after(world_chance(50) ? world_between(0, 3 * WORLD_SECOND_US) : world_between(1000, 200000), start,
                NULL);
}

uint64_t model_crashes(void)
{
    return redis.crashes;
}

uint64_t model_power_losses(void)
{
    return redis.power_losses;
}

/* ---- life ---- */

void model_observe(model_went_back_fn *on_went_back, model_changed_fn *on_changed)
{
    redis.on_went_back = on_went_back;
    redis.on_changed = on_changed;
}

void model_redis_begin(void)
{
    memset(&redis, 0, sizeof redis);
    redis.is_up = true;
    model_data_begin();
    model_faults_begin();
}

void model_redis_end(void)
{
    parcels_drop(&redis.replies);
    while (redis.peers != NULL) {
        struct model_peer *peer = redis.peers;
        redis.peers = peer->next;
        parcels_drop(&peer->commands);
        parcels_drop(&peer->replies);
        parcels_drop(&peer->arrived);
        free(peer);
    }
    model_data_end();
}
