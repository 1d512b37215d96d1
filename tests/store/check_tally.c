/* A tally over a real Redis: when it answers, how it gathers, what a unit may store, and that what stands in Redis is
 * what counts, not what it knew. Several of them: check_servers.c. A Redis that goes away: check_outages.c. */
#include <turnout/service/tally.h>

#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "servers.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define LOG      "turnout:{e-1:01}:log"

enum { UNIT = 0, NEIGHBOUR = 1, ELSEWHERE = 4 }; /* the first two in 01.1, the last in 01.2 */

static struct store_fixture store;
static struct server server;
static bool rehearses; /* units send test reports */

/* The fixture's own tally is not needed. */
static void begin(void)
{
    rehearses = true;
    store_fixture_begin(&store);
    store_fixture_disconnect(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

static void start(uint32_t reports_per_minute)
{
    server_start(&server, &store, reports_per_minute);
}

/* Whether it is answered with this now. */
static void expect(const struct server_answer *answer, enum report_status status, enum report_code code)
{
    ck_assert(answer->done);
    ck_assert_msg(answer->outcome.status == status && answer->outcome.code == code, "%s %s, not %s %s",
                  report_status_name(answer->outcome.status), report_code_name(answer->outcome.code),
                  report_status_name(status), report_code_name(code));
}

static const struct server_answer *send_one(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    report.test = rehearses;
    return server_send(&server, unit, &report);
}

static const struct server_answer *ask(uint32_t unit, int32_t seq, int32_t voted)
{
    const struct server_answer *answer = send_one(unit, seq, voted);
    server_await(&server);
    return answer;
}

/* Turns of the loop in which nothing can be answered. */
static void turn(void)
{
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_NONBLOCK), 0);
    }
}

static uint64_t commits(void)
{
    return tally_store_counters(server.tally)->commits;
}

FIXTURE(begin, end);
TIMEOUT(60);

/* ---- when it answers ---- */

TEST(what_rests_on_a_commit_in_flight_is_answered_after_it)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(ELSEWHERE, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_signal(&store.redis, SIGSTOP);
    const struct server_answer *accepted = send_one(UNIT, 2, 10);
    turn();
    const struct server_answer *duplicate = send_one(UNIT, 2, 10);
    const struct server_answer *conflict = send_one(UNIT, 2, 11);
    const struct server_answer *superseded = send_one(UNIT, 1, 4); /* a seq that is older still */
    const struct server_answer *of_a_neighbour = send_one(NEIGHBOUR, 1, 18);
    turn();
    ck_assert_uint_eq(server.answered, 2);
    expect(send_one(ELSEWHERE, 1, 5), STATUS_DUPLICATE, CODE_NONE); /* rests on nothing that is in flight */
    ck_assert_uint_eq(server.answered, 3);
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    expect(accepted, STATUS_ACCEPTED, CODE_NONE);
    expect(duplicate, STATUS_DUPLICATE, CODE_NONE);
    expect(conflict, STATUS_REJECTED, CODE_SEQ_CONFLICT);
    expect(superseded, STATUS_SUPERSEDED, CODE_NONE);
    expect(of_a_neighbour, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED);
    ck_assert_uint_eq(accepted->place, 3);
    ck_assert_uint_eq(duplicate->place, 4);
    ck_assert_uint_gt(conflict->place, 4); /* after what confirms it */
    ck_assert_uint_eq(commits(), 3);
    server_stop(&server);
}

TEST(a_duplicate_costs_redis_nothing)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    uint64_t commands = tally_store_counters(server.tally)->commands;
    for (int i = 0; i < 1000; i++) {
        expect(send_one(UNIT, 1, 5), STATUS_DUPLICATE, CODE_NONE);
    }
    ck_assert_uint_eq(tally_store_counters(server.tally)->commands, commands);
    server_stop(&server);
}

TEST(every_answer_says_of_which_generation_it_is)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect_text(&store, ask(UNIT, 1, 5)->generation, "HGET turnout:{e-1}:meta generation");
    expect_text(&store, ask(UNIT, 1, 5)->generation, "HGET turnout:{e-1}:meta generation");
    server_stop(&server);
}

/* ---- gathering ---- */

TEST(what_comes_while_a_commit_is_in_flight_is_the_next_one)
{
    enum { MORE = 30 };
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 1), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(ELSEWHERE, 1, 1), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_signal(&store.redis, SIGSTOP);
    (void)send_one(UNIT, 2, 2);
    turn();
    for (int32_t i = 0; i < MORE; i++) {
        (void)send_one(i % 2 == 0 ? UNIT : ELSEWHERE, 3 + i, 3 + i / 10);
        turn();
    }
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    ck_assert_uint_eq(server_count(&server, STATUS_ACCEPTED), 2 + 1 + MORE);
    ck_assert_uint_eq(commits(), 4);
    expect_integer(&store, 5, "XLEN " LOG); /* the last commit has an entry of each commune */
    server_stop(&server);
}

