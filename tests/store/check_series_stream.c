/* The series on a real Redis: a minute is written once, and read back piece by piece. */
#include <string.h>

#include <check.h>

#include <hiredis/hiredis.h>

#include <turnout/store/series_stream.h>

#include "store_fixture.h"
#include "suite.h"

#define SERIES "turnout:{e-1}:series"

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

static struct {
    bool done;
    enum turnout_error error;
    size_t count;
    int64_t first, last;        /* moments */
    struct series_figure of[3]; /* of the last minute */
} answer;

static void on_written(void *context, enum turnout_error error, const char *why)
{
    (void)context;
    (void)why;
    answer.error = error;
    answer.done = true;
}

static void on_series(void *context, enum turnout_error error, const char *why,
                      const struct series_minute *minutes, size_t count)
{
    on_written(context, error, why);
    answer.count = count;
    if (count > 0) {
        answer.first = minutes[0].moment;
        answer.last = minutes[count - 1].moment;
        memcpy(answer.of, minutes[count - 1].areas, sizeof answer.of);
    }
}

static enum turnout_error write_minute(int64_t moment, int64_t voted)
{
    struct series_figure figures[3] = {{voted, 480, 7, true}, {0, 0, 0, false}, {voted, 240, 4, true}};
    memset(&answer, 0, sizeof answer);
    store_write_series(store.store, &(struct series_minute){moment, figures}, on_written, NULL);
    store_fixture_run_until(&store, &answer.done);
    return answer.error;
}

static enum turnout_error read_behind(int64_t after)
{
    memset(&answer, 0, sizeof answer);
    store_read_series(store.store, after, on_series, NULL);
    store_fixture_run_until(&store, &answer.done);
    return answer.error;
}

FIXTURE(setup, teardown);

TEST(a_minute_is_written_once)
{
    ck_assert_int_eq(read_behind(0), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
    ck_assert_int_eq(write_minute(1773532860, 10), TURNOUT_OK);
    ck_assert_int_eq(write_minute(1773532860, 11), TURNOUT_OK); /* another server */
    ck_assert_int_eq(write_minute(1773532800, 12), TURNOUT_OK); /* its clock is behind */
    ck_assert_int_eq(read_behind(0), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 1);
    ck_assert_int_eq(answer.last, 1773532860);
    ck_assert(answer.of[0].is_known && answer.of[0].voted == 10 && answer.of[0].registered == 480 &&
              answer.of[0].units_reported == 7);
    ck_assert(!answer.of[1].is_known);
    ck_assert(answer.of[2].is_known && answer.of[2].registered == 240);
    struct redisReply *reply = redis_fixture_command(&store.redis, "XRANGE " SERIES " - +");
    ck_assert_str_eq(reply->element[0]->element[0]->str, "1773532860000-0");
    ck_assert_str_eq(reply->element[0]->element[1]->element[1]->str, "10 480 7");
    freeReplyObject(reply);
}

TEST(it_is_read_piece_by_piece)
{
    enum { MINUTES = STORE_SERIES_READ_MAX + 3 };
    for (int i = 1; i <= MINUTES; i++) {
        redis_fixture_run(&store.redis, "XADD " SERIES " %d000-0 01 %d|40|1 nowhere 1|2|3", 60 * i, i);
    }
    ck_assert_int_eq(read_behind(0), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, STORE_SERIES_READ_MAX);
    ck_assert_int_eq(answer.first, 60);
    ck_assert(!answer.of[1].is_known); /* words of another kind */
    ck_assert_int_eq(read_behind(answer.last), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 3);
    ck_assert_int_eq(answer.last, 60 * MINUTES);
    ck_assert_int_eq(read_behind(answer.last), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
}

TEST(what_is_no_series_is_refused)
{
    redis_fixture_run(&store.redis, "SET " SERIES " nothing");
    ck_assert_int_eq(read_behind(0), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(write_minute(60, 1), TURNOUT_BAD_INPUT);
}

SUITE("series_stream");
