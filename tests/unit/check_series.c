/* The series: what is kept, what of it is asked for, and the points, byte for byte. */
#include <turnout/wire/series.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { NATION, PROVINCE, AREA_COUNT };

#define SEVEN INT64_C(1773532800) /* 07:00 of the day */

static const struct election election = {.id = "e",
                                         .name = "E",
                                         .date = "2026-03-15",
                                         .timezone = "Asia/Ho_Chi_Minh",
                                         .offset_s = 25200,
                                         .rounds = {SEVEN + 7200},
                                         .round_count = 1};
static struct area areas[AREA_COUNT] = {
    [NATION] = {"T", "Land", "", AREA_NATION, REGISTER_NONE, PROVINCE, 1, 0, 8, 0},
    [PROVINCE] = {"01", "East", "Est", AREA_PROVINCE, NATION, AREA_COUNT, 0, 0, 8, 0},
};
static struct election_register reg = {
    .references = 1, .areas = areas, .area_count = AREA_COUNT, .province_count = 1};
static struct area_figures counted[AREA_COUNT];
static const struct figures figures = {
    .election = &election, .reg = &reg, .areas = counted, .durability = "strict", .publication = "live"};
static struct series *series;
static struct buffer out;

static void set_up(void)
{
    series = series_new(&reg);
}

static void tear_down(void)
{
    series_release(series);
    buffer_done(&out);
}

/* Of the nation and its province, `voted` of 1,000. */
static void add(int64_t moment, int64_t voted, bool is_known)
{
    struct series_figure one[AREA_COUNT] = {{voted, 1000, 3, is_known}, {voted / 2, 1000, 2, true}};
    struct series_minute minute = {.moment = moment, .areas = one};
    struct series *longer = series_with(series, &minute, 1);
    series_release(series);
    series = longer;
}

/* The document of the query from its points on. */
static const char *points_of(struct series_query query)
{
    ck_assert(series_query_complete(series, &query));
    buffer_clear(&out);
    document_series_json(&out, &figures, series, &query);
    const char *points = strstr(out.bytes, "\"points\":");
    ck_assert_ptr_nonnull(points);
    return points;
}

FIXTURE(set_up, tear_down);

#define POINT(time, voted, percent)                                                                          \
    "{\"time\":\"2026-03-15T" time ":00+07:00\",\"registered\":1000,\"voted\":" voted                        \
    ",\"percent\":" percent ",\"units_reported\":3}"

TEST(points_are_written)
{
    add(SEVEN, 0, true);
    add(SEVEN + 60, 125, true);
    ck_assert_str_eq(points_of((struct series_query){.step = 1}),
                     "\"points\":[" POINT("07:00", "0", "0") "," POINT("07:01", "125", "12.5") "]}");
    ck_assert_ptr_nonnull(strstr(out.bytes,
                                 ",\"area\":{\"code\":\"T\",\"level\":\"nation\",\"name\":\"Land\","
                                 "\"name_en\":null},\"from\":\"2026-03-14T07:01:00+07:00\","
                                 "\"to\":\"2026-03-15T07:01:00+07:00\",\"step\":1,"
                                 "\"rounds\":[\"2026-03-15T09:00:00+07:00\"],"));
    ck_assert_str_eq(points_of((struct series_query){.area = PROVINCE, .from = SEVEN + 1, .step = 1}),
                     "\"points\":[{\"time\":\"2026-03-15T07:01:00+07:00\",\"registered\":1000,\"voted\":62,"
                     "\"percent\":6.2,\"units_reported\":2}]}");
}

TEST(an_empty_series_has_no_bounds)
{
    ck_assert_int_eq(series_last(series), 0);
    ck_assert_str_eq(points_of((struct series_query){.step = 1}), "\"points\":[]}");
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"from\":null,\"to\":null,\"step\":1,"));
}

/* Where the first minute of a step is missing, the next one stands for it; a step without any has no point. */
TEST(of_a_step_the_first_point_is_shown)
{
    add(SEVEN - 60, 1, true);
    add(SEVEN, 2, false); /* under verification */
    add(SEVEN + 60, 3, true);
    add(SEVEN + 120, 4, true);
    add(SEVEN + 3600, 5, true);
    ck_assert_str_eq(points_of((struct series_query){.step = 30}),
                     "\"points\":[" POINT("06:59", "1", "0.1") "," POINT("07:01", "3", "0.3") "," POINT(
                         "08:00", "5", "0.5") "]}");
    ck_assert_str_eq(points_of((struct series_query){.from = SEVEN, .to = SEVEN + 120, .step = 1}),
                     "\"points\":[" POINT("07:01", "3", "0.3") "," POINT("07:02", "4", "0.4") "]}");
}

/* Only what is kept counts. */
TEST(what_is_asked_for_is_bounded)
{
    struct series_query whole = {.from = 1, .to = INT64_MAX, .step = 1};
    add(SEVEN, 1, true);
    add(SEVEN + 1440 * 60, 2, true);
    ck_assert(series_query_complete(series, &whole));
    add(SEVEN + 1441 * 60, 3, true);
    ck_assert(!series_query_complete(series, &whole));
    struct series_query coarse = {.from = 1, .to = INT64_MAX, .step = 2};
    struct series_query later = {.from = SEVEN + 60, .step = 1};
    struct series_query earlier = {.from = 1, .to = SEVEN + 1440 * 60, .step = 1};
    struct series_query day = {.step = 1};
    ck_assert(series_query_complete(series, &coarse));
    ck_assert(series_query_complete(series, &later));
    ck_assert(series_query_complete(series, &earlier));
    ck_assert(series_query_complete(series, &day));
}

TEST(what_is_kept_is_bounded)
{
    static struct series_figure none[AREA_COUNT];
    static struct series_minute minutes[SERIES_MINUTES_MAX];
    for (int i = 0; i < SERIES_MINUTES_MAX; i++) {
        minutes[i] = (struct series_minute){.moment = SEVEN + i * SERIES_MINUTE_S, .areas = none};
    }
    add(SEVEN - 120, 1, true);
    add(SEVEN - 60, 2, true);
    struct series *longer = series_with(series, minutes, SERIES_MINUTES_MAX - 1);
    series_release(series);
    series = longer;
    ck_assert_str_eq(points_of((struct series_query){.to = SEVEN + 60, .step = 1}),
                     "\"points\":[" POINT("06:59", "2", "0.2") "]}");
    ck_assert_int_eq(series_last(series), minutes[SERIES_MINUTES_MAX - 2].moment);
}

static const struct {
    const char *words;
    bool is_good;
} words[] = {{"1 2 3", true},    {"0 0 0", true}, {"3 2 1", false},  {"1 2", false},
             {"1 2 3 4", false}, {"", false},     {"-1 2 3", false}, {"1 2 99999999999", false}};

LOOP_TEST(words_are_read, COUNT(words))
{
    struct series_figure figure = {.is_known = false};
    ck_assert_int_eq(series_figure_read(slice_of(words[_i].words), &figure), words[_i].is_good);
    ck_assert_int_eq(figure.is_known, words[_i].is_good);
    if (words[_i].is_good) {
        series_figure_write(&out, &figure);
        ck_assert_str_eq(out.bytes, words[_i].words);
    }
}

SUITE("series");
