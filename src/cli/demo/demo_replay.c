/* The sending loop: a tick moves the clock, the sender pulls and signs what is due, and answers are counted. */
#include "demo/demo_replay.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "client/sender.h"

enum { TICK_MS = 20, STALL_MS = 60000, CONNECTIONS = 4 };

struct demo_replay {
    const struct demo_plan *plan;
    const struct unit_keys *keys;
    const struct demo_server *server;
    uint32_t rate;
    struct event_base *base;
    struct event *tick;
    struct sender *sender;

    int64_t halted_at;    /* the election clock at the start of this run, Unix seconds */
    int64_t run_since_ms; /* the monotonic clock then */
    int64_t until;        /* the end of this run */
    enum demo_event end;  /* how it ended */

    uint64_t due;   /* reports that may be sent */
    uint64_t taken; /* given to the sender */
    uint64_t answered;
    int64_t last_answer_ms;
    struct demo_counts counts;
};

static void halt(struct demo_replay *replay, enum demo_event why)
{
    replay->end = why;
    int failed = event_base_loopbreak(replay->base);
    assert(failed == 0);
}

static int64_t election_now(const struct demo_replay *replay)
{
    int64_t run_ms = clock_monotonic_ms() - replay->run_since_ms;
    int64_t now = replay->halted_at + run_ms * replay->rate / 1000;
    return now < replay->until ? now : replay->until;
}

static void move_clock(struct demo_replay *replay)
{
    int64_t now = election_now(replay);
    replay->due = demo_plan_due(replay->plan, now);
    if (replay->taken < replay->due) {
        sender_wake(replay->sender);
    }
    if (replay->answered < replay->due) {
        if (clock_monotonic_ms() - replay->last_answer_ms > STALL_MS) {
            halt(replay, DEMO_STALLED);
        }
    } else {
        replay->last_answer_ms = clock_monotonic_ms();
        if (now == replay->until) {
            halt(replay, DEMO_TIME_IS_UP);
        }
    }
}

static void on_tick(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    struct demo_replay *replay = context;
    enum demo_event event = demo_server_wait(replay->server, 0);
    if (event == DEMO_TIME_IS_UP) {
        move_clock(replay);
    } else {
        halt(replay, event);
    }
}

/* A unit's reports must not overtake each other, so a wave begins only when the previous one is answered. */
static bool next_report(void *context, struct report *ret_report, uint64_t *ret_tag)
{
    struct demo_replay *replay = context;
    if (replay->taken == replay->due ||
        replay->answered < demo_plan_wave_begins(replay->plan, replay->taken)) {
        return false;
    }
    *ret_tag = replay->taken++;
    demo_plan_report(replay->plan, *ret_tag, ret_report);
    unit_keys_sign(replay->keys, demo_plan_unit(replay->plan, *ret_tag), ret_report);
    return true;
}

static void count_answer(void *context, uint64_t tag, const struct report_result *result, int64_t latency_us)
{
    struct demo_replay *replay = context;
    struct demo_counts *counts = &replay->counts;
    (void)latency_us;
    replay->answered++;
    replay->last_answer_ms = clock_monotonic_ms();
    /* A duplicate was counted, and was sent again because its answer was lost. */
    if (result->status == STATUS_ACCEPTED || result->status == STATUS_DUPLICATE) {
        counts->applied++;
    } else if (counts->refused++ == 0) {
        struct report report;
        demo_plan_report(replay->plan, tag, &report);
        int length =
            snprintf(counts->first_refusal, sizeof counts->first_refusal, "unit %s, seq %d: %s %s %s",
                     report.unit, (int)report.seq, report_status_name(result->status),
                     report_code_name(result->code), result->detail);
        assert(length > 0);
    }
}

struct demo_replay *demo_replay_new(const struct demo_plan *plan, const struct unit_keys *keys, int64_t opens,
                                    uint32_t rate, const struct demo_server *server)
{
    const struct host_port *intake = demo_server_address(server, DEMO_INTAKE_STREAM);
    const struct sender_options options = {
        .host = intake->host, .port = intake->port, .connections = CONNECTIONS};
    static const struct sender_calls calls = {.next = next_report, .answer = count_answer};
    struct demo_replay *replay = memory_new(sizeof *replay);
    replay->plan = plan;
    replay->keys = keys;
    replay->server = server;
    replay->rate = rate;
    replay->halted_at = opens;
    replay->base = event_base_new();
    assert(replay->base != NULL);
    replay->tick = event_new(replay->base, -1, EV_PERSIST, on_tick, replay);
    assert(replay->tick != NULL);
    replay->sender = sender_new(replay->base, &options, &calls, replay);
    return replay;
}

void demo_replay_free(struct demo_replay *replay)
{
    if (replay == NULL) {
        return;
    }
    sender_free(replay->sender);
    event_free(replay->tick);
    event_base_free(replay->base);
    free(replay);
}

enum demo_event demo_replay_run(struct demo_replay *replay, int64_t moment)
{
    static const struct timeval tick = {.tv_usec = TICK_MS * 1000};
    assert(moment >= replay->halted_at);
    replay->until = moment;
    replay->run_since_ms = clock_monotonic_ms();
    replay->last_answer_ms = replay->run_since_ms;
    int failed = event_add(replay->tick, &tick);
    assert(failed == 0);
    failed = event_base_dispatch(replay->base);
    assert(failed == 0);
    failed = event_del(replay->tick);
    assert(failed == 0);
    replay->halted_at = moment;
    return replay->end;
}

const struct demo_counts *demo_replay_counts(const struct demo_replay *replay)
{
    return &replay->counts;
}
