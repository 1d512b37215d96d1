/* Decisions about held reports in a real Redis: each is made once, whoever presses, and log and ledger say so. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "held_reports.h"
#include "servers.h"
#include "suite.h"

static struct store_fixture store;

static void begin(void)
{
    held_begin(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* Nothing of the unit waits. */
static void expect_none_waits(void)
{
    expect_integer(&store, 0, "EXISTS " HELD " " WAITING);
}

FIXTURE(begin, end);
TIMEOUT(60);

TEST(test_released_it_counts_once)
{
    struct report sent = held_one(&store);
    held_decide(&store, 2, true, DECIDED_RELEASED, HELD_RELEASED);
    held_expect_totals(&store, "9", "0", "3");
    expect_none_waits();
    held_decide(&store, 2, true, DECIDED_BEFORE, HELD_RELEASED);
    held_decide(&store, 2, false, DECIDED_BEFORE, HELD_RELEASED);
    held_expect_totals(&store, "9", "0", "3");
    (void)held_apply(&store, &sent, STATUS_DUPLICATE);
    held_expect_totals(&store, "9", "0", "3");
    expect_log(&store, LOG,
               "01.1 01.1-001 1 10 accepted 0   \n"
               "01.1 01.1-001 2 9 held 10 correction  \n"
               "01.1 01.1-001 2 9 released 10  token:q7-Zt_0a hỏi qua điện thoại\n");
    expect_ledger(&store, LEDGER,
                  "1773600000000 correction 01.1-001 2 10 9 mistyped\n"
                  "1773600000000 released 01.1-001 2 10 9 hỏi qua điện thoại\n");
}

TEST(test_rejected_it_never_counts)
{
    struct report sent = held_one(&store);
    held_decide(&store, 2, false, DECIDED_REJECTED, HELD_REJECTED);
    held_expect_totals(&store, "10", "0", "3");
    held_decide(&store, 2, true, DECIDED_BEFORE, HELD_REJECTED);
    struct report_outcome outcome = held_apply(&store, &sent, STATUS_REJECTED);
    ck_assert_int_eq(outcome.code, CODE_CORRECTION);
    ck_assert(outcome.by_committee);
    struct report other = held_correction(&store, 2, 8);
    outcome = held_apply(&store, &other, STATUS_REJECTED);
    ck_assert_int_eq(outcome.code, CODE_SEQ_CONFLICT);
    ck_assert(!outcome.by_committee);
    ck_assert_int_eq(outcome.next_seq, 3);
    held_expect_totals(&store, "10", "0", "3");
    expect_ledger(&store, LEDGER, "1773600000000 rejected 01.1-001 2 10 10 hỏi qua điện thoại\n");
}

TEST(test_superseded_when_the_unit_has_gone_on)
{
    struct report sent = held_one(&store);
    struct report next = store_fixture_report(&store, UNIT, 3, 11);
    (void)held_apply(&store, &next, STATUS_ACCEPTED);
    held_decide(&store, 2, true, DECIDED_SUPERSEDED, HELD_SUPERSEDED);
    held_expect_totals(&store, "11", "0", "4");
    held_decide(&store, 2, false, DECIDED_BEFORE, HELD_SUPERSEDED);
    (void)held_apply(&store, &sent, STATUS_SUPERSEDED);
    held_expect_totals(&store, "11", "0", "4");
    expect_ledger(&store, LEDGER, "1773600000000 superseded 01.1-001 2 11 11 hỏi qua điện thoại\n");
}

/* The correction of a unit that had forgotten to move its roll. */
TEST(test_over_the_roll_it_stays_held)
{
    store_fixture_disconnect(&store);
    store.election.rules.modes[RULE_OVER_ROLL] = MODE_HOLD;
    store_fixture_connect(&store);
    struct report sent = held_correction(&store, 5, ROLL + 1);
    ck_assert_int_eq(held_apply(&store, &sent, STATUS_HELD).code, CODE_VOTED_EXCEEDS_REGISTERED);
    held_decide(&store, 5, true, DECIDED_OVER_ROLL, HELD_WAITING);
    expect_text(&store, "1", "HGET " TOTALS " held");
    expect_text(&store, "1", "HGET " TOTALS " revision");
    expect_integer(&store, 1, "ZCARD " WAITING);

    struct report grown = store_fixture_report(&store, UNIT, 1, 3);
    grown.registered = ROLL + 1;
    (void)held_apply(&store, &grown, STATUS_ACCEPTED);
    held_decide(&store, 5, true, DECIDED_RELEASED, HELD_RELEASED);
    held_expect_totals(&store, "41", "0", "3");
    expect_text(&store, "1", "HGET " TOTALS " units_complete");
    expect_ledger(&store, LEDGER,
                  "1773532800123 roll-change 01.1-001 1 40 41 \n"
                  "1773600000000 correction 01.1-001 5 3 41 mistyped\n"
                  "1773600000000 released 01.1-001 5 3 41 hỏi qua điện thoại\n");
}

