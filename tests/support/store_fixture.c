/* The store, as a test would like to call it: one question, one answer. */
#include "store_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

enum {
    ANSWER_DEADLINE_MS = 5000,
    UNITS_A_COMMUNE = 4,
    OPENS = 1773529200,
    FIXTURE_REPORTS_PER_MINUTE = 1000000
};

/* ---- starting ---- */

void store_fixture_start(struct store_fixture *fixture, const char *const *settings)
{
    ck_assert(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    *fixture = (struct store_fixture){.election = {.id = "e-1", .opens = OPENS, .offset_s = 7 * 3600}};
    rules_init(&fixture->election.rules);
    redis_fixture_start(&fixture->redis, settings);
    fixture->reg = store_fixture_register(0);
    fixture->base = event_base_new();
    ck_assert_ptr_nonnull(fixture->base);
    fixture->options = (struct store_options){
        .address = fixture->redis.address,
        .election = &fixture->election,
        .reg = fixture->reg,
        .command_deadline_ms = STORE_COMMAND_DEADLINE_MS,
        .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX,
    };
}

enum turnout_error store_fixture_prepare(struct store_fixture *fixture, unsigned char register_id,
                                         bool relaxed, bool *ret_durable, struct error *error)
{
    struct store_preparation preparation = {.relaxed = relaxed, .patience_ms = ANSWER_DEADLINE_MS};
    memset(fixture->reg->digest, register_id, sizeof fixture->reg->digest);
    fixture->register_id = register_id;
    struct store_prepared prepared;
    enum turnout_error failed = store_prepare(&fixture->options, &preparation, &prepared, error);
    if (failed == TURNOUT_OK) {
        *ret_durable = prepared.is_durable;
    }
    return failed;
}

static void keep_why(struct store_fixture *fixture, const char *why)
{
    int length = snprintf(fixture->why, sizeof fixture->why, "%s", why);
    ck_assert_int_ge(length, 0);
}

static void on_link(void *context, bool up, const char *why)
{
    struct store_fixture *fixture = context;
    if (up) {
        fixture->times_up++;
    } else {
        fixture->times_down++;
        keep_why(fixture, why);
    }
}

static void on_late(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    (void)context;
    ck_abort_msg("nothing happened for %d ms", ANSWER_DEADLINE_MS);
}

void store_fixture_run_until(struct store_fixture *fixture, const bool *condition)
{
    struct event *late = evtimer_new(fixture->base, on_late, NULL);
    ck_assert_ptr_nonnull(late);
    const struct timeval delay = {.tv_sec = ANSWER_DEADLINE_MS / 1000};
    ck_assert_int_eq(evtimer_add(late, &delay), 0);
    while (!*condition) {
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    }
    event_free(late);
}

/* ---- the tally ---- */

static void on_turn(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct store_fixture *fixture = context;
    tally_end_turn(fixture->tally);
}

static void on_tick(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct store_fixture *fixture = context;
    tally_tick(fixture->tally);
}

static void on_turn_wanted(void *context)
{
    struct store_fixture *fixture = context;
    event_active(fixture->turn_event, EV_TIMEOUT, 0);
}

static void on_tally_link(void *context, bool up, const char *why)
{
    struct store_fixture *fixture = context;
    fixture->is_tally_up = up;
    if (!up) {
        keep_why(fixture, why);
    }
}

static void on_answered(void *context, struct message *message);

static void start_tally(struct store_fixture *fixture)
{
    struct tally_options options = {.store = fixture->options,
                                    .reports_per_minute = FIXTURE_REPORTS_PER_MINUTE,
                                    .on_answered = on_answered,
                                    .on_turn_wanted = on_turn_wanted,
                                    .on_link = on_tally_link,
                                    .context = fixture};
    fixture->turn_event = event_new(fixture->base, -1, 0, on_turn, fixture);
    fixture->tick_event = event_new(fixture->base, -1, EV_PERSIST, on_tick, fixture);
    ck_assert(fixture->turn_event != NULL && fixture->tick_event != NULL);
    const struct timeval tick = {.tv_usec = TALLY_TICK_MS * 1000};
    ck_assert_int_eq(event_add(fixture->tick_event, &tick), 0);
    fixture->tally = tally_new(fixture->base, &options);
    tally_start(fixture->tally);
}

void store_fixture_wait_up(struct store_fixture *fixture)
{
    int64_t deadline_ms = clock_monotonic_ms() + ANSWER_DEADLINE_MS;
    while (!store_is_up(fixture->store) || !fixture->is_tally_up) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    }
}

void store_fixture_connect(struct store_fixture *fixture)
{
    fixture->store = store_new(fixture->base, &fixture->options, on_link, fixture);
    store_start(fixture->store);
    start_tally(fixture);
    store_fixture_wait_up(fixture);
}

