/* Values of options at their bounds, and what is said about the bad ones. */
#include <check.h>

#include "command_options.h"
#include "suite.h"

struct number_case {
    const char *value;
    bool good;
    uint64_t number;
};

static const struct number_case number_cases[] = {
    {"1", true, 1},    {"50", true, 50},  {"007", true, 7},
    {"0", false, 0},   {"51", false, 0},  {"", false, 0},
    {"-1", false, 0},  {"+1", false, 0},  {" 1", false, 0},
    {"1 ", false, 0},  {"1.0", false, 0}, {"0x1", false, 0},
    {"1e1", false, 0}, {"ten", false, 0}, {"18446744073709551617", false, 0},
};

LOOP_TEST(numbers_are_bounded, COUNT(number_cases))
{
    const struct number_case *c = &number_cases[_i];
    uint64_t number = 99;
    ck_assert_msg(option_number("--n", c->value, 1, 50, &number) == c->good, "`%s`", c->value);
    ck_assert_uint_eq(number, c->good ? c->number : 99);
}

struct address_case {
    const char *value;
    const char *host; /* NULL: bad */
    uint16_t port;
};

static const struct address_case address_cases[] = {
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

LOOP_TEST(addresses_have_host_and_port, COUNT(address_cases))
{
    const struct address_case *c = &address_cases[_i];
    struct host_port address = {0};
    ck_assert_msg(option_host_port("--stream", c->value, &address) == (c->host != NULL), "`%s`", c->value);
    if (c->host != NULL) {
        ck_assert_str_eq(address.host, c->host);
        ck_assert_uint_eq(address.port, c->port);
    }
}

TEST(codes_are_codes)
{
    char code[AREA_CODE_BYTES];
    ck_assert(option_code("--unit", "00004-001", code));
    ck_assert_str_eq(code, "00004-001");
    ck_assert(option_code("--unit", "12345678901234567890123456789012", code));
    ck_assert(!option_code("--unit", "123456789012345678901234567890123", code));
    ck_assert(!option_code("--unit", "", code));
    ck_assert(!option_code("--unit", "a b", code));
}

TEST(a_bad_command_line_is_usage)
{
    ck_assert_int_eq(usage_error("turnout x", "no %s", "y"), EXIT_USAGE);
}

SUITE("command_options");
