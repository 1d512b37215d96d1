/* Peers: how many connections an address may have, how often it may fail, and who is heard all the same. */
#include <turnout/net/peers.h>

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "suite.h"

enum { CONNECTIONS = 3, FAILURES_MAX = 5 };

static struct peers *peers;

static void set_up(void)
{
    struct peers_options options = {.connections_per_address = CONNECTIONS,
                                    .refusals_per_minute = FAILURES_MAX};
    struct error error;
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(proxy_list_parse("192.0.2.1 2001:db8::1", &options.proxies, &error), TURNOUT_OK);
    peers = peers_new(&options);
}

static void tear_down(void)
{
    peers_free(peers);
}

static struct visit *visit_for(const char *text, enum peer_use use)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(&address, &v4, sizeof v4);
    } else {
        ck_assert_int_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        memcpy(&address, &v6, sizeof v6);
    }
    return peers_admit(peers, (const struct sockaddr *)&address, use);
}

static struct visit *visit_from(const char *text)
{
    return visit_for(text, PEER_READS);
}

static void spend_all(struct visit *visit)
{
    for (int i = 0; i < FAILURES_MAX; i++) {
        ck_assert(!visit_is_throttled(visit));
        visit_note_failure(visit);
    }
}

/* ---- connections ---- */

static const struct {
    const char *one;
    const char *other;
    bool are_one; /* for their bounds */
} pairs[] = {
    {"192.0.2.7", "192.0.2.7", true},
    {"192.0.2.7", "192.0.2.8", false},
    {"192.0.2.7", "::ffff:192.0.2.7", true},
    {"192.0.2.7", "::ffff:192.0.2.8", false},
    {"2001:db8::7", "2001:db8::8", true},
    {"2001:db8::7", "2001:db8::ffff:ffff:ffff:ffff", true},
    {"2001:db8:0:1::7", "2001:db8:0:2::7", false},
};

FIXTURE(set_up, tear_down);

LOOP_TEST(an_address_has_so_many_connections, COUNT(pairs))
{
    struct visit *visits[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        visits[i] = visit_from(pairs[_i].one);
        ck_assert(!visit_is_one_too_many(visits[i]));
    }
    struct visit *over = visit_from(pairs[_i].one);
    ck_assert(visit_is_one_too_many(over));
    ck_assert_ptr_eq(visit_peer(over), visit_peer(visits[0]));
    visit_release(over);
    struct visit *other = visit_from(pairs[_i].other);
    ck_assert_int_eq(visit_is_one_too_many(other), pairs[_i].are_one);
    ck_assert_int_eq(visit_peer(other) == visit_peer(visits[0]), pairs[_i].are_one);
    visit_release(other);

    visit_release(visits[0]);
    visits[0] = visit_from(pairs[_i].other);
    ck_assert(!visit_is_one_too_many(visits[0]));
    for (int i = 0; i < CONNECTIONS; i++) {
        visit_release(visits[i]);
    }
}

/* Those who report and those who read behind one address are not in each other's way. */
TEST(each_use_has_its_own)
{
    struct visit *visits[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        visits[i] = visit_for("192.0.2.7", PEER_REPORTS);
    }
    struct visit *reader = visit_for("192.0.2.7", PEER_READS);
    struct visit *unit = visit_for("192.0.2.7", PEER_REPORTS);
    ck_assert(!visit_is_one_too_many(reader));
    ck_assert(visit_is_one_too_many(unit));
    visit_release(reader);
    visit_release(unit);
    for (int i = 0; i < CONNECTIONS; i++) {
        visit_release(visits[i]);
    }
}

TEST(a_connection_counts_until_nobody_holds_it)
{
    struct visit *visits[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        visits[i] = visit_from("192.0.2.7");
    }
    visit_hold(visits[0]);
    visit_release(visits[0]);
    struct visit *over = visit_from("192.0.2.7");
    ck_assert(visit_is_one_too_many(over));
    visit_release(over);
    for (int i = 0; i < CONNECTIONS; i++) {
        visit_release(visits[i]);
    }
    visits[0] = visit_from("192.0.2.7");
    ck_assert(!visit_is_one_too_many(visits[0]));
    visit_release(visits[0]);
}

/* What one connection sets aside is missing to the others from there, until it gives it back. */
TEST(an_address_has_a_share_of_memory)
{
    struct visit *one = visit_from("192.0.2.7");
    struct visit *other = visit_from("192.0.2.7");
    struct visit *elsewhere = visit_from("192.0.2.8");
    ck_assert(visit_reserve(one, PEER_RESERVED_BYTES_MAX));
    ck_assert(!visit_reserve(other, 1));
    ck_assert(visit_reserve(elsewhere, PEER_RESERVED_BYTES_MAX));
    ck_assert(visit_reserve(one, PEER_RESERVED_BYTES_MAX - 1));
    ck_assert(visit_reserve(other, 1));
    ck_assert(!visit_reserve(other, 2)); /* and then it has nothing */
    ck_assert(visit_reserve(one, PEER_RESERVED_BYTES_MAX));
    visit_release(one);
    ck_assert(visit_reserve(other, PEER_RESERVED_BYTES_MAX));
    visit_release(other);
    visit_release(elsewhere);
}