/* One that is full need not wait for the one before. */
TEST(full_commits_go_out_behind_each_other)
{
    enum { REPORTS = TALLY_COMMIT_LINES_MAX + 50 };
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 1), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_signal(&store.redis, SIGSTOP);
    (void)send_one(UNIT, 2, 1);
    turn();
    uint64_t commands = tally_store_counters(server.tally)->commands;
    for (int32_t i = 0; i < REPORTS; i++) {
        (void)send_one(UNIT, 3 + i, 1);
    }
    turn();
    ck_assert_uint_eq(tally_store_counters(server.tally)->commands, commands + 1);
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    ck_assert_uint_eq(server_count(&server, STATUS_ACCEPTED), 2 + REPORTS);
    ck_assert_uint_eq(commits(), 3);
    server_stop(&server);
}

/* What was gathered first goes out first, and what is beyond the bound waits for the next. */
TEST(a_full_commit_leaves_what_is_beyond_for_the_next)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 1), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(ELSEWHERE, 1, 1), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_signal(&store.redis, SIGSTOP);
    (void)send_one(UNIT, 2, 1);
    turn();
    for (int32_t i = 0; i < TALLY_COMMIT_LINES_MAX; i++) {
        (void)send_one(UNIT, 3 + i, 1);
    }
    (void)send_one(ELSEWHERE, 2, 2);
    turn();
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    ck_assert_uint_eq(server_count(&server, STATUS_ACCEPTED), 2 + 1 + TALLY_COMMIT_LINES_MAX + 1);
    ck_assert_uint_eq(commits(), 5);
    server_stop(&server);
}

/* ---- what a unit may store ---- */

TEST(a_unit_may_store_so_many_a_minute)
{
    start(3);
    for (int32_t seq = 1; seq <= 3; seq++) {
        expect(ask(UNIT, seq, seq), STATUS_ACCEPTED, CODE_NONE);
    }
    expect(ask(UNIT, 4, 4), STATUS_REJECTED, CODE_TOO_MANY);
    expect(ask(UNIT, 3, 3), STATUS_DUPLICATE, CODE_NONE); /* what stands is told */
    expect(ask(UNIT, 4, 4), STATUS_REJECTED, CODE_TOO_MANY);
    expect(ask(NEIGHBOUR, 1, 1), STATUS_ACCEPTED, CODE_NONE); /* it is nobody else's account */
    expect_text(&store, "4", "HGET " TOTALS " revision");
    server_stop(&server);
}

TEST(what_is_held_is_stored_too)
{
    store.election.rules.modes[RULE_OVER_ROLL] = MODE_HOLD;
    start(2);
    expect(ask(UNIT, 1, 41), STATUS_HELD, CODE_VOTED_EXCEEDS_REGISTERED);
    expect(ask(UNIT, 2, 42), STATUS_HELD, CODE_VOTED_EXCEEDS_REGISTERED);
    expect(ask(UNIT, 3, 43), STATUS_REJECTED, CODE_TOO_MANY);
    expect(ask(UNIT, 1, 41), STATUS_HELD, CODE_VOTED_EXCEEDS_REGISTERED);
    server_stop(&server);
}

/* Rejected, a duplicate, superseded, or refused by Redis: nothing is stored, and it costs nothing. */
TEST(what_is_not_stored_costs_nothing)
{
    start(2);
    expect(ask(UNIT, 5, 5), STATUS_ACCEPTED, CODE_NONE);
    for (int i = 0; i < 10; i++) {
        expect(ask(UNIT, 5, 5), STATUS_DUPLICATE, CODE_NONE);
        expect(ask(UNIT, 5, 6), STATUS_REJECTED, CODE_SEQ_CONFLICT);
        expect(ask(UNIT, 4, 4), STATUS_SUPERSEDED, CODE_NONE);
        expect(ask(UNIT, 6, 41), STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED);
    }
    redis_fixture_run(&store.redis, "HSET " TOTALS " voted 9007199254740991");
    for (int i = 0; i < 10; i++) {
        expect(ask(UNIT, 6, 6), STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE);
    }
    redis_fixture_run(&store.redis, "HSET " TOTALS " voted 5");
    expect(ask(UNIT, 6, 6), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(UNIT, 7, 7), STATUS_REJECTED, CODE_TOO_MANY);
    server_stop(&server);
}

/* ---- what changes behind its back ---- */

/* Units hear of it, too. */
static void set_phase(const char *phase)
{
    redis_fixture_run(&store.redis, "HSET " TOTALS " phase %s", phase);
    rehearses = false;
}