TEST(test_there_is_nothing_to_decide)
{
    (void)held_one(&store);
    held_decide(&store, 1, true, DECIDED_NOT_FOUND, HELD_WAITING);
    held_decide(&store, 3, false, DECIDED_NOT_FOUND, HELD_WAITING);
    held_expect_totals(&store, "10", "1", "2");
}

/* ---- two committees at once ---- */

static void press_both(struct server *first, struct server *second, int32_t seq)
{
    struct fixture_decision decision = held_decision(seq, true);
    const struct server_answer *one = server_decide(first, &decision);
    decision.who = "token:another1";
    const struct server_answer *other = server_decide(second, &decision);
    server_await(first);
    server_await(second);
    ck_assert((one->decided == DECIDED_RELEASED && other->decided == DECIDED_BEFORE) ||
              (other->decided == DECIDED_RELEASED && one->decided == DECIDED_BEFORE));
    ck_assert_int_eq(one->state, HELD_RELEASED);
    ck_assert_int_eq(other->state, HELD_RELEASED);
}

/* Neither knows what the other does: each has loaded the commune for this decision. */
TEST(test_two_servers_at_once_count_once)
{
    enum { TIMES = 20 };
    static struct server servers[2];
    for (int32_t i = 0; i < TIMES; i++) {
        struct report report = held_correction(&store, i + 1, 1 + i % 2);
        (void)held_apply(&store, &report, STATUS_HELD);
        server_start(&servers[0], &store, SERVER_REPORTS_PER_MINUTE);
        server_start(&servers[1], &store, SERVER_REPORTS_PER_MINUTE);
        press_both(&servers[i % 2], &servers[1 - i % 2], i + 1);
        server_stop(&servers[0]);
        server_stop(&servers[1]);
        expect_text(&store, i % 2 == 0 ? "1" : "2", "HGET " TOTALS " voted");
    }
    expect_text(&store, "0", "HGET " TOTALS " held");
    expect_text(&store, "40", "HGET " TOTALS " revision");
    expect_integer(&store, TIMES, "XLEN " LEDGER);
}

/* Everything is sent while a commit is in flight, so that it is one commit: held, pressed twice, and sent again. */
TEST(test_held_and_decided_in_one_commit)
{
    static struct server server;
    struct report first = store_fixture_report(&store, UNIT, 1, 10);
    struct report before = store_fixture_report(&store, UNIT, 2, 11);
    struct report held = held_correction(&store, 3, 9);
    const struct fixture_decision decision = held_decision(3, true);
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    ck_assert_int_eq(server_ask(&server, UNIT, &first)->outcome.status, STATUS_ACCEPTED);
    redis_fixture_signal(&store.redis, SIGSTOP);
    (void)server_send(&server, UNIT, &before);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_NONBLOCK), 0);
    }
    const struct server_answer *sent = server_send(&server, UNIT, &held);
    const struct server_answer *pressed = server_decide(&server, &decision);
    const struct server_answer *pressed_again = server_decide(&server, &decision);
    const struct server_answer *sent_again = server_send(&server, UNIT, &held);
    ck_assert(!pressed->done && !pressed_again->done);
    redis_fixture_signal(&store.redis, SIGCONT);
    server_await(&server);
    ck_assert_int_eq(sent->outcome.status, STATUS_HELD);
    ck_assert_int_eq(pressed->decided, DECIDED_RELEASED);
    ck_assert_int_eq(pressed_again->decided, DECIDED_BEFORE);
    ck_assert_int_eq(pressed_again->state, HELD_RELEASED);
    ck_assert_int_eq(sent_again->outcome.status, STATUS_DUPLICATE);
    expect_none_waits();
    expect_word(&store, "released", "HGET " ASIDE " 01.1-001", 0);
    held_expect_totals(&store, "9", "0", "4");
    expect_integer(&store, 3, "XLEN " LOG);
    server_stop(&server);
}

/* The committee's list is read from Redis, so it may ask for what its server has not heard of. */
TEST(test_what_another_server_holds_can_be_decided)
{
    static struct server server;
    server_start(&server, &store, SERVER_REPORTS_PER_MINUTE);
    struct report report = store_fixture_report(&store, UNIT, 1, 10);
    ck_assert_int_eq(server_ask(&server, UNIT, &report)->outcome.status, STATUS_ACCEPTED);
    report = held_correction(&store, 2, 9);
    (void)held_apply(&store, &report, STATUS_HELD);
    struct fixture_decision decision = held_decision(2, true);
    const struct server_answer *answer = server_decide(&server, &decision);
    server_await(&server);
    ck_assert_int_eq(answer->decided, DECIDED_RELEASED);
    server_stop(&server);
}

/* ---- faults ---- */

static const char *const spoils[] = {
    "SET " LEDGER " x", "HSET " TOTALS " held 0", "HDEL " TOTALS " generation", "HDEL " COMMUNES " 01.1",
    "DEL " TOTALS,
};

LOOP_TEST(test_a_decision_that_cannot_be_written_writes_nothing, COUNT(spoils))
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    (void)held_one(&store);
    redis_fixture_run(&store.redis, spoils[_i]);
    redis_fixture_digest(&store.redis, before);
    held_decide(&store, 2, true, DECIDED_UNSOUND, HELD_WAITING);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
}

SUITE("decided");
