/* The election before, hour by hour: found at its hours and at no other time. */
#include <turnout/election/previous.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { HOUR = 3600, OPENS = 1773532800 /* 2026-03-15T07:00:00+07:00 */ };

static const struct election election = {.date = "2026-03-15", .opens = OPENS, .offset_s = 7 * HOUR};
static struct previous *previous;

static void add(const char *area, int32_t minute, int64_t voted, uint32_t line)
{
    struct previous_figures figures = {.minute = minute, .registered = 1000, .voted = voted, .line = line};
    memcpy(figures.area, area, strlen(area) + 1);
    previous_add(previous, &figures);
}

static void set_up(void)
{
    previous = previous_new();
}

static void tear_down(void)
{
    previous_release(previous);
}

FIXTURE(set_up, tear_down);

static const struct {
    const char *area;
    int64_t as_of;
    int64_t voted; /* -1: there is nothing */
} times[] = {
    {"01", OPENS + 2 * HOUR, 100},
    {"01", OPENS + 2 * HOUR + 59, 100},
    {"01", OPENS + 2 * HOUR + 60, -1}, /* in between */
    {"01", OPENS + 2 * HOUR - 1, -1},
    {"01", OPENS + 3 * HOUR, -1},
    {"01", OPENS + 4 * HOUR, 300},
    {"01", OPENS + 26 * HOUR, -1}, /* of the next day */
    {"01", OPENS - 22 * HOUR, -1}, /* of the day before */
    {"01", OPENS - 7 * HOUR, 0},   /* midnight */
    {"01", OPENS + 17 * HOUR, -1}, /* the next one */
    {"01", 0, -1},                 /* no report */
    {"1", OPENS + 2 * HOUR, -1},
    {"02", OPENS + 2 * HOUR, 7},
    {"02", OPENS + 4 * HOUR, -1},
};

LOOP_TEST(it_is_found_at_its_hours, COUNT(times))
{
    add("02", 9 * 60, 7, 2);
    add("01", 11 * 60, 300, 3);
    add("01", 9 * 60, 100, 4);
    add("01", 0, 0, 5);
    ck_assert_ptr_null(previous_sort(previous));
    const struct previous_figures *found =
        previous_find(previous, &election, times[_i].area, times[_i].as_of);
    ck_assert_int_eq(found == NULL ? -1 : found->voted, times[_i].voted);
}

TEST(the_second_of_one_time_is_named)
{
    add("02", 9 * 60, 7, 2);
    add("01", 9 * 60, 7, 3);
    add("02", 9 * 60, 8, 9);
    add("01", 9 * 60, 7, 7);
    const struct previous_figures *twice = previous_sort(previous);
    ck_assert_ptr_nonnull(twice);
    ck_assert_uint_eq(twice->line, 7);
}

TEST(nothing_is_found_in_nothing)
{
    ck_assert_ptr_null(previous_sort(previous));
    ck_assert_ptr_null(previous_find(previous, &election, "01", OPENS));
    ck_assert_ptr_null(previous_find(NULL, &election, "01", OPENS));
}

SUITE("previous");
