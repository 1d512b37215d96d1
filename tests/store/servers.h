/* Servers, as far as their tallies go: several on the Redis and the loop of one fixture. Each keeps its answers, and in
 * which order they came. */
#ifndef TURNOUT_TESTS_SERVERS_H
#define TURNOUT_TESTS_SERVERS_H

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/tally.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "store_fixture.h"

enum { SERVER_SENT_MAX = 4096, SERVER_WAIT_MS = 20000, SERVER_REPORTS_PER_MINUTE = 1000000 };

/* What became of a message. */
struct server_answer {
    bool done;
    size_t place; /* 0: it was the first to be answered */
    struct report_outcome outcome;
    char generation[GENERATION_BYTES];
    enum decided decided;
    enum held_state state;
};

struct server {
    struct store_fixture *fixture; /* borrowed */
    struct tally *tally;
    struct event *turn_event;
    struct event *tick_event;
    uint32_t times_up;
    uint32_t times_down;
    size_t sent;
    size_t answered;
    struct server_answer answers[SERVER_SENT_MAX]; /* in the order in which the messages were sent */
};

static inline void server_on_turn(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    tally_end_turn(((struct server *)context)->tally);
}

static inline void server_on_tick(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    tally_tick(((struct server *)context)->tally);
}

static inline void server_on_turn_wanted(void *context)
{
    event_active(((struct server *)context)->turn_event, EV_TIMEOUT, 0);
}

static inline void server_on_link(void *context, bool up, const char *why)
{
    struct server *server = context;
    (void)why;
    server->times_up += up ? 1 : 0;
    server->times_down += up ? 0 : 1;
}

static inline void server_on_answered(void *context, struct message *message)
{
    struct server *server = context;
    struct server_answer *answer;
    if (message->kind == MESSAGE_WRITE) {
        struct write_message *write = (struct write_message *)message;
        write->on_written(write);
        return;
    }
    if (message->kind == MESSAGE_REPORT) {
        const struct report_message *report = (const struct report_message *)message;
        answer = report->context;
        answer->outcome = report->outcome;
        memcpy(answer->generation, report->generation, sizeof answer->generation);
    } else {
        const struct decision_message *decision = (const struct decision_message *)message;
        answer = decision->context;
        answer->decided = decision->decided;
        answer->state = decision->state;
    }
    ck_assert(!answer->done);
    answer->done = true;
    answer->place = server->answered++;
    free(message);
}

/* Runs the loop until a counter has reached a number. */
static inline void server_run_until(const struct server *server, const uint32_t *counter, uint32_t least)
{
    int64_t deadline_ms = clock_monotonic_ms() + SERVER_WAIT_MS;
    while (*counter < least) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "waited in vain");
        ck_assert_int_eq(event_base_loop(server->fixture->base, EVLOOP_ONCE), 0);
    }
}

/* On the fixture's Redis, which must be prepared; returns once it is up. Gate and health are borrowed, or NULL. A
 * zeroed server, ended by server_stop(). */
static inline void server_start_behind(struct server *server, struct store_fixture *fixture,
                                       uint32_t reports_per_minute, struct gate *gate, struct health *health)
{
    struct tally_options options = {.store = fixture->options,
                                    .reports_per_minute = reports_per_minute,
                                    .gate = gate,
                                    .health = health,
                                    .on_answered = server_on_answered,
                                    .on_turn_wanted = server_on_turn_wanted,
                                    .on_link = server_on_link,
                                    .context = server};
    const struct timeval tick = {.tv_usec = TALLY_TICK_MS * 1000};
    memset(server, 0, sizeof *server);
    server->fixture = fixture;
    server->turn_event = event_new(fixture->base, -1, 0, server_on_turn, server);
    server->tick_event = event_new(fixture->base, -1, EV_PERSIST, server_on_tick, server);
    ck_assert(server->turn_event != NULL && server->tick_event != NULL);
    ck_assert_int_eq(event_add(server->tick_event, &tick), 0);
    server->tally = tally_new(fixture->base, &options);
    tally_start(server->tally);
    server_run_until(server, &server->times_up, 1);
}