static const char *const proxies[] = {"192.0.2.1", "2001:db8::1"};

LOOP_TEST(a_proxy_has_no_bounds, COUNT(proxies))
{
    struct visit *visits[2 * CONNECTIONS];
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
        visits[i] = visit_from(proxies[_i]);
        ck_assert(!visit_is_one_too_many(visits[i]));
        ck_assert(visit_reserve(visits[i], PEER_RESERVED_BYTES_MAX));
    }
    for (int i = 0; i < 100 * FAILURES_MAX; i++) {
        visit_note_failure(visits[0]);
    }
    ck_assert(!visit_is_throttled(visits[0]));
    ck_assert(!visit_is_blocked(visits[0]));
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
        visit_release(visits[i]);
    }
}

/* ---- failures ---- */

TEST(who_fails_too_often_is_not_heard)
{
    struct visit *visit = visit_from("192.0.2.7");
    ck_assert(!visit_is_blocked(visit));
    spend_all(visit);
    ck_assert(visit_is_throttled(visit));
    ck_assert(visit_is_blocked(visit));
    struct visit *other = visit_from("192.0.2.8");
    ck_assert(!visit_is_throttled(other));
    visit_release(other);
    visit_release(visit);
}

/* A neighbour behind the same address is heard: at first one report at a time, and like all once it is trusted. */
TEST(a_neighbour_is_heard_all_the_same)
{
    struct visit *attacker = visit_from("192.0.2.7");
    struct visit *before = visit_from("192.0.2.7");
    visit_note_success(before);
    spend_all(attacker);
    struct visit *after = visit_from("192.0.2.7");
    ck_assert(!visit_is_throttled(before));
    ck_assert(visit_is_throttled(after));
    ck_assert(!visit_is_blocked(after));
    visit_note_success(after);
    ck_assert(!visit_is_throttled(after));
    visit_note_failure(after);
    ck_assert(!visit_is_blocked(after));
    visit_release(attacker);
    visit_release(before);
    visit_release(after);
}

TEST(connecting_again_gives_nothing_back)
{
    struct visit *visit = visit_from("192.0.2.7");
    spend_all(visit);
    visit_release(visit);
    visit = visit_from("192.0.2.7");
    ck_assert(visit_is_throttled(visit));
    visit_release(visit);
}

/* So many addresses are remembered, and of more the one that has been away longest is forgotten. */
TEST(memory_is_bounded)
{
    for (int i = 0; i <= PEERS_REMEMBERED_MAX; i++) {
        char address[INET_ADDRSTRLEN];
        (void)snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        struct visit *visit = visit_from(address);
        spend_all(visit);
        visit_release(visit);
    }
    struct visit *first = visit_from("10.0.0.0");
    struct visit *second = visit_from("10.0.0.1");
    ck_assert(!visit_is_throttled(first));
    ck_assert(visit_is_throttled(second));
    visit_release(first);
    visit_release(second);
}

/* ---- the setting ---- */

static const struct {
    const char *text;
    enum turnout_error error;
    uint32_t count;
} lists[] = {
    {"", TURNOUT_OK, 0},
    {"  ", TURNOUT_OK, 0},
    {"127.0.0.1 ::1", TURNOUT_OK, 2},
    {" 127.0.0.1   ::1 ", TURNOUT_OK, 2},
    {"1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
     "1.1.1.1 "
     "1.1.1.1 1.1.1.1 1.1.1.1",
     TURNOUT_OK, 16},
    {"1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
     "1.1.1.1 "
     "1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1",
     TURNOUT_TOO_LARGE, 0},
    {"localhost", TURNOUT_BAD_INPUT, 0},
    {"127.0.0.1,::1", TURNOUT_BAD_INPUT, 0},
    {"127.0.0.1/8", TURNOUT_BAD_INPUT, 0},
    {"[::1]", TURNOUT_BAD_INPUT, 0},
    {"1.1.1", TURNOUT_BAD_INPUT, 0},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", TURNOUT_BAD_INPUT, 0},
};

LOOP_TEST(proxies_are_read, COUNT(lists))
{
    struct proxy_list list = {.count = 99};
    struct error error;
    enum turnout_error failed = proxy_list_parse(lists[_i].text, &list, &error);
    ck_assert_msg(failed == lists[_i].error, "'%s': %d", lists[_i].text, failed);
    ck_assert_uint_eq(list.count, failed == TURNOUT_OK ? lists[_i].count : 99);
    ck_assert(failed == TURNOUT_OK || strcmp(error.field, "proxies") == 0);
}

SUITE("peers");
