/* The link to Redis.
 *
 * A command is in one of two queues: `in_flight`, which hiredis knows of too and answers in order, or `refused`,
 * for what was sent while the link was down and is answered in the next turn of the loop.
 *
 * However a link ends (hiredis saw an error, the deadline passed, the owner frees it), it goes through lost():
 * from then on nothing is sent, hiredis answers what is in flight with NULL and frees its context, and the next
 * turn of the loop tells the owner. hiredis's context is never freed by two sides: `link->hiredis` is NULL from
 * lost() on, and only the side that ended the link frees. */
#include "redis_link.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <event2/util.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "redis_command.h"
#include "redis_loading.h"
#include "redis_login.h"

enum { WHY_BYTES = 256, SEND_BUFFER_BYTES = 4 * 1024 * 1024 };

struct command {
    struct command *next;
    struct redis_link *link;
    int64_t deadline_ms;
    size_t bytes;
    redis_link_reply_fn *on_reply;
    void *context;
};

struct queue {
    struct command *head;
    struct command *tail;
};

struct redis_link {
    struct event_base *base;
    struct redis_link_options options;
    redisAsyncContext *hiredis; /* NULL while there is no connection, nor one on its way */
    bool up;                    /* Redis has answered the PING */
    bool owes_word;             /* on_link is to hear why the link is not up */
    bool is_shut_out;           /* Redis has refused our login since the link was last up; reported once */
    bool freeing;
    uint32_t calls_deep; /* callbacks of ours that are running */
    struct queue in_flight;
    struct queue refused;
    size_t in_flight_bytes;
    struct event *deadline; /* looks at the oldest command in flight */
    struct event *reconnect;
    struct event *settle; /* the next turn of the loop after commands were refused or the link was lost */
    int64_t backoff_ms;
    char why[WHY_BYTES]; /* the link was lost, or could not be had */
};

static void queue_push(struct queue *queue, struct command *command)
{
    command->next = NULL;
    if (queue->head == NULL) {
        queue->head = command;
    } else {
        queue->tail->next = command;
    }
    queue->tail = command;
}

static struct command *queue_pop(struct queue *queue)
{
    struct command *command = queue->head;
    if (command != NULL) {
        queue->head = command->next;
    }
    return command;
}

static void arm(struct event *timer, int64_t delay_ms)
{
    struct timeval delay = {.tv_sec = delay_ms / 1000, .tv_usec = delay_ms % 1000 * 1000};
    int failed = evtimer_add(timer, &delay);
    assert(failed == 0);
}

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void set_why(struct redis_link *link, const char *why)
{
    size_t length = strnlen(why, sizeof link->why - 1);
    memcpy(link->why, why, length);
    link->why[length] = '\0';
}

/* Ends a command: frees it and calls back. */
static void answer(struct command *command, const redisReply *reply)
{
    struct redis_link *link = command->link;
    redis_link_reply_fn *on_reply = command->on_reply;
    void *context = command->context;
    free(command);

    if (reply == NULL || reply->type == REDIS_REPLY_ERROR) {
        count(&link->options.counters->failures);
    }
    link->calls_deep++;
    on_reply(context, reply, reply == NULL ? link->why : "");
    link->calls_deep--;
}

/* ---- losing the link ---- */

/* Many servers lose the same Redis at the same time; the jitter keeps them from coming back together. */
static void reconnect_later(struct redis_link *link)
{
    uint32_t random;
    evutil_secure_rng_get_bytes(&random, sizeof random);
    int64_t half_ms = link->backoff_ms / 2;
    arm(link->reconnect, half_ms + (int64_t)(random % (uint32_t)(half_ms + 1)));
    link->backoff_ms *= 2;
    if (link->backoff_ms > RECONNECT_MS_MAX) {
        link->backoff_ms = RECONNECT_MS_MAX;
    }
}

static void lost(struct redis_link *link, const char *why)
{
    if (link->hiredis == NULL) {
        return;
    }
    link->hiredis = NULL;
    set_why(link, why == NULL || why[0] == '\0' ? "the link to Redis was lost" : why);
    if (link->up) {
        link->up = false;
        link->owes_word = true;
        count(&link->options.counters->links_lost);
    }
    if (!link->freeing) {
        event_active(link->settle, EV_TIMEOUT, 0);
        reconnect_later(link);
    }
}

