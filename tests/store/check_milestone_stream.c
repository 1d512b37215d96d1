/* Milestones in Redis: all of a telling or none of it, and only by whoever knows what was told before. */
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/milestone_stream.h>

#include "store_fixture.h"
#include "suite.h"

#define STREAM "turnout:{e-1}:milestones"

static struct store_fixture store;

static struct {
    bool done;
    enum turnout_error error;
    bool is_told;
    size_t count;
    bool has_more;
    struct store_milestone last;
    char last_id[STORE_STREAM_ID_BYTES];
} answer;

static void on_told(void *context, enum turnout_error error, const char *why, bool is_told)
{
    (void)context;
    (void)why;
    answer.done = true;
    answer.error = error;
    answer.is_told = is_told;
}

static void on_milestones(void *context, enum turnout_error error, const char *why,
                          const struct store_milestones *milestones)
{
    (void)context;
    (void)why;
    answer.done = true;
    answer.error = error;
    ck_assert_int_eq(milestones != NULL, error == TURNOUT_OK);
    if (milestones != NULL) {
        answer.count = milestones->count;
        answer.has_more = milestones->has_more;
        memcpy(answer.last_id, milestones->last_id, sizeof answer.last_id);
    }
    if (milestones != NULL && milestones->count > 0) {
        answer.last = milestones->entries[milestones->count - 1];
    }
}

static void run(void)
{
    store_fixture_run_until(&store, &answer.done);
}

/* Tells `count` milestones of the commune, each of a higher revision; whether they were told. */
static bool tell(const char *last_id, uint32_t count)
{
    const struct election_register *reg = store.reg;
    struct store_telling telling = {.count = 0};
    char id[STORE_STREAM_ID_BYTES];
    ck_assert(slice_copy(slice_of(last_id), id, sizeof id));
    for (uint32_t i = 1; i <= count; i++) {
        const struct milestone milestone = {.is_reached = i % 2 == 1, .as_of = 1773561600, .revision = i};
        store_telling_add(&telling, reg->areas[reg->areas[1].first_child].code, MARK_90, &milestone);
    }
    memset(&answer, 0, sizeof answer);
    store_tell_milestones(store.store, id, &telling, on_told, NULL);
    run();
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer.is_told;
}

static enum turnout_error read_behind(const char *last_id)
{
    char id[STORE_STREAM_ID_BYTES];
    ck_assert(slice_copy(slice_of(last_id), id, sizeof id));
    memset(&answer, 0, sizeof answer);
    store_read_milestones(store.store, id, on_milestones, NULL);
    run();
    return answer.error;
}

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

FIXTURE(setup, teardown);

TEST(who_knows_what_was_told_tells_more)
{
    ck_assert_int_eq(read_behind(""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
    ck_assert(tell("", 3));
    ck_assert(!tell("", 1)); /* another server, which has not read it */
    ck_assert_int_eq(read_behind(""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 3);
    ck_assert(!answer.has_more);
    ck_assert_uint_eq(answer.last.area, store.reg->areas[1].first_child);
    ck_assert_int_eq(answer.last.mark, MARK_90);
    ck_assert(answer.last.milestone.is_reached);
    ck_assert_int_eq(answer.last.milestone.as_of, 1773561600);
    ck_assert_int_eq(answer.last.milestone.revision, 3);
    ck_assert_int_gt(answer.last.milestone.told_ms, 1773561600000);
    ck_assert(tell(answer.last_id, 2));
    ck_assert(!tell("1-1", 1));
    ck_assert_int_eq(read_behind("1-1"), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 5);
    ck_assert(!answer.last.milestone.is_reached);
    ck_assert_int_eq(read_behind(answer.last_id), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
}

TEST(many_are_read_piece_by_piece)
{
    char id[STORE_STREAM_ID_BYTES] = "";
    size_t read = 0;
    for (int i = 0; i < 5; i++) {
        ck_assert(tell(id, STORE_MILESTONES_TOLD_MAX));
        ck_assert_int_eq(read_behind(id), TURNOUT_OK);
        memcpy(id, answer.last_id, sizeof id);
    }
    id[0] = '\0';
    do {
        ck_assert_int_eq(read_behind(id), TURNOUT_OK);
        read += answer.count;
        memcpy(id, answer.last_id, sizeof id);
    } while (answer.has_more);
    ck_assert_uint_eq(read, 5 * STORE_MILESTONES_TOLD_MAX);
}

static const char *const bad_lines[] = {"",
                                        "01",
                                        "01 75 reached 1 1",
                                        "01 50 lost 1 1",
                                        "01 50 reached -1 1",
                                        "01 50 reached 1",
                                        "01 50 reached 1 1 1",
                                        "01 50 reached 1 x"};

LOOP_TEST(what_is_no_milestone_is_not_believed, COUNT(bad_lines))
{
    redis_fixture_run(&store.redis, "XADD " STREAM " * line %s", bad_lines[_i]);
    ck_assert_int_eq(read_behind(""), TURNOUT_BAD_INPUT);
}

TEST(an_area_that_is_no_more_is_passed_over)
{
    redis_fixture_run(&store.redis, "XADD " STREAM " 7-9 line %s", "gone 50 withdrawn 8 1773561600");
    ck_assert_int_eq(read_behind(""), TURNOUT_OK);
    ck_assert_uint_eq(answer.last.area, REGISTER_NONE);
    ck_assert_int_eq(answer.last.milestone.told_ms, 7);
    ck_assert_uint_eq(answer.last.milestone.told_number, 9);
}

TEST(a_stream_that_is_none_is_an_error)
{
    redis_fixture_run(&store.redis, "SET " STREAM " 1");
    ck_assert_int_ne(read_behind(""), TURNOUT_OK);
    struct store_telling telling = {.count = 0};
    store_telling_add(&telling, "01", MARK_50, &(struct milestone){.is_reached = true});
    memset(&answer, 0, sizeof answer);
    store_tell_milestones(store.store, "", &telling, on_told, NULL);
    run();
    ck_assert_int_ne(answer.error, TURNOUT_OK);
    ck_assert(!answer.is_told);
}

SUITE("milestone_stream");
