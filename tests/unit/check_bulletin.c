/* Lines of bulletins, their sums, labels, and when one is due. */
#include <turnout/election/bulletin.h>

#include <check.h>

#include "suite.h"

static const struct {
    const char *text;
    bool is_good;
} labels[] = {
    {"09:00", true},
    {"đợt 1, đã sửa", true},
    {"a", true},
    {"", false},
    {" a", false},
    {"a ", false},
    {"a\nb", false},
    {"a\tb", false},
    {"\xff", false},
    {"a\xe2\x80\xae"
     "b",
     false},
};

LOOP_TEST(a_label_is_one_line, COUNT(labels))
{
    ck_assert_int_eq(bulletin_label_is_good(slice_of(labels[_i].text)), labels[_i].is_good);
}

TEST(a_label_has_a_length)
{
    char text[BULLETIN_LABEL_BYTES_MAX + 1];
    memset(text, 'a', sizeof text);
    ck_assert(bulletin_label_is_good((struct slice){text, BULLETIN_LABEL_BYTES_MAX}));
    ck_assert(!bulletin_label_is_good((struct slice){text, BULLETIN_LABEL_BYTES_MAX + 1}));
}

static const struct {
    int64_t now;
    uint32_t round;
} times[] = {{0, 0}, {1029, 0}, {1030, 1}, {2029, 1}, {2030, 2}, {9999, 2}};

LOOP_TEST(a_round_is_due_after_the_delay, COUNT(times))
{
    const struct election election = {.rounds = {1000, 2000}, .round_count = 2, .bulletin_delay_s = 30};
    ck_assert_uint_eq(bulletin_round_due(&election, times[_i].now), times[_i].round);
}

/* Ho Chi Minh City from 11:30 to 15:00 on 15 March 2026, as published. */
static const struct {
    struct bulletin_line before;
    struct bulletin_line after;
    bool has_points;
    int32_t points;
} changes[] = {
    {{.registered = 10000, .voted = 4512}, {.registered = 10000, .voted = 7895}, true, 3383},
    {{.registered = 300, .voted = 100}, {.registered = 310, .voted = 100}, true, -107},
    {{.registered = 0}, {.registered = 10, .voted = 1}, false, 0},
    {{.registered = 10, .voted = 1}, {.registered = 0}, false, 0},
};

LOOP_TEST(points_are_of_what_is_printed, COUNT(changes))
{
    int32_t points = 0;
    ck_assert_int_eq(bulletin_points_risen(&changes[_i].before, &changes[_i].after, &points),
                     changes[_i].has_points);
    ck_assert_int_eq(points, changes[_i].points);
}

SUITE("bulletin");
