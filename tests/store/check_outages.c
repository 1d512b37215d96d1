/* A tally whose Redis goes away: everything is answered, what was acknowledged is there, and sending the rest again
 * counts it once. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "servers.h"
#include "suite.h"

#define META   "turnout:{e-1}:meta"
#define TOTALS "turnout:{e-1:01}:totals"
#define LOG    "turnout:{e-1:01}:log"

enum { UNITS = 12, REPORTS = 40, OUTAGES = 12, SHORT_DEADLINE_MS = 1000 };

static struct store_fixture store;
static struct server server;

static void begin(void)
{
    store_fixture_begin(&store);
    store_fixture_disconnect(&store);
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
}

static void end(void)
{
    server_stop(&server);
    store_fixture_end(&store);
}

static const struct server_answer *send_one(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    return server_send(&server, unit, &report);
}

static enum report_status ask(uint32_t unit, int32_t seq, int32_t voted)
{
    const struct server_answer *answer = send_one(unit, seq, voted);
    server_await(&server);
    return answer->outcome.status;
}

static void turn(int times)
{
    for (int i = 0; i < times; i++) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_NONBLOCK), 0);
    }
}

static void kill_redis(void)
{
    uint32_t times_down = server.times_down;
    redis_fixture_signal(&store.redis, SIGKILL);
    server_run_until(&server, &server.times_down, times_down + 1);
}

static void restart_redis(void)
{
    uint32_t times_up = server.times_up;
    redis_fixture_restart(&store.redis);
    server_run_until(&server, &server.times_up, times_up + 1);
}

FIXTURE(begin, end);
TIMEOUT(120);

/* ---- away ---- */

TEST(while_redis_is_away_the_answer_comes_at_once)
{
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    kill_redis();
    const struct fixture_decision decision = {.seq = 1, .reason = "", .who = "w"};
    const struct server_answer *answers[] = {send_one(0, 2, 6), send_one(0, 1, 5), send_one(4, 1, 5)};
    for (size_t i = 0; i < 3; i++) { /* a duplicate, too, is nothing that can be promised now */
        ck_assert(answers[i]->done);
        ck_assert_int_eq(answers[i]->outcome.status, STATUS_UNAVAILABLE);
        ck_assert_int_eq(answers[i]->outcome.code, CODE_STORE_UNAVAILABLE);
        ck_assert_str_eq(answers[i]->generation, "");
    }
    const struct server_answer *decided = server_decide(&server, &decision);
    ck_assert(decided->done);
    ck_assert_int_eq(decided->decided, DECIDED_UNAVAILABLE);
    restart_redis();
    ck_assert_int_eq(ask(0, 1, 5), STATUS_DUPLICATE);
    ck_assert_int_eq(ask(0, 2, 6), STATUS_ACCEPTED);
}

/* What came back is another Redis, which knows less. */
TEST(nothing_is_believed_of_what_was_known_before)
{
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    kill_redis();
    store.redis.settings[0] = "--appenddirname";
    store.redis.settings[1] = "another";
    redis_fixture_restart(&store.redis);
    ck_assert_int_eq(ask(0, 1, 5), STATUS_UNAVAILABLE);
    struct error error;
    bool durable;
    ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_OK);
    server_run_until(&server, &server.times_up, 2);
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    expect_text(&store, "1", "HGET " TOTALS " revision");
}

/* ---- up, but not settled ---- */

TEST(until_a_link_is_settled_nothing_is_answered_as_stored)
{
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    redis_fixture_run(&store.redis, "HDEL " META " schema");
    kill_redis();
    redis_fixture_restart(&store.redis);
    uint64_t failures = tally_store_counters(server.tally)->failures;
    while (tally_store_counters(server.tally)->failures < failures + 2) { /* to settle is tried again */
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
        ck_assert_uint_eq(server.times_up, 1);
    }
    ck_assert_int_eq(send_one(0, 1, 5)->outcome.status, STATUS_UNAVAILABLE);
    redis_fixture_run(&store.redis, "HSET " META " schema 2");
    server_run_until(&server, &server.times_up, 2);
    ck_assert_int_eq(ask(0, 1, 5), STATUS_DUPLICATE);
    expect_integer(&store, 1, "HEXISTS " META " settled");
}

/* ---- in flight ---- */

/* The seq of each unit's next report, and which it was told are stored. */
static struct {
    int32_t next_seq;
    bool is_acknowledged[REPORTS + 1];
} units[UNITS];

/* The log's lines, each at most once and none missing that was acknowledged; and the totals are what they add up to. */
static void expect_all_there(void)
{
    int64_t lines_seen = 0;
    bool logged[UNITS][REPORTS + 1] = {{false}};
    redisReply *entries = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *value = entries->element[i]->element[1]->element[5];
        struct slice lines = {value->str, value->len};
        while (lines.bytes != NULL) {
            struct log_line line;
            expect_line(text_split(&lines, '\n'), &line);
            uint32_t unit = register_find_unit(store.reg, slice_of(line.report.unit));
            ck_assert_uint_lt(unit, UNITS);
            ck_assert_msg(!logged[unit][line.report.seq], "%s %d is counted twice", line.report.unit,
                          line.report.seq);
            logged[unit][line.report.seq] = true;
            lines_seen++;
        }
    }
    freeReplyObject(entries);
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        for (int32_t seq = 1; seq <= REPORTS; seq++) {
            ck_assert_msg(!units[unit].is_acknowledged[seq] || logged[unit][seq], "%u %d is lost", unit, seq);
        }
    }
    char revision[24];
    (void)snprintf(revision, sizeof revision, "%lld", (long long)lines_seen);
    expect_text(&store, revision, "HGET " TOTALS " revision");
}

