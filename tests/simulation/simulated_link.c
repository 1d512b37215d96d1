/* The link of src/store/redis_link.h over the model of Redis: the linker takes it instead of src/store/redis_link.c.
 * What that promises its callers is kept here, too: commands are answered in order, exactly once, never before the call
 * returns; a link that ends answers what is in flight with NULL, and tells its owner in a later turn. */
#include <redis_link.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "model_redis.h"
#include "simulated_link.h"
#include "world.h"

enum { RECONNECT_US_MIN = 1000, RECONNECT_US_MAX = 100000 };

struct command {
    struct command *next;
    redis_link_reply_fn *on_reply;
    void *context;
    size_t bytes;
    int64_t deadline_us;
};

struct commands {
    struct command *first;
    struct command *last;
};

struct redis_link {
    struct redis_link *next; /* of all of the run: events may still know it when it is freed */
    struct redis_link_options options;
    struct model_peer *peer; /* NULL: no connection, nor one on its way */
    bool is_up;
    bool is_freed;
    bool owes_word;         /* on_link is to hear that the link was lost */
    const char *distrusted; /* why it is to be ended after this reply; else NULL */
    bool is_settle_planned;
    bool is_deadline_planned;
    struct commands in_flight;
    struct commands refused;
    size_t in_flight_bytes;
    const char *why;
};

static struct redis_link *links;

static void commands_add(struct commands *commands, struct command *command)
{
    command->next = NULL;
    if (commands->first == NULL) {
        commands->first = command;
    } else {
        commands->last->next = command;
    }
    commands->last = command;
}

static struct command *commands_take(struct commands *commands)
{
    struct command *command = commands->first;
    if (command != NULL) {
        commands->first = command->next;
    }
    return command;
}

static void answer(struct redis_link *link, struct command *command, const redisReply *reply)
{
    redis_link_reply_fn *on_reply = command->on_reply;
    void *context = command->context;
    free(command);
    on_reply(context, reply, reply == NULL ? link->why : "");
}

/* ---- losing the link ---- */

static void on_settle(void *context)
{
    struct redis_link *link = context;
    if (link->is_freed) {
        return;
    }
    link->is_settle_planned = false;
    struct commands refused = link->refused;
    link->refused = (struct commands){NULL, NULL};
    for (struct command *command; (command = commands_take(&refused)) != NULL;) {
        answer(link, command, NULL);
    }
    if (link->owes_word) {
        link->owes_word = false;
        link->options.on_link(link->options.context, false, link->why);
    }
}

static void settle_later(struct redis_link *link)
{
    if (!link->is_freed && !link->is_settle_planned) {
        link->is_settle_planned = true;
        world_after(0, on_settle, link);
    }
}

static void answer_in_flight(struct redis_link *link)
{
    for (struct command *command; (command = commands_take(&link->in_flight)) != NULL;) {
        link->in_flight_bytes -= command->bytes;
        answer(link, command, NULL);
    }
}

static void on_reconnect(void *context);

static void lose(struct redis_link *link, const char *why)
{
    world_trace("a link is lost: %s", why);
    link->peer = NULL;
    link->why = why;
    link->owes_word = link->owes_word || link->is_up;
    link->is_up = false;
    answer_in_flight(link);
    settle_later(link);
    world_after(world_between(RECONNECT_US_MIN, RECONNECT_US_MAX), on_reconnect, link);
}

static void on_closed(void *context)
{
    lose(context, "the link to Redis was lost");
}

static void plan_deadline(struct redis_link *link);

static void on_deadline(void *context)
{
    struct redis_link *link = context;
    link->is_deadline_planned = false;
    const struct command *oldest = link->in_flight.first;
    if (oldest != NULL && oldest->deadline_us <= world_now_us()) {
        struct model_peer *peer = link->peer;
        model_close(peer);
        lose(link, "no answer from Redis within the deadline");
    } else if (oldest != NULL) {
        plan_deadline(link);
    }
}

static void plan_deadline(struct redis_link *link)
{
    if (!link->is_deadline_planned) {
        link->is_deadline_planned = true;
        world_at(link->in_flight.first->deadline_us, on_deadline, link);
    }
}

/* ---- commands ---- */

void redis_link_send(struct redis_link *link, struct slice bytes, redis_link_reply_fn *on_reply,
                     void *context)
{
    struct command *command = memory_new(sizeof *command);
    *command = (struct command){.on_reply = on_reply,
                                .context = context,
                                .bytes = bytes.length,
                                .deadline_us = world_now_us() + link->options.command_deadline_ms * 1000};
    if (!link->is_up) {
        commands_add(&link->refused, command);
        settle_later(link);
        return;
    }
    link->in_flight_bytes += command->bytes;
    commands_add(&link->in_flight, command);
    plan_deadline(link);
    model_send(link->peer, bytes);
}

static void on_reply(void *context, struct slice bytes)
{
    struct redis_link *link = context;
    redisReader *reader = redisReaderCreate();
    assert(reader != NULL);
    void *reply = NULL;
    int failed = redisReaderFeed(reader, bytes.bytes, bytes.length);
    assert(failed == REDIS_OK);
    failed = redisReaderGetReply(reader, &reply);
    assert(failed == REDIS_OK && reply != NULL);
    struct command *command = commands_take(&link->in_flight);
    assert(command != NULL);
    link->in_flight_bytes -= command->bytes;
    answer(link, command, reply);
    freeReplyObject(reply);
    redisReaderFree(reader);
    if (link->distrusted != NULL) {
        const char *why = link->distrusted;
        link->distrusted = NULL;
        model_close(link->peer);
        lose(link, why);
    }
}

void redis_link_distrust(struct redis_link *link, const char *why)
{
    link->distrusted = why;
    link->owes_word = link->owes_word || link->is_up;
    link->is_up = false;
}

/* ---- connecting ---- */

static void on_open(void *context)
{
    struct redis_link *link = context;
    link->is_up = true;
    link->owes_word = false;
    link->options.on_link(link->options.context, true, "");
}

static void on_reconnect(void *context)
{
    struct redis_link *link = context;
    if (!link->is_freed) {
        link->peer = model_open(&(struct model_calls){
            .on_open = on_open, .on_reply = on_reply, .on_closed = on_closed, .context = link});
    }
}

void redis_link_start(struct redis_link *link)
{
    world_after(0, on_reconnect, link);
}

/* ---- life ---- */

struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options)
{
    (void)base;
    struct redis_link *link = memory_new(sizeof *link);
    link->options = *options;
    link->why = "not connected to Redis yet";
    link->next = links;
    links = link;
    return link;
}

void redis_link_free(struct redis_link *link)
{
    if (link == NULL) {
        return;
    }
    if (link->peer != NULL) {
        model_close(link->peer);
    }
    link->is_freed = true;
    link->is_up = false;
    link->why = "the server is stopping";
    answer_in_flight(link);
    for (struct command *command; (command = commands_take(&link->refused)) != NULL;) {
        answer(link, command, NULL);
    }
}

const char *redis_link_why(const struct redis_link *link)
{
    return link->why;
}

bool redis_link_is_up(const struct redis_link *link)
{
    return link->is_up;
}

size_t redis_link_in_flight_bytes(const struct redis_link *link)
{
    return link->in_flight_bytes;
}

void simulated_links_end(void)
{
    while (links != NULL) {
        struct redis_link *link = links;
        assert(link->is_freed && link->in_flight.first == NULL && link->refused.first == NULL);
        links = link->next;
        free(link);
    }
}
