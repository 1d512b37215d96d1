/* HOST:PORT, good and bad. */
#include <turnout/base/host_port.h>

#include <string.h>

#include <check.h>

#include "suite.h"

static const struct {
    const char *text;
    const char *host; /* NULL: bad */
    uint16_t port;
} cases[] = {
    {"127.0.0.1:7070", "127.0.0.1", 7070},
    {"localhost:1", "localhost", 1},
    {"[::1]:65535", "::1", 65535},
    {"127.0.0.1", NULL, 0},
    {"127.0.0.1:", NULL, 0},
    {"127.0.0.1:0", NULL, 0},
    {"127.0.0.1:65536", NULL, 0},
    {"127.0.0.1:http", NULL, 0},
    {":7070", NULL, 0},
    {"[]:7070", NULL, 0},
    {"::1:7070", NULL, 0},
    {"", NULL, 0},
};

LOOP_TEST(addresses_have_host_and_port, COUNT(cases))
{
    struct host_port address = {.port = 99};
    ck_assert_msg(host_port_parse(slice_of(cases[_i].text), &address) == (cases[_i].host != NULL), "`%s`",
                  cases[_i].text);
    if (cases[_i].host != NULL) {
        ck_assert_str_eq(address.host, cases[_i].host);
        ck_assert_uint_eq(address.port, cases[_i].port);
    }
}

TEST(a_host_may_be_as_long_as_allowed)
{
    char text[HOST_BYTES + 8];
    struct host_port address;
    for (size_t length = HOST_BYTES - 1; length <= HOST_BYTES; length++) {
        memset(text, 'h', length);
        memcpy(text + length, ":1", sizeof ":1");
        ck_assert(host_port_parse(slice_of(text), &address) == (length < HOST_BYTES));
    }
}

SUITE("host_port");