TEST(a_report_counts_in_its_own_kind_of_phase_alone)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    rehearses = false;
    expect(ask(UNIT, 1, 5), STATUS_REJECTED, CODE_NOT_OPEN);
    expect(ask(UNIT, 2, 6), STATUS_REJECTED, CODE_NOT_OPEN);
    set_phase("open");
    expect(ask(UNIT, 2, 6), STATUS_ACCEPTED, CODE_NONE);
    rehearses = true;
    expect(ask(UNIT, 3, 7), STATUS_REJECTED, CODE_TEST_REPORT);
    set_phase("closed");
    rehearses = true;
    expect(ask(UNIT, 3, 7), STATUS_REJECTED, CODE_CLOSED);
    expect_text(&store, "2", "HGET " TOTALS " revision");
    server_stop(&server);
}

TEST(a_report_that_comes_after_the_closing_is_not_counted)
{
    set_phase("open");
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    set_phase("closed");
    expect(ask(UNIT, 2, 6), STATUS_REJECTED, CODE_CLOSED);
    expect(ask(UNIT, 1, 5), STATUS_DUPLICATE, CODE_NONE);
    expect_text(&store, "1", "HGET " TOTALS " revision");
    server_stop(&server);
}

/* What was gathered while the commit was in flight that learns of the change, of another commune. */
TEST(what_was_gathered_before_the_closing_is_not_counted)
{
    set_phase("open");
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(ELSEWHERE, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    set_phase("closed");
    redis_fixture_signal(&store.redis, SIGSTOP);
    const struct server_answer *in_flight = send_one(UNIT, 2, 6);
    turn();
    const struct server_answer *gathered = send_one(ELSEWHERE, 2, 6);
    turn();
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    expect(in_flight, STATUS_REJECTED, CODE_CLOSED);
    expect(gathered, STATUS_REJECTED, CODE_CLOSED);
    expect_text(&store, "2", "HGET " TOTALS " revision");
    server_stop(&server);
}

TEST(what_was_gathered_in_the_rehearsal_is_not_counted_for_the_election)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    expect(ask(ELSEWHERE, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    set_phase("open");
    rehearses = true;
    redis_fixture_signal(&store.redis, SIGSTOP);
    const struct server_answer *in_flight = send_one(UNIT, 2, 6);
    turn();
    const struct server_answer *gathered = send_one(ELSEWHERE, 2, 6);
    turn();
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    expect(in_flight, STATUS_REJECTED, CODE_TEST_REPORT);
    expect(gathered, STATUS_REJECTED, CODE_TEST_REPORT);
    expect_text(&store, "2", "HGET " TOTALS " revision");
    server_stop(&server);
}

TEST(an_opening_is_heard_of)
{
    set_phase("closed");
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_REJECTED, CODE_CLOSED);
    set_phase("open");
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    server_stop(&server);
}

TEST(another_generation_is_told_with_the_answer)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_run(&store.redis, "HSET " TOTALS " generation another");
    const struct server_answer *answer = ask(UNIT, 2, 6);
    expect(answer, STATUS_ACCEPTED, CODE_NONE);
    ck_assert_str_eq(answer->generation, "another");
    server_stop(&server);
}

TEST(under_another_register_nothing_is_decided)
{
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    redis_fixture_run(&store.redis,
                      "HSET " TOTALS
                      " digest 0202020202020202020202020202020202020202020202020202020202020202");
    expect(ask(UNIT, 2, 6), STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE);
    expect(ask(ELSEWHERE, 1, 5), STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE);
    expect_text(&store, "1", "HGET " TOTALS " revision");
    server_stop(&server);
}

TEST(a_commune_that_cannot_be_read_keeps_only_itself_out)
{
    redis_fixture_run(&store.redis, "HSET " COMMUNES " 01.1 x");
    start(SERVER_REPORTS_PER_MINUTE);
    expect(ask(UNIT, 1, 5), STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE);
    expect(ask(ELSEWHERE, 1, 5), STATUS_ACCEPTED, CODE_NONE);
    server_stop(&server);
}

/* ---- no end of trying ---- */

static const char *const liars[] = {
    "return {'done', ''}",
    "return {'ground', args[1], args[2], args[3]}",
};

/* A Redis by which a commune is always another than it was just loaded as, or which is always on another ground. */
LOOP_TEST(after_so_many_tries_it_is_unavailable, COUNT(liars))
{
    start(SERVER_REPORTS_PER_MINUTE);
    server_spoil_commits(&store, liars[_i]);
    uint64_t commands = tally_store_counters(server.tally)->commands;
    expect(ask(UNIT, 1, 5), STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE);
    ck_assert_uint_eq(tally_store_counters(server.tally)->commands, commands + 2 * TALLY_TRIES_MAX);
    server_stop(&server);
}

SUITE("tally");
