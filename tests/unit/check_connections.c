/* Connections from one address: which of them gives way, on a loop of several, as turnoutd's threads have them. */
#include "served_peers.h"
#include "suite.h"

enum { LOOPS = 2, SHARE = 4 };

static const struct http_route routes[] = {{HTTP_GET, "/", answer_at_once}};
static const struct http_service service = {
    .routes = routes, .route_count = 1, .is_public = true, .counters = &counters};
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

/* Whatever address each of them is from. */
TEST(when_all_places_are_taken_the_quietest_goes)
{
    static const char *const addresses[SHARE] = {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"};
    int all[SHARE];
    struct connections *few = connections_new(base, SHARE, SHARE, peers, &counters);
    connections = few;
    for (int i = 0; i < SHARE; i++) {
        all[i] = connect_peer(addresses[i]);
    }
    expect_answered(all[0]);
    int unit = connect_peer("127.0.0.6");
    expect_ended(all[1]);
    ck_assert_uint_eq(connections_count(few), SHARE);
    expect_answered(unit);
    expect_answered(all[0]);
    for (int i = 0; i < SHARE; i++) {
        ck_assert_int_eq(close(all[i]), 0);
    }
    ck_assert_int_eq(close(unit), 0);
    connections_free(few);
}

SUITE("connections");
