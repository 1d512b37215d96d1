/* RFC 3339: what the calendar has and nothing else, and back again. */
#include <turnout/base/rfc3339.h>

#include <time.h>

#include <check.h>

#include "suite.h"

static const struct {
    const char *text;
    int64_t seconds;
    int32_t offset_s;
} moments[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"1970-01-01T00:00:00+00:00", 0, 0},
    {"1970-01-01T00:00:00-00:00", 0, 0},
    {"1970-01-01T00:00:00+07:00", -25200, 25200},
    {"2026-03-15T15:00:00+07:00", 1773561600, 25200},
    {"2026-03-15T08:00:00Z", 1773561600, 0},
    {"2026-03-14T22:30:00-09:30", 1773561600, -34200},
    {"2024-02-29T23:59:59Z", 1709251199, 0},
    {"2000-02-29T00:00:00Z", 951782400, 0},
    {"2038-01-19T03:14:08Z", 2147483648, 0},
    {"2026-03-15T15:00:00+23:59", 1773500460, 86340},
    {"9998-12-31T23:59:59Z", 253370764799, 0},
};

LOOP_TEST(reads_moments, COUNT(moments))
{
    int64_t seconds;
    int32_t offset_s;
    ck_assert(rfc3339_parse(slice_of(moments[_i].text), &seconds, &offset_s));
    ck_assert_int_eq(seconds, moments[_i].seconds);
    ck_assert_int_eq(offset_s, moments[_i].offset_s);
    ck_assert(rfc3339_parse(slice_of(moments[_i].text), &seconds, NULL));
}

static const char *const no_moments[] = {
    "",
    "2026-03-15",
    "2026-03-15T15:00:00",
    "2026-03-15 15:00:00Z",
    "2026-03-15t15:00:00Z",
    "2026-03-15T15:00:00z",
    "2026-03-15T15:00:00.0Z",
    "2026-03-15T15:00Z",
    "2026-03-15T15:00:00+07",
    "2026-03-15T15:00:00+0700",
    "2026-03-15T15:00:00+07:00 ",
    " 2026-03-15T15:00:00+07:00",
    "2026-03-15T15:00:00+07:00Z",
    "2026-03-15T15:00:00+24:00",
    "2026-03-15T15:00:00+07:60",
    "2026-03-15T15:00:00*07:00",
    "2026-03-15T24:00:00Z",
    "2026-03-15T23:60:00Z",
    "2026-06-30T23:59:60Z",
    "2026-00-15T15:00:00Z",
    "2026-13-15T15:00:00Z",
    "2026-03-00T15:00:00Z",
    "2026-03-32T15:00:00Z",
    "2026-04-31T15:00:00Z",
    "2026-02-29T15:00:00Z",
    "2100-02-29T15:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-01-01T00:00:00Z",
    "2026-3-15T15:00:00Z",
    "2026-03-15T+5:00:00Z",
    "2026-03-15T15:00: 0Z",
    "-026-03-15T15:00:00Z",
    "2026/03/15T15:00:00Z",
};

LOOP_TEST(refuses_what_is_no_moment, COUNT(no_moments))
{
    int64_t seconds = 42;
    int32_t offset_s = 42;
    ck_assert_msg(!rfc3339_parse(slice_of(no_moments[_i]), &seconds, &offset_s), "%s", no_moments[_i]);
    ck_assert_int_eq(seconds, 42);
    ck_assert_int_eq(offset_s, 42);
}

TEST(a_slice_ends_where_it_ends)
{
    const char text[] = "2026-03-15T15:00:00Z";
    int64_t seconds;
    for (size_t length = 0; length < sizeof text - 1; length++) {
        ck_assert(!rfc3339_parse((struct slice){text, length}, &seconds, NULL));
    }
    ck_assert(rfc3339_parse((struct slice){text, sizeof text - 1}, &seconds, NULL));
}

static const struct {
    int64_t seconds;
    int32_t offset_s;
    const char *text;
} written[] = {
    {0, 0, "1970-01-01T00:00:00+00:00"},
    {0, 25200, "1970-01-01T07:00:00+07:00"},
    {0, -3600, "1969-12-31T23:00:00-01:00"},
    {-1, 0, "1969-12-31T23:59:59+00:00"},
    {1773561600, 25200, "2026-03-15T15:00:00+07:00"},
    {1773561600, -34200, "2026-03-14T22:30:00-09:30"},
    {253370764799, 86400, "9999-01-01T23:59:59+24:00"},
    {951782400, 0, "2000-02-29T00:00:00+00:00"},
};

LOOP_TEST(writes_moments, COUNT(written))
{
    char text[RFC3339_BYTES];
    rfc3339_format(written[_i].seconds, written[_i].offset_s, text);
    ck_assert_str_eq(text, written[_i].text);
}

/* Every day of four centuries and more, held against the C library's calendar, and there and back. */
TEST(agrees_with_the_calendar_on_every_day)
{
    enum { SECONDS_A_DAY = 86400, DAYS = 160000 };
    for (int64_t day = 0; day < DAYS; day++) {
        int64_t seconds = day * SECONDS_A_DAY + day % SECONDS_A_DAY;
        time_t moment = (time_t)seconds;
        struct tm parts;
        char expected[RFC3339_BYTES];
        ck_assert_ptr_nonnull(gmtime_r(&moment, &parts));
        ck_assert_uint_eq(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S+00:00", &parts),
                          RFC3339_BYTES - 1);

        char text[RFC3339_BYTES];
        int64_t back;
        rfc3339_format(seconds, 0, text);
        ck_assert_str_eq(text, expected);
        ck_assert(rfc3339_parse(slice_of(text), &back, NULL));
        ck_assert_int_eq(back, seconds);
    }
}

TEST(dates)
{
    int64_t midnight;
    ck_assert(rfc3339_parse_date(slice_of("2026-03-15"), &midnight));
    ck_assert_int_eq(midnight, 1773532800);
    static const char *const wrong[] = {"",           "2026-03-1",   "2026-03-015",
                                        "2026-02-29", "26-03-15",    "2026-03-15 ",
                                        "2026.03.15", "2026-03-15T", "1969-12-31"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(!rfc3339_parse_date(slice_of(wrong[i]), &midnight), "%s", wrong[i]);
    }
}

SUITE("rfc3339");
