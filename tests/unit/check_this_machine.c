/* Who is this machine, and who might be anybody. */
#include <check.h>

#include "client/this_machine.h"
#include "suite.h"

static const struct {
    const char *host;
    bool is_ours;
} hosts[] = {
    {"127.0.0.1", true},
    {"127.255.0.9", true},
    {"::1", true},
    {"[::1]", true},
    {"localhost", true},
    {"LocalHost", true},
    {"10.0.0.1", false},
    {"0.0.0.0", false},
    {"128.0.0.1", false},
    {"::2", false},
    {"[::]", false},
    {"localhost.example.org", false},
    {"127.0.0.1.example.org", false},
    {"127.1", false},
    {"", false},
    {"[]", false},
    {"::ffff:10.0.0.1", false},
    {"turnout.example.org", false},
};

LOOP_TEST(hosts_that_are_this_machine, COUNT(hosts))
{
    ck_assert_msg(host_is_this_machine(hosts[_i].host) == hosts[_i].is_ours, "%s", hosts[_i].host);
}

SUITE("this_machine");
