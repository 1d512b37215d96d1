/* A tally behind a gate: while it is shut nothing is acknowledged, nothing waits for it, and what was sent counts
 * once. */
#include <turnout/service/gate.h>
#include <turnout/service/health.h>

#include <signal.h>

#include <check.h>

#include "expect_redis.h"
#include "servers.h"
#include "suite.h"

enum { UNIT = 0, ANSWERED_WITHIN_MS = 2000, PUBLISH_MS = 500 };

static const char why[] = "somebody has shut it";

static struct store_fixture store;
static struct server server;
static struct gate gate;
static struct health *health;

static void begin(void)
{
    store_fixture_begin(&store);
    store_fixture_disconnect(&store);
    gate = (struct gate){.inspected = 1}; /* the first link is as good as looked at */
    health = health_new(&(struct health_options){.election = &store.election, .publish_ms = PUBLISH_MS});
    for (int i = 0; i < HEALTH_FINDINGS; i++) {
        if (i != HEALTH_TALLY_LINK && i != HEALTH_WRITES) {
            health_post(health, (enum health_finding)i, true, "");
        }
    }
    health_note_phase(health, PHASE_OPEN);
    health_note_publication(health);
    server_start_behind(&server, &store, SERVER_REPORTS_PER_MINUTE, &gate, health);
}

static void end(void)
{
    server_stop(&server);
    health_free(health);
    store_fixture_end(&store);
}

/* As far as the tally has posted. */
static bool is_ready(void)
{
    health_note_figures(health, clock_monotonic_ms());
    health_evaluate(health, clock_wall_ms(), clock_monotonic_ms());
    return health_is_ready(health);
}

static const struct server_answer *send_one(int32_t seq)
{
    struct report report = store_fixture_report(&store, UNIT, seq, seq);
    return server_send(&server, UNIT, &report);
}

static enum report_status ask(int32_t seq)
{
    const struct server_answer *answer = send_one(seq);
    server_await(&server);
    return answer->outcome.status;
}

/* Once the tally has noticed that it is shut. */
static void open_again(void)
{
    server_run_until(&server, &server.times_down, 1);
    uint32_t times_up = server.times_up;
    atomic_store(&gate.why, NULL);
    server_run_until(&server, &server.times_up, times_up + 1);
}

static void shut(void)
{
    atomic_store(&gate.why, why);
}

FIXTURE(begin, end);

TEST(while_it_is_shut_nothing_is_taken)
{
    ck_assert_int_eq(ask(1), STATUS_ACCEPTED);
    shut();
    ck_assert_int_eq(ask(2), STATUS_UNAVAILABLE);
    ck_assert_int_eq(ask(1), STATUS_UNAVAILABLE); /* a duplicate would be a promise, too */
    ck_assert_int_eq(ask(2), STATUS_UNAVAILABLE);
    open_again();
    ck_assert_int_eq(ask(2), STATUS_ACCEPTED);
    ck_assert_int_eq(ask(2), STATUS_DUPLICATE);
}

/* It was decided, and waits for a commit that is not sent any more. */
TEST(what_was_gathered_is_answered)
{
    ck_assert_int_eq(ask(1), STATUS_ACCEPTED);
    const struct server_answer *answer = send_one(2);
    shut();
    int64_t begun_ms = clock_monotonic_ms();
    server_await(&server);
    ck_assert_int_eq(answer->outcome.status, STATUS_UNAVAILABLE);
    ck_assert_int_lt(clock_monotonic_ms() - begun_ms, ANSWERED_WITHIN_MS);
    open_again();
    ck_assert_int_eq(ask(2), STATUS_ACCEPTED);
}

/* It may be written, but nobody knows whether it will be there. */
TEST(what_is_in_flight_is_not_acknowledged)
{
    ck_assert_int_eq(ask(1), STATUS_ACCEPTED);
    const struct server_answer *answer = send_one(2);
    tally_end_turn(server.tally);
    shut();
    server_await(&server);
    ck_assert_int_eq(answer->outcome.status, STATUS_UNAVAILABLE);
    open_again();
    ck_assert_int_eq(ask(2), STATUS_DUPLICATE);
}

/* What is behind it may be another Redis. */
TEST(a_new_link_shuts_it_until_it_was_looked_at)
{
    ck_assert_int_eq(ask(1), STATUS_ACCEPTED);
    uint32_t times_up = server.times_up;
    redis_fixture_signal(&store.redis, SIGKILL);
    redis_fixture_restart(&store.redis);
    while (atomic_load(&gate.links) < 2) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
    ck_assert_ptr_nonnull(gate_shut_why(&gate));
    ck_assert(!is_ready());
    ck_assert_int_eq(ask(2), STATUS_UNAVAILABLE);
    ck_assert(!is_ready());
    atomic_store(&gate.inspected, 2);
    ck_assert_int_eq(ask(1), STATUS_UNAVAILABLE); /* it stands, but nothing was written on this link yet */
    server_run_until(&server, &server.times_up, times_up + 1);
    ck_assert(is_ready());
    ck_assert_int_eq(ask(2), STATUS_ACCEPTED);
}

/* What is written before it opens again says nothing of what may be acknowledged. */
TEST(a_write_while_it_is_shut_does_not_make_ready)
{
    ck_assert_int_eq(ask(1), STATUS_ACCEPTED);
    ck_assert(is_ready());
    shut();
    server_run_until(&server, &server.times_down, 1);
    ck_assert(!is_ready());
    open_again();
    ck_assert(is_ready());
}

SUITE("gate");
