/* The clocks: the right unit, the right epoch, and one that never goes back. */
#include <turnout/base/clock.h>

#include <time.h>

#include <check.h>

#include "suite.h"

TEST(wall_is_unix_time_in_milliseconds)
{
    time_t before = time(NULL);
    int64_t now_ms = clock_wall_ms();
    time_t after = time(NULL);
    /* time() may lag behind by a tick of the kernel */
    ck_assert_int_ge(now_ms, (int64_t)before * 1000);
    ck_assert_int_le(now_ms, (int64_t)after * 1000 + 1999);
}

TEST(monotonic_never_goes_back)
{
    int64_t last_us = clock_monotonic_us();
    for (int i = 0; i < 100000; i++) {
        int64_t now_us = clock_monotonic_us();
        ck_assert_int_ge(now_us, last_us);
        last_us = now_us;
    }
}

TEST(both_monotonic_units_are_one_clock)
{
    int64_t before_us = clock_monotonic_us();
    int64_t now_ms = clock_monotonic_ms();
    int64_t after_us = clock_monotonic_us();
    ck_assert_int_ge(now_ms, before_us / 1000);
    ck_assert_int_le(now_ms, after_us / 1000);
}

SUITE("clock");
