/* Several servers on one Redis: sent the same reports, they count each once, and all of it is answered. */
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "servers.h"
#include "suite.h"

#define TOTALS "turnout:{e-1:01}:totals"
#define LOG    "turnout:{e-1:01}:log"

enum { SERVERS_MOST = 4, UNITS = 12, REPORTS = 50, UNIT = 0 }; /* the units of province 01 */

static struct store_fixture store;
static struct server servers[SERVERS_MOST];
static size_t server_count_now;

static void begin(void)
{
    store_fixture_begin(&store);
    store_fixture_disconnect(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

static void start(size_t count)
{
    server_count_now = count;
    for (size_t i = 0; i < count; i++) {
        server_start(&servers[i], &store, SERVER_REPORTS_PER_MINUTE);
    }
}

static void stop(void)
{
    for (size_t i = 0; i < server_count_now; i++) {
        server_stop(&servers[i]);
    }
}

static void await_all(void)
{
    for (size_t i = 0; i < server_count_now; i++) {
        server_await(&servers[i]);
    }
}

FIXTURE(begin, end);
TIMEOUT(120);

/* ---- the same reports to all ---- */

static const struct {
    size_t servers;
    uint32_t units;      /* the first so many send */
    uint32_t turn_after; /* the loop runs after so many reports */
} contests[] = {
    {2, UNITS, 1},  {2, UNITS, 7}, {2, UNITS, 100000}, {2, 4, 1},     {2, 4, 5},
    {2, 4, 100000}, {2, 1, 1},     {2, 1, 3},          {4, UNITS, 3}, {4, 4, 1},
};

/* Every unit sends its reports one after the other, to each server; in which order servers are asked changes. */
static void send_all(uint32_t units, uint32_t turn_after)
{
    uint32_t sent = 0;
    for (int32_t seq = 1; seq <= REPORTS; seq++) {
        for (uint32_t unit = 0; unit < units; unit++) {
            struct report report = store_fixture_report(&store, unit, seq, 0);
            for (size_t i = 0; i < server_count_now; i++) {
                (void)server_send(&servers[((uint32_t)seq + unit + i) % server_count_now], unit, &report);
                if (++sent % turn_after == 0) {
                    ck_assert_int_eq(event_base_loop(store.base, EVLOOP_NONBLOCK), 0);
                }
            }
        }
    }
}

/* Report `i` of one server is report `i` of each. What one has counted, the others heard of as counted before, or as
 * older than what they know. */
static void expect_each_counted_once(uint32_t units)
{
    for (size_t i = 0; i < (size_t)units * REPORTS; i++) {
        size_t accepted = 0;
        for (size_t s = 0; s < server_count_now; s++) {
            const struct server_answer *answer = &servers[s].answers[i];
            ck_assert(answer->done);
            ck_assert_msg(answer->outcome.status == STATUS_ACCEPTED ||
                              answer->outcome.status == STATUS_DUPLICATE ||
                              answer->outcome.status == STATUS_SUPERSEDED,
                          "%zu of server %zu: %s %s", i, s, report_status_name(answer->outcome.status),
                          report_code_name(answer->outcome.code));
            accepted += answer->outcome.status == STATUS_ACCEPTED ? 1 : 0;
        }
        ck_assert_msg(accepted == 1, "report %zu was accepted %zu times", i, accepted);
    }
}

/* As often in the log, and in the order of its unit. */
static void expect_logged_once(uint32_t units)
{
    int32_t last_seq[UNITS] = {0};
    redisReply *entries = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *value = entries->element[i]->element[1]->element[5];
        struct slice lines = {value->str, value->len};
        while (lines.bytes != NULL) {
            struct log_line line;
            expect_line(text_split(&lines, '\n'), &line);
            uint32_t unit = register_find_unit(store.reg, slice_of(line.report.unit));
            ck_assert_uint_lt(unit, units);
            ck_assert_int_eq(line.report.seq, last_seq[unit] + 1);
            last_seq[unit] = line.report.seq;
        }
    }
    for (uint32_t unit = 0; unit < units; unit++) {
        ck_assert_int_eq(last_seq[unit], REPORTS);
    }
    freeReplyObject(entries);
}

LOOP_TEST(each_report_is_counted_by_one_of_them, COUNT(contests))
{
    char revision[16];
    uint32_t units = contests[_i].units;
    start(contests[_i].servers);
    send_all(units, contests[_i].turn_after);
    await_all();
    expect_each_counted_once(units);
    expect_logged_once(units);
    (void)snprintf(revision, sizeof revision, "%u", units * REPORTS);
    expect_text(&store, revision, "HGET " TOTALS " revision");
    stop();
}

/* Different reports of one commune: nobody's are lost because another one's changed it. */
TEST(what_each_is_sent_is_counted)
{
    enum { SERVERS = 4 }; /* one for each unit of 01.1 */
    start(SERVERS);
    for (int32_t seq = 1; seq <= REPORTS; seq++) {
        for (uint32_t unit = 0; unit < SERVERS; unit++) {
            struct report report = store_fixture_report(&store, unit, seq, 0);
            (void)server_send(&servers[unit], unit, &report);
        }
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_NONBLOCK), 0);
    }
    await_all();
    for (size_t i = 0; i < SERVERS; i++) {
        ck_assert_uint_eq(server_count(&servers[i], STATUS_ACCEPTED), REPORTS);
    }
    expect_logged_once(SERVERS);
    stop();
}