static inline void server_start(struct server *server, struct store_fixture *fixture,
                                uint32_t reports_per_minute)
{
    server_start_behind(server, fixture, reports_per_minute, NULL, NULL);
}

/* Everything that was sent is answered then. */
static inline void server_stop(struct server *server)
{
    tally_free(server->tally);
    event_free(server->turn_event);
    event_free(server->tick_event);
    ck_assert_uint_eq(server->answered, server->sent);
}

static inline struct server_answer *server_next_answer(struct server *server)
{
    ck_assert_uint_lt(server->sent, SERVER_SENT_MAX);
    struct server_answer *answer = &server->answers[server->sent++];
    *answer = (struct server_answer){.done = false};
    return answer;
}

/* A report as a worker passes it on. The answer is filled later. */
static inline const struct server_answer *server_send(struct server *server, uint32_t unit,
                                                      const struct report *report)
{
    struct buffer sent = {0};
    report_json_write(&sent, report);
    struct report_message *message = memory_new(sizeof *message + sent.length);
    struct server_answer *answer = server_next_answer(server);
    message->message = (struct message){.kind = MESSAGE_REPORT, .reg = server->fixture->reg, .unit = unit};
    message->context = answer;
    message->received = report_received_of(report, 0, report->as_of * 1000 + 123);
    message->sent_bytes = (uint32_t)sent.length;
    memcpy(message->sent, sent.bytes, sent.length);
    buffer_done(&sent);
    tally_take(server->tally, &message->message);
    return answer;
}

static inline const struct server_answer *server_decide(struct server *server,
                                                        const struct fixture_decision *decision)
{
    struct decision_message *message = memory_new(sizeof *message);
    struct server_answer *answer = server_next_answer(server);
    *message = (struct decision_message){
        .message = {.kind = MESSAGE_DECISION, .reg = server->fixture->reg, .unit = decision->unit},
        .context = answer,
        .seq = decision->seq,
        .release = decision->release,
        .now_ms = decision->now_ms};
    ck_assert(slice_copy(slice_of(decision->who), message->who, sizeof message->who));
    ck_assert(slice_copy(slice_of(decision->reason), message->why, sizeof message->why));
    tally_take(server->tally, &message->message);
    return answer;
}

/* Runs the loop until everything that was sent is answered. */
static inline void server_await(const struct server *server)
{
    int64_t deadline_ms = clock_monotonic_ms() + SERVER_WAIT_MS;
    while (server->answered < server->sent) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%zu of %zu are answered", server->answered,
                      server->sent);
        ck_assert_int_eq(event_base_loop(server->fixture->base, EVLOOP_ONCE), 0);
    }
}

/* Sends one and waits for it. */
static inline const struct server_answer *server_ask(struct server *server, uint32_t unit,
                                                     const struct report *report)
{
    const struct server_answer *answer = server_send(server, unit, report);
    server_await(server);
    return answer;
}

/* From now on Redis commits as `body` does, in which `commit(keys, args)` is what it did. */
static inline void server_spoil_commits(struct store_fixture *fixture, const char *body)
{
    static const char registration[] = "redis.register_function('turnout_commit', turnout_commit)";
    redisReply *libraries =
        redis_fixture_command(&fixture->redis, "FUNCTION LIST LIBRARYNAME turnout WITHCODE");
    const redisReply *library = libraries->element[0];
    const char *code = library->element[library->elements - 1]->str;
    const char *at = strstr(code, registration);
    ck_assert_ptr_nonnull(at);
    redis_fixture_run(&fixture->redis, "FUNCTION LOAD REPLACE %b%s%s%s%s", code, (size_t)(at - code),
                      "local commit = turnout_commit turnout_commit = function(keys, args) ", body, " end ",
                      at);
    freeReplyObject(libraries);
}

static inline size_t server_count(const struct server *server, enum report_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < server->sent; i++) {
        count += server->answers[i].done && server->answers[i].outcome.status == status ? 1 : 0;
    }
    return count;
}

#endif
