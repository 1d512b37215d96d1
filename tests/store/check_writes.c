/* What is written beside the count: the tally lends it the link, and answers it exactly once. */
#include <check.h>
#include <signal.h>

#include <turnout/service/gate.h>
#include <turnout/store/commit.h>

#include "expect_redis.h"
#include "servers.h"
#include "suite.h"

#define META "turnout:{e-1}:meta"

static struct store_fixture store;
static struct server server;
static struct gate gate;

/* Settles, as it is the smallest write. */
struct small_write {
    struct write_message write;
    bool is_begun;
    bool is_written;
};

static struct small_write wanted;

static void on_settled(void *context, enum turnout_error error, const char *why)
{
    tally_written(context, error, why);
}

static void begin(struct write_message *write, struct store *link)
{
    ((struct small_write *)write)->is_begun = true;
    store_settle(link, 1, on_settled, write);
}

static void on_written(struct write_message *write)
{
    struct small_write *written = (struct small_write *)write;
    ck_assert(!written->is_written);
    written->is_written = true;
}

static void setup(void)
{
    store_fixture_begin(&store);
    store_fixture_disconnect(&store);
    gate = (struct gate){.inspected = 1}; /* the first link is as good as looked at */
    server_start_behind(&server, &store, SERVER_REPORTS_PER_MINUTE, &gate, NULL);
    wanted = (struct small_write){.write = {.message = {.kind = MESSAGE_WRITE, .reg = store.reg},
                                            .begin = begin,
                                            .on_written = on_written}};
}

static void teardown(void)
{
    store_fixture_end(&store);
}

static void expect_refused(void)
{
    tally_take(server.tally, &wanted.write.message);
    ck_assert(wanted.is_written && !wanted.is_begun);
    ck_assert_int_eq(wanted.write.error, TURNOUT_UNAVAILABLE);
    ck_assert(!tally_is_writing(server.tally));
    server_stop(&server);
}

FIXTURE(setup, teardown);

TEST(it_has_the_link_until_it_is_written)
{
    tally_take(server.tally, &wanted.write.message);
    ck_assert(wanted.is_begun && !wanted.is_written);
    ck_assert(tally_is_writing(server.tally));
    store_fixture_run_until(&store, &wanted.is_written);
    ck_assert(!tally_is_writing(server.tally));
    ck_assert_int_eq(wanted.write.error, TURNOUT_OK);
    expect_text(&store, "1", "HGET " META " settled");
    server_stop(&server);
}

/* As a change of the register shuts it. */
TEST(a_gate_that_is_shut_meanwhile_takes_nothing_back)
{
    tally_take(server.tally, &wanted.write.message);
    atomic_store(&gate.why, "shut");
    store_fixture_run_until(&store, &wanted.is_written);
    ck_assert_int_eq(wanted.write.error, TURNOUT_OK);
    server_stop(&server);
}

TEST(behind_a_gate_that_is_shut_nothing_is_begun)
{
    atomic_store(&gate.why, "shut");
    expect_refused();
    ck_assert_str_eq(wanted.write.why, "shut");
}

TEST(of_another_register_nothing_is_begun)
{
    wanted.write.message.reg = NULL;
    expect_refused();
}

TEST(at_the_end_it_is_answered)
{
    redis_fixture_signal(&store.redis, SIGSTOP);
    tally_take(server.tally, &wanted.write.message);
    server_stop(&server);
    ck_assert(wanted.is_begun && wanted.is_written);
    ck_assert_int_eq(wanted.write.error, TURNOUT_UNAVAILABLE);
    redis_fixture_signal(&store.redis, SIGCONT);
}

SUITE("writes");