void store_fixture_disconnect(struct store_fixture *fixture)
{
    store_free(fixture->store);
    fixture->store = NULL;
    tally_free(fixture->tally);
    fixture->tally = NULL;
    fixture->is_tally_up = false;
    if (fixture->turn_event != NULL) {
        event_free(fixture->turn_event);
        event_free(fixture->tick_event);
        fixture->turn_event = NULL;
        fixture->tick_event = NULL;
    }
}

void store_fixture_open(struct store_fixture *fixture)
{
    struct error error;
    bool durable = false;
    enum turnout_error failed = store_fixture_prepare(fixture, 1, false, &durable, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    ck_assert(durable);
    store_fixture_connect(fixture);
}

void store_fixture_begin(struct store_fixture *fixture)
{
    store_fixture_start(fixture, NULL);
    store_fixture_open(fixture);
}

void store_fixture_end(struct store_fixture *fixture)
{
    store_fixture_disconnect(fixture);
    event_base_free(fixture->base);
    register_release(fixture->reg);
    redis_fixture_stop(&fixture->redis);
}

/* ---- reports ---- */

struct report store_fixture_report(const struct store_fixture *fixture, uint32_t unit, int32_t seq,
                                   int32_t voted)
{
    struct report report = {
        .election = "e-1",
        .seq = seq,
        .as_of = fixture->election.opens + (int64_t)seq * 3600,
        .voted = voted,
        .registered = REGISTERED_ABSENT,
        .test = true,
    };
    ck_assert(slice_copy(slice_of(fixture->reg->units[unit].code), report.unit, sizeof report.unit));
    rfc3339_format(report.as_of, fixture->election.offset_s, report.as_of_text);
    return report;
}

/* Where the outcome of a report goes. */
struct waiting {
    struct store_fixture *fixture;
    size_t place;
};

/* A decision that waits for its answer. */
struct deciding {
    bool done;
    enum decided decided;
    enum held_state state;
};

static void keep_outcome(const struct report_message *message)
{
    struct waiting *waiting = message->context;
    struct store_fixture *fixture = waiting->fixture;
    ck_assert_uint_lt(waiting->place, FIXTURE_RESULTS_MAX);
    fixture->results[waiting->place] = message->outcome;
    if (message->outcome.status == STATUS_UNAVAILABLE) {
        keep_why(fixture, message->why);
    }
    ck_assert_uint_gt(fixture->unanswered, 0);
    fixture->unanswered--;
    free(waiting);
}

static void on_answered(void *context, struct message *message)
{
    (void)context;
    if (message->kind == MESSAGE_REPORT) {
        keep_outcome((const struct report_message *)message);
    } else {
        const struct decision_message *decision = (const struct decision_message *)message;
        *(struct deciding *)decision->context = (struct deciding){true, decision->decided, decision->state};
    }
    free(message);
}

void store_fixture_add_at(struct store_fixture *fixture, uint32_t unit, const struct report *report,
                          uint32_t round, int64_t received_ms)
{
    struct buffer sent = {0};
    report_json_write(&sent, report);
    struct report_message *message = memory_new(sizeof *message + sent.length);
    struct waiting *waiting = memory_new(sizeof *waiting);
    *waiting = (struct waiting){fixture, fixture->sent};
    message->message = (struct message){.kind = MESSAGE_REPORT, .reg = fixture->reg, .unit = unit};
    message->context = waiting;
    message->received = report_received_of(report, round, received_ms);
    message->sent_bytes = (uint32_t)sent.length;
    memcpy(message->sent, sent.bytes, sent.length);
    buffer_done(&sent);
    fixture->sent++;
    fixture->unanswered++;
    tally_take(fixture->tally, &message->message);
}

void store_fixture_add(struct store_fixture *fixture, uint32_t unit, const struct report *report,
                       uint32_t round)
{
    store_fixture_add_at(fixture, unit, report, round, report->as_of * 1000 + 123);
}

enum turnout_error store_fixture_apply(struct store_fixture *fixture, struct report_outcome *ret_results)
{
    int64_t deadline_ms = clock_monotonic_ms() + 2 * ANSWER_DEADLINE_MS;
    while (fixture->unanswered > 0) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    }
    enum turnout_error error = TURNOUT_OK;
    for (size_t i = 0; i < fixture->sent; i++) {
        ret_results[i] = fixture->results[i];
        if (ret_results[i].status == STATUS_UNAVAILABLE) {
            error = TURNOUT_UNAVAILABLE;
        }
    }
    fixture->sent = 0;
    return error;
}

