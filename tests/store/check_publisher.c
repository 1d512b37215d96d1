/* What a publisher shows in each publication mode, on a real Redis and with an election whose next round is near. */
#include <string.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/service/publisher.h>

#include "store_fixture.h"
#include "suite.h"

enum { PERIOD_MS = 20, ROUND_IN_S = 5 }; /* a busy machine takes a second before it */

static struct store_fixture store;
static atomic_bool is_durable = true;
static unsigned char signing_pair[SIGNING_PAIR_BYTES];
static struct publisher *publisher;

/* The last publication. */
static struct {
    bool withheld;
    bool test;
    int64_t voted;
    int64_t generated_at;
    int64_t shown_ms; /* wall clock */
    uint64_t times;
    char mode[8];
    char durability[8];
} shown;

static struct {
    int64_t voted;
    const char *mode;
    bool done;
} awaited;

static void on_published(void *context, struct publication *publication)
{
    (void)context;
    const struct figures *figures = publication_figures(publication);
    shown.withheld = figures->areas[REGISTER_NATION].withheld;
    shown.test = figures->test;
    shown.voted = figures->areas[REGISTER_NATION].totals.voted;
    shown.generated_at = figures->generated_at;
    shown.shown_ms = clock_wall_ms();
    shown.times++;
    ck_assert(slice_copy(slice_of(figures->publication), shown.mode, sizeof shown.mode));
    ck_assert(slice_copy(slice_of(figures->durability), shown.durability, sizeof shown.durability));
    if (awaited.mode != NULL && shown.voted == awaited.voted && strcmp(shown.mode, awaited.mode) == 0) {
        awaited.done = true;
    }
}

static void wait_shown(int64_t voted, const char *mode)
{
    awaited.voted = voted;
    awaited.mode = mode;
    awaited.done = shown.voted == voted && strcmp(shown.mode, mode) == 0;
    store_fixture_run_until(&store, &awaited.done);
}

static void start_publisher(void)
{
    memset(&shown, 0, sizeof shown);
    publisher = publisher_new(store.base,
                              &(struct publisher_options){.election = &store.election,
                                                          .reg = store.reg,
                                                          .store = store.store,
                                                          .period_ms = PERIOD_MS,
                                                          .is_durable = &is_durable,
                                                          .signing_pair = signing_pair},
                              on_published, NULL);
    publisher_start(publisher);
}

static void setup(void)
{
    unsigned char public_key[PUBLIC_KEY_BYTES];
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(crypto_sign_keypair(public_key, signing_pair), 0);
    store_fixture_begin(&store);
    store.election.rounds[0] = clock_wall_ms() / 1000 + ROUND_IN_S;
    store.election.round_count = 1;
    start_publisher();
}

static void teardown(void)
{
    store_free(store.store);
    store.store = NULL;
    publisher_free(publisher);
    store_fixture_end(&store);
}

static void report(int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, 0, seq, voted);
    struct report_outcome result;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
}

static void set_mode(const char *mode)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta publication %s", mode);
}

/* Long enough for several readings. */
static void run_for_a_while(void)
{
    uint64_t enough = publisher_counters(publisher)->readings + 5;
    while (publisher_counters(publisher)->readings < enough) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
}

FIXTURE(setup, teardown);

TEST(rounds_shows_what_a_round_brought)
{
    report(1, 10);
    wait_shown(10, "live");
    set_mode("rounds");
    wait_shown(10, "rounds");
    int64_t generated_at = shown.generated_at;
    report(2, 20);
    run_for_a_while();
    if (clock_wall_ms() / 1000 < store.election.rounds[0]) {
        ck_assert_int_eq(shown.voted, 10);
        ck_assert_int_eq(shown.generated_at, generated_at);
    }
    wait_shown(20, "rounds");
    ck_assert_int_ge(shown.shown_ms, store.election.rounds[0] * 1000);

    /* There is no further round. */
    report(3, 30);
    run_for_a_while();
    ck_assert_int_eq(shown.voted, 20);
}