/* A stale commune is decided again; its units are charged once. */
TEST(deciding_again_costs_a_unit_nothing_more)
{
    struct report report;
    server_count_now = 2;
    server_start(&servers[0], &store, 2);
    server_start(&servers[1], &store, 2);
    for (int32_t seq = 1; seq <= 4; seq++) { /* each time the other one's knowledge is stale */
        report = store_fixture_report(&store, UNIT, seq, 0);
        ck_assert_int_eq(server_ask(&servers[seq % 2], UNIT, &report)->outcome.status, STATUS_ACCEPTED);
    }
    report = store_fixture_report(&store, UNIT, 5, 0);
    ck_assert_int_eq(server_ask(&servers[0], UNIT, &report)->outcome.code, CODE_TOO_MANY);
    stop();
}

/* ---- what one decides on what another has changed ---- */

/* Server 1 knows the unit as it was; since then it has reported to server 0. */
static void report_to_the_other(const struct report *report)
{
    struct report first = store_fixture_report(&store, UNIT, 1, 5);
    start(2);
    ck_assert_int_eq(server_ask(&servers[1], UNIT, &first)->outcome.status, STATUS_ACCEPTED);
    ck_assert_int_eq(server_ask(&servers[0], UNIT, report)->outcome.status, STATUS_ACCEPTED);
}

static void expect_answer(const struct report *report, enum report_status status, enum report_code code)
{
    const struct report_outcome *outcome = &server_ask(&servers[1], UNIT, report)->outcome;
    ck_assert_msg(outcome->status == status && outcome->code == code, "%s %s",
                  report_status_name(outcome->status), report_code_name(outcome->code));
}

TEST(what_another_has_counted_is_a_duplicate)
{
    struct report second = store_fixture_report(&store, UNIT, 2, 10);
    report_to_the_other(&second);
    expect_answer(&second, STATUS_DUPLICATE, CODE_NONE);
    stop();
}

TEST(what_is_older_than_what_another_has_counted_is_superseded)
{
    struct report second = store_fixture_report(&store, UNIT, 2, 6);
    struct report third = store_fixture_report(&store, UNIT, 3, 10);
    report_to_the_other(&third);
    expect_answer(&second, STATUS_SUPERSEDED, CODE_NONE);
    expect_text(&store, "10", "HGET " TOTALS " voted");
    stop();
}

/* Nothing is rejected for what has ceased to be so. */
TEST(a_roll_that_another_has_raised_counts)
{
    struct report second = store_fixture_report(&store, UNIT, 2, 10);
    second.registered = 42;
    struct report third = store_fixture_report(&store, UNIT, 3, 42);
    report_to_the_other(&second);
    expect_answer(&third, STATUS_ACCEPTED, CODE_NONE);
    stop();
}