/* The answers to the reports from `first` on, one of each unit. */
static void take_answers(size_t first)
{
    for (size_t i = first; i < server.sent; i++) {
        const struct server_answer *answer = &server.answers[i];
        const struct report_outcome *outcome = &answer->outcome;
        uint32_t unit = (uint32_t)(i - first) % UNITS;
        int32_t seq = units[unit].next_seq;
        ck_assert(answer->done);
        ck_assert_msg(outcome->status == STATUS_ACCEPTED || outcome->status == STATUS_DUPLICATE ||
                          outcome->status == STATUS_UNAVAILABLE,
                      "%s %s", report_status_name(outcome->status), report_code_name(outcome->code));
        if (outcome->status != STATUS_UNAVAILABLE) {
            units[unit].is_acknowledged[seq] = true;
            units[unit].next_seq++;
        }
    }
}

/* Each unit sends its next report, and sends it again until it is stored; Redis is killed at another moment each
 * time. */
LOOP_TEST(killed_at_any_moment_nothing_acknowledged_is_lost, OUTAGES)
{
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        units[unit].next_seq = 1;
    }
    for (int round = 0; round < REPORTS / 2; round++) {
        size_t first = server.sent;
        for (uint32_t unit = 0; unit < UNITS; unit++) {
            (void)send_one(unit, units[unit].next_seq, 0);
        }
        if (round % 5 == 4) {
            turn(_i);
            redis_fixture_signal(&store.redis, SIGKILL);
            redis_fixture_restart(&store.redis);
        }
        server_await(&server);
        take_answers(first);
        server_run_until(&server, &server.times_up, (uint32_t)(round + 1) / 5 + 1);
    }
    expect_all_there();
    ck_assert_uint_gt(server_count(&server, STATUS_ACCEPTED), UNITS);
}

/* The commit was written, but its answer was lost: it is looked up. */
TEST(what_is_uncertain_is_looked_up_and_counted_once)
{
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    server_spoil_commits(&store, "commit(keys, args) return 'lost'");
    ck_assert_int_eq(ask(0, 2, 6), STATUS_DUPLICATE);
    ck_assert_int_eq(ask(0, 2, 7), STATUS_REJECTED);
    expect_text(&store, "2", "HGET " TOTALS " revision");
    expect_text(&store, "6", "HGET " TOTALS " voted");
}

/* The commit reached Redis after the deadline. */
TEST(past_the_deadline_it_is_unavailable_and_then_a_duplicate)
{
    server_stop(&server);
    store.options.command_deadline_ms = SHORT_DEADLINE_MS;
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    redis_fixture_signal(&store.redis, SIGSTOP);
    int64_t started_ms = clock_monotonic_ms();
    ck_assert_int_eq(ask(0, 2, 6), STATUS_UNAVAILABLE);
    ck_assert_int_ge(clock_monotonic_ms() - started_ms, SHORT_DEADLINE_MS);
    redis_fixture_signal(&store.redis, SIGCONT);
    server_run_until(&server, &server.times_up, 2);
    ck_assert_int_eq(ask(0, 2, 6), STATUS_DUPLICATE);
    expect_text(&store, "2", "HGET " TOTALS " revision");
}

/* Nor does anybody wait for ever where Redis takes the commit but the commune cannot be loaded. */
TEST(what_waits_for_a_commune_is_answered_at_its_deadline)
{
    server_stop(&server);
    store.options.command_deadline_ms = SHORT_DEADLINE_MS;
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    redis_fixture_run(&store.redis, "FUNCTION FLUSH");
    ck_assert_int_eq(ask(0, 1, 5), STATUS_UNAVAILABLE);
}

TEST(where_too_much_is_in_flight_the_answer_comes_at_once)
{
    server_stop(&server);
    store.options.in_flight_bytes_max = 100;
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    redis_fixture_signal(&store.redis, SIGSTOP);
    const struct server_answer *in_flight = send_one(0, 2, 6);
    turn(5);
    ck_assert_int_eq(send_one(0, 3, 7)->outcome.status, STATUS_UNAVAILABLE);
    ck_assert_int_eq(send_one(4, 1, 7)->outcome.status, STATUS_UNAVAILABLE);
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    ck_assert_int_eq(in_flight->outcome.status, STATUS_ACCEPTED);
    ck_assert_int_eq(ask(0, 3, 7), STATUS_ACCEPTED);
}

/* ---- stopping ---- */

/* In flight, gathered, and waiting for a commune. */
TEST(a_tally_that_stops_answers_everything)
{
    ck_assert_int_eq(ask(0, 1, 5), STATUS_ACCEPTED);
    redis_fixture_signal(&store.redis, SIGSTOP);
    const struct server_answer *answers[] = {send_one(0, 2, 6), NULL, NULL};
    turn(5);
    answers[1] = send_one(0, 3, 7);
    answers[2] = send_one(4, 1, 7);
    turn(5);
    server_stop(&server);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(answers[i]->done);
        ck_assert_int_eq(answers[i]->outcome.status, STATUS_UNAVAILABLE);
    }
    redis_fixture_signal(&store.redis, SIGCONT);
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    enum report_status status = ask(0, 2, 6);
    ck_assert(status == STATUS_ACCEPTED || status == STATUS_DUPLICATE);
}

SUITE("outages");