/* Ends the link from our side. */
static void drop(struct redis_link *link, const char *why)
{
    redisAsyncContext *hiredis = link->hiredis;
    lost(link, why);
    redisAsyncFree(hiredis); /* answers what is in flight with NULL; inside a reply's callback, after that */
}

void redis_link_distrust(struct redis_link *link, const char *why)
{
    if (link->hiredis != NULL) {
        drop(link, why);
    }
}

/* Called by hiredis for a connection that was up, after it has answered what was in flight. */
static void on_disconnect(const redisAsyncContext *hiredis, int status)
{
    (void)status;
    lost(hiredis->data, hiredis->errstr);
}

static void on_settle(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct redis_link *link = context;
    struct queue refused = link->refused;
    link->refused = (struct queue){0}; /* what the callbacks send now waits for another turn */
    for (struct command *command; (command = queue_pop(&refused)) != NULL;) {
        answer(command, NULL);
    }
    if (link->owes_word) {
        link->owes_word = false;
        link->calls_deep++;
        link->options.on_link(link->options.context, false, link->why);
        link->calls_deep--;
    }
}

/* ---- commands ---- */

static void on_deadline(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct redis_link *link = context;
    const struct command *oldest = link->in_flight.head;
    if (oldest == NULL) {
        return;
    }
    int64_t left_ms = oldest->deadline_ms - clock_monotonic_ms();
    if (left_ms > 0) {
        arm(link->deadline, left_ms);
    } else {
        drop(link, "no answer from Redis within the deadline");
    }
}

static void on_hiredis_reply(redisAsyncContext *hiredis, void *reply, void *privdata)
{
    struct command *command = privdata;
    struct redis_link *link = command->link;
    if (reply == NULL) {
        lost(link, hiredis->errstr);
    }
    struct command *oldest = queue_pop(&link->in_flight);
    assert(oldest == command);
    link->in_flight_bytes -= command->bytes;
    answer(command, reply);
}

static bool hand_to_hiredis(struct redis_link *link, struct command *command, struct slice bytes)
{
    command->bytes = bytes.length;
    return redisAsyncFormattedCommand(link->hiredis, on_hiredis_reply, command, bytes.bytes, bytes.length) ==
           REDIS_OK;
}

static void put_in_flight(struct redis_link *link, struct command *command)
{
    command->deadline_ms = clock_monotonic_ms() + link->options.command_deadline_ms;
    link->in_flight_bytes += command->bytes;
    queue_push(&link->in_flight, command);
    count(&link->options.counters->commands);
    if (!evtimer_pending(link->deadline, NULL)) {
        arm(link->deadline, link->options.command_deadline_ms);
    }
}

static struct command *command_new(struct redis_link *link, redis_link_reply_fn *on_reply, void *context)
{
    struct command *command = memory_new(sizeof *command);
    *command = (struct command){.link = link, .on_reply = on_reply, .context = context};
    return command;
}

void redis_link_send(struct redis_link *link, struct slice command, redis_link_reply_fn *on_reply,
                     void *context)
{
    struct command *sent = command_new(link, on_reply, context);
    if (link->up && hand_to_hiredis(link, sent, command)) {
        put_in_flight(link, sent);
        return;
    }
    queue_push(&link->refused, sent);
    if (!link->freeing) {
        event_active(link->settle, EV_TIMEOUT, 0);
    }
}

/* ---- connecting ---- */

/* Redis does not let us in, or not yet. We go on asking: somebody may mend its users meanwhile. */
static void leave(struct redis_link *link, const char *redis_error)
{
    const char *advice = redis_login_advice(redis_error);
    if (advice == NULL) {
        drop(link, redis_error);
        return;
    }
    char why[WHY_BYTES];
    (void)snprintf(why, sizeof why, "%s (%s)", redis_error, advice);
    link->owes_word = link->owes_word || !link->is_shut_out;
    link->is_shut_out = true;
    drop(link, why);
}

static void on_login(void *context, const redisReply *reply, const char *why)
{
    (void)why;
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR) { /* NULL: lost() has seen to it */
        leave(context, reply->str);
    }
}

/* It is asked how far it is, and then left: the link is made anew until it serves. */
static void on_loading(void *context, const redisReply *reply, const char *why)
{
    (void)why;
    if (reply != NULL) {
        char words[WHY_BYTES];
        int64_t loaded_bytes;
        redis_loading_read(reply, words, sizeof words, &loaded_bytes);
        drop(context, words);
    }
}