TEST(a_seq_that_another_has_led_up_to_is_not_too_far)
{
    struct report second = store_fixture_report(&store, UNIT, SEQ_STEP_MAX, 10);
    struct report third = store_fixture_report(&store, UNIT, SEQ_STEP_MAX + 2, 11);
    report_to_the_other(&second);
    expect_answer(&third, STATUS_ACCEPTED, CODE_NONE);
    stop();
}

/* As many wait as may; but of one of them another server knows that it was decided. */
TEST(what_another_has_decided_makes_room)
{
    const struct fixture_decision decision = {.unit = UNIT, .seq = 1, .reason = "", .who = "w", .now_ms = 1};
    store.election.rules.modes[RULE_OVER_ROLL] = MODE_HOLD;
    start(2);
    for (int32_t seq = 1; seq <= TALLY_HELD_WAITING_MAX; seq++) {
        struct report report = store_fixture_report(&store, UNIT, seq, 41);
        ck_assert_int_eq(server_ask(&servers[1], UNIT, &report)->outcome.status, STATUS_HELD);
    }
    const struct server_answer *decided = server_decide(&servers[0], &decision);
    server_await(&servers[0]);
    ck_assert_int_eq(decided->decided, DECIDED_REJECTED);
    struct report report = store_fixture_report(&store, UNIT, TALLY_HELD_WAITING_MAX + 1, 41);
    expect_answer(&report, STATUS_HELD, CODE_VOTED_EXCEEDS_REGISTERED);
    expect_text(&store, "20", "HGET " TOTALS " held");
    stop();
}

/* The seq to use next is one that is free. */
TEST(a_conflict_names_what_stands)
{
    struct report third = store_fixture_report(&store, UNIT, 3, 10);
    struct report other = store_fixture_report(&store, UNIT, 1, 4);
    other.as_of += 9 * 3600;
    rfc3339_format(other.as_of, store.election.offset_s, other.as_of_text);
    report_to_the_other(&third);
    const struct report_outcome *outcome = &server_ask(&servers[1], UNIT, &other)->outcome;
    ck_assert_int_eq(outcome->status, STATUS_REJECTED);
    ck_assert_int_eq(outcome->standing.seq, 3);
    ck_assert_int_eq(outcome->next_seq, 4);
    stop();
}

/* Voids the unit, of which nothing but this report counts. */
static void void_unit(struct server *server, const struct report *report)
{
    struct decision_message *message = memory_new(sizeof *message + sizeof message->reports[0]);
    struct server_answer *answer = server_next_answer(server);
    *message = (struct decision_message){.message = {.kind = MESSAGE_VOID, .unit = UNIT},
                                         .context = answer,
                                         .now_ms = 1773600000000,
                                         .who = "w",
                                         .why = "another's",
                                         .unit = {.seq = report->seq},
                                         .report_count = 1};
    report_digest(report, message->unit.digest);
    message->reports[0].received = (struct report_received){
        .seq = report->seq, .voted = report->voted, .registered = report->registered, .as_of = report->as_of};
    report_digest(report, message->reports[0].received.digest);
    tally_take(server->tally, &message->message);
    server_await(server);
    ck_assert_int_eq(answer->decided, DECIDED_VOIDED);
}

/* What one server has counted another one voids: the first one hears of it, though nothing moves it to ask. */
TEST(what_another_has_voided_is_heard_of)
{
    struct report report = store_fixture_report(&store, UNIT, 1, 10);
    start(2);
    ck_assert_int_eq(server_ask(&servers[1], UNIT, &report)->outcome.status, STATUS_ACCEPTED);
    ck_assert_int_eq(server_ask(&servers[0], UNIT, &report)->outcome.status, STATUS_DUPLICATE);
    void_unit(&servers[0], &report);
    int64_t deadline_ms = clock_monotonic_ms() + SERVER_WAIT_MS;
    while (server_ask(&servers[1], UNIT, &report)->outcome.code != CODE_VOIDED) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0); /* until a tick */
    }
    ck_assert_int_eq(server_ask(&servers[0], UNIT, &report)->outcome.code, CODE_VOIDED);
    expect_text(&store, "0", "HGET " TOTALS " voted");
    expect_text(&store, "0", "HGET " TOTALS " units_reported");
    stop();
}

SUITE("servers");
