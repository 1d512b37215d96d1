/* The percentage, at every boundary, on the published figures, and against a slow exact reference. */
#include <turnout/election/percent.h>

#include <check.h>

#include "suite.h"

static const struct {
    int64_t part, whole;
    int32_t hundredths;
} cases[] = {
    /* as published on 15 March 2026 */
    {76043527, 76516637, 9938},
    {948877, 969927, 9783},
    {2241062, 2272087, 9863},
    {969893, 969927, 9999}, /* Hue, 34 missing: it was printed as 100 */
    {969927, 969927, 10000},
    /* nobody registered */
    {0, 0, PERCENT_NONE},
    /* nobody voted, and almost nobody */
    {0, 1, 0},
    {0, 10000000, 0},
    {1, 10000000, 1},
    {1, INT64_MAX / 20000, 1},
    {1, 1, 10000},
    /* everybody, and almost everybody */
    {10000000, 10000000, 10000},
    {9999999, 10000000, 9999},
    {INT64_MAX / 20000, INT64_MAX / 20000, 10000},
    {INT64_MAX / 20000 - 1, INT64_MAX / 20000, 9999},
    /* half a hundredth goes up, what is less goes down */
    {1, 20000, 1},
    {3, 20000, 2},
    {30009, 200000, 1500},
    {30010, 200000, 1501},
    {9994, 100000, 999},
    {9995, 100000, 1000},
    /* rounding to the ends is refused in both directions */
    {4, 100000, 1},
    {99996, 100000, 9999},
    {19999, 20000, 9999},
    /* plain ones */
    {1, 2, 5000},
    {1, 3, 3333},
    {2, 3, 6667},
    {812, 905, 8972},
};

LOOP_TEST(percentages, COUNT(cases))
{
    ck_assert_int_eq(percent_of(cases[_i].part, cases[_i].whole), cases[_i].hundredths);
}

/* By counting: the largest h with h - 1/2 <= 10000 * part / whole, all in whole numbers. */
static int32_t slow_percent_of(int64_t part, int64_t whole)
{
    if (part == whole) {
        return 10000;
    }
    int32_t h = 0;
    while ((2 * (int64_t)h + 1) * whole <= 20000 * part) {
        h++;
    }
    if (h == 0 && part > 0) {
        return 1;
    }
    return h > 9999 ? 9999 : h;
}

TEST(agrees_with_the_reference_for_small_wholes)
{
    for (int64_t whole = 1; whole <= 150; whole++) {
        for (int64_t part = 0; part <= whole; part++) {
            ck_assert_int_eq(percent_of(part, whole), slow_percent_of(part, whole));
        }
    }
    static const int64_t around[] = {1999, 2000, 2001, 9999, 10000, 10001, 19999, 20000, 20001};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        for (int64_t part = 0; part <= around[i]; part += part < 10 || part > around[i] - 10 ? 1 : 7) {
            ck_assert_int_eq(percent_of(part, around[i]), slow_percent_of(part, around[i]));
        }
    }
}

TEST(never_falls_while_votes_come_in)
{
    enum { WHOLE = 40007 };
    int32_t last = 0;
    for (int64_t part = 0; part <= WHOLE; part++) {
        int32_t now = percent_of(part, WHOLE);
        ck_assert_int_ge(now, last);
        ck_assert_int_eq(now == 0, part == 0);
        ck_assert_int_eq(now == PERCENT_ALL, part == WHOLE);
        last = now;
    }
}

static const struct {
    int32_t hundredths;
    const char *text, *json;
} written[] = {
    {PERCENT_NONE, "", "null"}, {0, "0.00", "0"},         {1, "0.01", "0.01"},     {10, "0.10", "0.1"},
    {99, "0.99", "0.99"},       {100, "1.00", "1"},       {101, "1.01", "1.01"},   {999, "9.99", "9.99"},
    {1000, "10.00", "10"},      {2050, "20.50", "20.5"},  {9780, "97.80", "97.8"}, {9938, "99.38", "99.38"},
    {9999, "99.99", "99.99"},   {10000, "100.00", "100"},
};

LOOP_TEST(written_for_tables_and_for_json, COUNT(written))
{
    char text[PERCENT_TEXT_BYTES];
    percent_format(written[_i].hundredths, text);
    ck_assert_str_eq(text, written[_i].text);
    percent_format_json(written[_i].hundredths, text);
    ck_assert_str_eq(text, written[_i].json);
}

SUITE("percent");