static void send_first(struct redis_link *link, struct redis_command *first, redis_link_reply_fn *on_reply);

static void ask_about_loading(struct redis_link *link)
{
    struct redis_command question;
    redis_loading_put_question(&question);
    send_first(link, &question, on_loading);
}

static void on_pong(void *context, const redisReply *reply, const char *why)
{
    (void)why;
    struct redis_link *link = context;
    if (reply == NULL) {
        return; /* lost() has seen to it */
    }
    if (reply->type == REDIS_REPLY_ERROR && redis_loading_is(reply->str)) {
        ask_about_loading(link);
        return;
    }
    if (reply->type != REDIS_REPLY_STATUS) {
        leave(link, reply->type == REDIS_REPLY_ERROR ? reply->str : "Redis did not answer PING with PONG");
        return;
    }
    link->up = true;
    link->owes_word = false;
    link->is_shut_out = false;
    link->backoff_ms = RECONNECT_MS_MIN;
    link->options.on_link(link->options.context, true, "");
}

/* Takes the command. */
static void send_first(struct redis_link *link, struct redis_command *first, redis_link_reply_fn *on_reply)
{
    struct command *command = command_new(link, on_reply, link);
    bool taken = hand_to_hiredis(link, command, redis_command_bytes(first));
    assert(taken);
    put_in_flight(link, command);
    redis_command_done(first);
}

/* They stand in line before the connection is there, so that their deadline covers both. */
static void log_in(struct redis_link *link)
{
    struct redis_command command;
    if (redis_login_command(&link->options.address, &command)) {
        send_first(link, &command, on_login);
    }
    redis_command_begin(&command, "PING");
    send_first(link, &command, on_pong);
}

/* hiredis moves all that it could not write yet to the front of its buffer, after each write: the more the socket takes
 * at once, the less is moved. The system takes less than we ask for, as net.core.wmem_max says. */
static void widen(int descriptor)
{
    const int bytes = SEND_BUFFER_BYTES;
    (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes,
                     sizeof bytes); /* it is as wide as it was, then */
}

static void link_connect(struct redis_link *link)
{
    const struct store_address *address = &link->options.address;
    redisAsyncContext *hiredis = address->path[0] != '\0' ? redisAsyncConnectUnix(address->path)
                                                          : redisAsyncConnect(address->host, address->port);
    assert(hiredis != NULL);
    if (hiredis->err != 0) { /* a unix socket that nobody listens on says so at once */
        set_why(link, hiredis->errstr);
        redisAsyncFree(hiredis);
        reconnect_later(link);
        return;
    }
    widen(hiredis->c.fd);
    hiredis->data = link;
    link->hiredis = hiredis;
    int failed = redisLibeventAttach(hiredis, link->base);
    assert(failed == REDIS_OK);
    failed = redisAsyncSetDisconnectCallback(hiredis, on_disconnect);
    assert(failed == REDIS_OK);
    log_in(link);
}

static void on_reconnect(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    link_connect(context);
}

void redis_link_start(struct redis_link *link)
{
    arm(link->reconnect, 0);
}

/* ---- the link itself ---- */

struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options)
{
    struct redis_link *link = memory_new(sizeof *link);
    link->base = base;
    link->options = *options;
    link->backoff_ms = RECONNECT_MS_MIN;
    set_why(link, "not connected to Redis yet");
    link->deadline = evtimer_new(base, on_deadline, link);
    link->reconnect = evtimer_new(base, on_reconnect, link);
    link->settle = event_new(base, -1, 0, on_settle, link);
    assert(link->deadline != NULL && link->reconnect != NULL && link->settle != NULL);
    return link;
}

void redis_link_free(struct redis_link *link)
{
    if (link == NULL) {
        return;
    }
    assert(link->calls_deep == 0);
    link->freeing = true;
    if (link->hiredis != NULL) {
        drop(link, "the server is stopping");
    }
    assert(link->in_flight.head == NULL);
    for (struct command *command; (command = queue_pop(&link->refused)) != NULL;) {
        answer(command, NULL);
    }
    event_free(link->deadline);
    event_free(link->reconnect);
    event_free(link->settle);
    free(link);
}

const char *redis_link_why(const struct redis_link *link)
{
    return link->why;
}

bool redis_link_is_up(const struct redis_link *link)
{
    return link->up;
}

size_t redis_link_in_flight_bytes(const struct redis_link *link)
{
    return link->in_flight_bytes;
}
