/* Dates as HTTP writes them: the example of RFC 9110, the first second of all, and a leap day. */
#include <turnout/wire/http_date.h>

#include <check.h>

#include "suite.h"

static const struct {
    int64_t seconds;
    const char *date;
} dates[] = {
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
};

LOOP_TEST(a_moment_is_a_date, COUNT(dates))
{
    char date[HTTP_DATE_BYTES];
    http_date_write(dates[_i].seconds, date);
    ck_assert_str_eq(date, dates[_i].date);
}

SUITE("http_date");