TEST(hold_stands_until_it_is_live_again)
{
    report(1, 10);
    wait_shown(10, "live");
    set_mode("hold");
    wait_shown(10, "hold");
    int64_t generated_at = shown.generated_at;
    report(2, 20);
    run_for_a_while();
    ck_assert_int_eq(shown.voted, 10);
    ck_assert_int_eq(shown.generated_at, generated_at);
    set_mode("live");
    wait_shown(20, "live");
    ck_assert(!shown.withheld);
}

TEST(without_anything_older_figures_are_withheld)
{
    report(1, 10);
    wait_shown(10, "live");
    set_mode("rounds");
    store_fixture_disconnect(&store);
    publisher_free(publisher);
    store_fixture_connect(&store);
    start_publisher();
    wait_shown(0, "rounds");
    ck_assert(shown.withheld);
    wait_shown(10, "rounds"); /* the round has passed */
    ck_assert(!shown.withheld);
    ck_assert_int_ge(shown.shown_ms, store.election.rounds[0] * 1000);
}

/* What the rehearsal counted is not shown for the election, not even when the figures stand still. */
TEST(the_phase_ends_what_is_held)
{
    report(1, 10);
    wait_shown(10, "live");
    set_mode("hold");
    wait_shown(10, "hold");
    ck_assert(shown.test);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta phase open");
    wait_shown(0, "hold");
    ck_assert(shown.withheld);
    ck_assert(!shown.test);
}

/* ---- readings ---- */

TEST(lost_durability_is_shown_though_nothing_has_moved)
{
    report(1, 10);
    wait_shown(10, "live");
    run_for_a_while();
    ck_assert_str_eq(shown.durability, "strict");
    atomic_store(&is_durable, false);
    run_for_a_while();
    ck_assert_str_eq(shown.durability, "relaxed");
    atomic_store(&is_durable, true);
}

/* Readers would be sent the same again and again. */
TEST(what_has_not_moved_is_not_shown_again)
{
    report(1, 10);
    wait_shown(10, "live");
    run_for_a_while(); /* the first report is told as a milestone */
    uint64_t times = shown.times;
    run_for_a_while();
    ck_assert_uint_eq(shown.times, times);
}

/* What is then read of the provinces is not confirmed either. */
static const char *const spoilt[] = {"HSET turnout:{e-1}:meta phase none",
                                     "HSET turnout:{e-1}:meta generation another"};

LOOP_TEST(a_reading_that_fails_confirms_nothing, COUNT(spoilt))
{
    const struct publisher_counters *counters = publisher_counters(publisher);
    report(1, 10);
    wait_shown(10, "live");
    redis_fixture_run(&store.redis, spoilt[_i]);
    uint64_t failed = counters->readings_failed + 1; /* one may be under way */
    while (counters->readings_failed < failed) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
    uint64_t readings = counters->readings;
    while (counters->readings_failed < failed + 3) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
    ck_assert_uint_eq(counters->readings, readings);
}

/* ---- the series ---- */

/* The voters of the nation in the newest minute of the series; -1: there is none. */
static int64_t last_in_series(void)
{
    struct redisReply *reply =
        redis_fixture_command(&store.redis, "XREVRANGE turnout:{e-1}:series + - COUNT 1");
    struct slice words =
        reply->elements == 0 ? slice_of("-1") : slice_of(reply->element[0]->element[1]->element[1]->str);
    int64_t voted;
    ck_assert(text_parse_integer(text_split(&words, ' '), -1, VOTERS_MAX, &voted));
    freeReplyObject(reply);
    return voted;
}

/* Each time that a minute is written, it is what is shown. */
TEST(a_series_tells_nothing_that_is_held_back)
{
    report(1, 10);
    wait_shown(10, "live");
    set_mode("hold");
    wait_shown(10, "hold");
    report(2, 20);
    redis_fixture_run(&store.redis, "DEL turnout:{e-1}:series");
    publisher_relink(publisher); /* so that this minute is written again */
    while (last_in_series() < 0) {
        ck_assert_int_eq(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
    ck_assert_int_eq(last_in_series(), 10);
    set_mode("live");
    wait_shown(20, "live");
}

SUITE("publisher");
