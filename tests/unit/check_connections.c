/* Connections from one address: which of them gives way, on a loop of several, as turnoutd's threads have them. */
#include "served_peers.h"
#include "suite.h"

enum { LOOPS = 2, SHARE = 4 };

static struct http_exchange *owed[SHARE]; /* an answer */
static int owed_count;

static void answer_later(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)context;
    (void)request;
    (void)segment;
    (void)body;
    http_answer_later(exchange);
    owed[owed_count++] = exchange;
}

static const struct http_route routes[] = {{HTTP_GET, "/", answer_at_once},
                                           {HTTP_GET, "/later", answer_later}};
static const struct http_service service = {
    .routes = routes, .route_count = COUNT(routes), .is_public = true, .counters = &counters};
static struct connections *loops[LOOPS];
static int crowd[SHARE];

static void set_up(void)
{
    serve_begin(&service);
    connections_free(connections);
    for (int i = 0; i < LOOPS; i++) {
        loops[i] = connections_new(base, CONNECTIONS_MAX, SHARE, peers, &counters);
    }
    connections = loops[0];
    for (int i = 0; i < SHARE; i++) {
        crowd[i] = connect_peer(here);
    }
}

static void tear_down(void)
{
    for (int i = 0; i < SHARE; i++) {
        ck_assert_int_eq(close(crowd[i]), 0);
    }
    connections_free(loops[1]);
    connections = loops[0];
    serve_end();
}

FIXTURE(set_up, tear_down);

static void expect_answered(int peer)
{
    say(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_heard(peer, "204");
}

static void expect_ended(int peer)
{
    char byte;
    ck_assert_int_eq(recv(peer, &byte, 1, MSG_DONTWAIT), 0);
}

/* Which loop gets a connection depends on its port, which the peer chooses. */
TEST(who_crowds_one_loop_keeps_nobody_out_of_another)
{
    connections = loops[1];
    int unit = connect_peer(here);
    expect_answered(unit);
    ck_assert_int_eq(close(unit), 0);
}

/* Nobody keeps others out by what it has shown. A unit has enough good reports for many connections. */
TEST(newcomers_give_way_first_and_then_the_quietest)
{
    int units[SHARE];
    for (int i = 0; i < SHARE; i++) {
        units[i] = connect_peer(here);
        expect_ended(crowd[i]);
        visit_note_success(connection_visit(newest));
        expect_answered(units[i]);
    }
    expect_answered(units[0]);
    int unit = connect_peer(here);
    expect_ended(units[1]);
    int newcomer = connect_peer(here);
    expect_ended(unit);
    expect_answered(newcomer);
    expect_answered(units[0]);
    expect_answered(units[2]);
    expect_answered(units[3]);
    for (int i = 0; i < SHARE; i++) {
        ck_assert_int_eq(close(units[i]), 0);
    }
    ck_assert_int_eq(close(unit), 0);
    ck_assert_int_eq(close(newcomer), 0);
}

/* Other addresses are not concerned. */
TEST(who_comes_from_elsewhere_ends_nobody)
{
    int unit = connect_peer("127.0.0.2");
    expect_answered(unit);
    for (int i = 0; i < SHARE; i++) {
        expect_answered(crowd[i]);
    }
    ck_assert_int_eq(close(unit), 0);
}

CASE("a full loop");

static int all[SHARE];

static void fill(void)
{
    static const char *const addresses[SHARE] = {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"};
    serve_begin(&service);
    connections_free(connections);
    connections = connections_new(base, SHARE, SHARE, peers, &counters);
    for (int i = 0; i < SHARE; i++) {
        all[i] = connect_peer(addresses[i]);
    }
}

static void empty(void)
{
    for (int i = 0; i < SHARE; i++) {
        ck_assert_int_eq(close(all[i]), 0);
    }
    serve_end();
}

FIXTURE(fill, empty);

TEST(the_quietest_of_all_goes)
{
    expect_answered(all[0]);
    int unit = connect_peer(here);
    expect_ended(all[1]);
    ck_assert_uint_eq(connections_count(connections), SHARE);
    expect_answered(unit);
    expect_answered(all[0]);
    ck_assert_int_eq(close(unit), 0);
}

TEST(nobody_goes_who_is_owed_an_answer)
{
    for (int i = 0; i < SHARE; i++) {
        say(all[i], "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    while (owed_count < SHARE) {
        turn_once();
    }
    int unit = try_peer(here);
    ck_assert_ptr_null(newest);
    expect_ended(unit);
    for (int i = 0; i < SHARE; i++) {
        http_answer(owed[i], &(struct http_answer){.status = 204});
        expect_heard(all[i], "204");
    }
    ck_assert_int_eq(close(unit), 0);
}

SUITE("connections");
