/* Under which names a listener may be asked. */
#include <turnout/net/hosts.h>

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "suite.h"

#define CASES(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const struct {
    const char *host;
    bool is_good;
} asked[] = {
    {"localhost", true},
    {"LocalHost:8081", true},
    {"127.0.0.1", true},
    {"127.0.0.1:8081", true},
    {"127.8.9.10", true},
    {"[::1]", true},
    {"[::1]:9090", true},
    {"", true}, /* it names nobody */
    {"turnout.example", true},
    {"TURNOUT.example:443", true},
    {"turnout.example:", true}, /* the usual port */
    {"203.0.113.7:8081", true},
    {"[2001:db8::7]", true},
    {"evil.example", false},
    {"localhost.evil.example", false},
    {"127.0.0.1.evil.example", false},
    {"turnout.example.evil.example", false},
    {"turnout.example::", false},
    {"turnout.example:80:80", false},
    {":8081", false},
    {"128.0.0.1", false},
    {"10.0.0.1", false},
    {"[::2]", false},
    {"::1", false}, /* no Host of HTTP */
    {"[127.0.0.1", false},
    {"0x7f.1", false},
    {"2130706433", false},
};

LOOP_TEST(loopback_and_the_list_are_good, CASES(asked))
{
    struct host_list list;
    struct error error;
    ck_assert_int_eq(host_list_parse("turnout.example 203.0.113.7  [2001:db8::7]", &list, &error),
                     TURNOUT_OK);
    ck_assert_msg(host_list_has(&list, slice_of(asked[_i].host)) == asked[_i].is_good, "%s", asked[_i].host);
}

static const struct {
    const char *host;
    const char *address;
    bool is_it;
} addresses[] = {
    {"10.0.0.1", "10.0.0.1", true},
    {"10.0.0.1:8081", "10.0.0.1", true},
    {"10.0.0.1", "::ffff:10.0.0.1", true}, /* of a listener for both */
    {"[2001:db8:0::7]:8081", "2001:db8::7", true},
    {"10.0.0.2", "10.0.0.1", false},
    {"evil.example", "10.0.0.1", false},
    {"", "10.0.0.1", false},
};

LOOP_TEST(an_address_is_itself, CASES(addresses))
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const struct sockaddr *address = (const struct sockaddr *)&v4;
    if (inet_pton(AF_INET, addresses[_i].address, &v4.sin_addr) != 1) {
        ck_assert_int_eq(inet_pton(AF_INET6, addresses[_i].address, &v6.sin6_addr), 1);
        address = (const struct sockaddr *)&v6;
    }
    ck_assert_msg(host_is_address(slice_of(addresses[_i].host), address) == addresses[_i].is_it, "%s",
                  addresses[_i].host);
}

static const struct {
    const char *text;
    enum turnout_error error;
    uint32_t count;
} lists[] = {
    {"", TURNOUT_OK, 0},
    {"  ", TURNOUT_OK, 0},
    {"a", TURNOUT_OK, 1},
    {" turnout.example   10.0.0.1 [::1] ", TURNOUT_OK, 3},
    {"a a a a a a a a a a a a a a a a", TURNOUT_OK, 16},
    {"a a a a a a a a a a a a a a a a a", TURNOUT_TOO_LARGE, 0},
    {"a:80", TURNOUT_BAD_INPUT, 0},
    {"a,b", TURNOUT_BAD_INPUT, 0},
    {"::1", TURNOUT_BAD_INPUT, 0},
    {"[::1]:80", TURNOUT_BAD_INPUT, 0},
    {"[a]", TURNOUT_BAD_INPUT, 0},
    {"http://a", TURNOUT_BAD_INPUT, 0},
    {"*.example", TURNOUT_BAD_INPUT, 0},
};

LOOP_TEST(hosts_are_read, CASES(lists))
{
    struct host_list list = {.count = 99};
    struct error error;
    enum turnout_error failed = host_list_parse(lists[_i].text, &list, &error);
    ck_assert_msg(failed == lists[_i].error, "'%s': %d", lists[_i].text, failed);
    ck_assert_uint_eq(list.count, failed == TURNOUT_OK ? lists[_i].count : 99);
    ck_assert(failed == TURNOUT_OK || strcmp(error.field, "hosts") == 0);
}

TEST(a_name_has_its_length)
{
    char name[HOST_NAME_BYTES + 1];
    struct host_list list;
    struct error error;
    memset(name, 'a', sizeof name);
    name[HOST_NAME_BYTES] = '\0';
    ck_assert_int_eq(host_list_parse(name, &list, &error), TURNOUT_BAD_INPUT);
    name[HOST_NAME_BYTES - 1] = '\0';
    ck_assert_int_eq(host_list_parse(name, &list, &error), TURNOUT_OK);
}

SUITE("hosts");