enum turnout_error store_fixture_apply_one(struct store_fixture *fixture, uint32_t unit,
                                           const struct report *report, struct report_outcome *ret_result)
{
    store_fixture_add(fixture, unit, report, 0);
    return store_fixture_apply(fixture, ret_result);
}

struct reading {
    struct store_fixture *fixture;
    bool done;
    bool moved;
    enum turnout_error error;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
};

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct reading *reading = context;
    reading->done = true;
    reading->error = error;
    keep_why(reading->fixture, why);
    reading->moved = province != NULL;
    if (province != NULL) {
        ck_assert_uint_eq(province->commune_count, STORE_FIXTURE_COMMUNES);
        reading->totals = province->totals;
        for (uint32_t i = 0; i < STORE_FIXTURE_COMMUNES; i++) {
            reading->communes[i] = province->communes[i].totals;
        }
    }
}

enum turnout_error store_fixture_read(struct store_fixture *fixture, uint32_t province,
                                      int64_t known_revision, bool *ret_moved, struct totals *ret_totals,
                                      struct totals ret_communes[STORE_FIXTURE_COMMUNES])
{
    struct reading reading = {.fixture = fixture};
    store_read_province(fixture->store, province,
                        known_revision < 0 ? NULL : &(struct store_version){.revision = known_revision},
                        on_province, &reading);
    ck_assert(!reading.done);
    store_fixture_run_until(fixture, &reading.done);
    *ret_moved = reading.moved;
    if (reading.moved) {
        *ret_totals = reading.totals;
        memcpy(ret_communes, reading.communes, sizeof reading.communes);
    }
    return reading.error;
}

/* ---- held reports ---- */

enum decided store_fixture_decide(struct store_fixture *fixture, const struct fixture_decision *decision,
                                  enum held_state *ret_state)
{
    struct deciding deciding = {.done = false};
    struct decision_message *message = memory_new(sizeof *message);
    *message = (struct decision_message){
        .message = {.kind = MESSAGE_DECISION, .reg = fixture->reg, .unit = decision->unit},
        .context = &deciding,
        .seq = decision->seq,
        .release = decision->release,
        .now_ms = decision->now_ms};
    ck_assert(slice_copy(slice_of(decision->who), message->who, sizeof message->who));
    ck_assert(slice_copy(slice_of(decision->reason), message->why, sizeof message->why));
    tally_take(fixture->tally, &message->message);
    store_fixture_run_until(fixture, &deciding.done);
    *ret_state = deciding.state;
    return deciding.decided;
}

struct listed {
    struct store_fixture *fixture;
    bool done;
    enum turnout_error error;
    size_t most;
    struct log_line *lines;
    struct fixture_held held;
};

static void on_listed(void *context, enum turnout_error error, const char *why,
                      const struct store_held_page *page)
{
    struct listed *listed = context;
    listed->done = true;
    listed->error = error;
    keep_why(listed->fixture, why);
    if (page == NULL) {
        return;
    }
    ck_assert_uint_le(page->count, listed->most);
    memcpy(listed->lines, page->lines, page->count * sizeof page->lines[0]);
    listed->held =
        (struct fixture_held){.count = page->count, .total = page->total, .has_next = page->next != NULL};
    if (page->next != NULL) {
        listed->held.next = *page->next;
    }
}

enum turnout_error store_fixture_list_held(struct store_fixture *fixture, uint32_t area,
                                           const struct held_place *after, size_t most,
                                           struct log_line *ret_lines, struct fixture_held *ret_held)
{
    struct listed listed = {.fixture = fixture, .most = most, .lines = ret_lines};
    store_list_held(fixture->store, area, after, most, on_listed, &listed);
    ck_assert(!listed.done);
    store_fixture_run_until(fixture, &listed.done);
    *ret_held = listed.held;
    return listed.error;
}

/* ---- phases ---- */

void store_fixture_keep_change(void *context, enum turnout_error error, const char *why,
                               const struct store_change *change)
{
    (void)why;
    struct fixture_change *kept = context;
    ck_assert(!kept->done);
    ck_assert_int_eq(change != NULL, error == TURNOUT_OK);
    *kept = (struct fixture_change){.done = true, .error = error};
    if (change != NULL) {
        kept->outcome = change->outcome;
        kept->province = change->province;
        ck_assert(slice_copy(slice_of(change->before), kept->before, sizeof kept->before));
    }
}

struct fixture_change store_fixture_change_phase(struct store_fixture *fixture, enum election_phase phase)
{
    struct fixture_change change = {.done = false};
    store_change_phase(fixture->store, phase, "token:Aid", 1773561600123, store_fixture_keep_change, &change);
    ck_assert(!change.done);
    store_fixture_run_until(fixture, &change.done);
    return change;
}
