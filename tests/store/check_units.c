/* Units as they are read back: many at a time, or one with the last of what it has sent. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

/* ---- asking ---- */

struct units_answer {
    bool done;
    enum turnout_error error;
    uint32_t count;
    struct unit_state states[STORE_UNITS_READ_MAX];
};

static struct units_answer units_answer;

static void on_units(void *context, enum turnout_error error, const char *why,
                     const struct unit_state *states)
{
    (void)why;
    struct units_answer *answer = context;
    ck_assert(!answer->done);
    answer->done = true;
    answer->error = error;
    ck_assert_int_eq(states != NULL, error == TURNOUT_OK);
    if (states != NULL) {
        memcpy(answer->states, states, answer->count * sizeof *states);
    }
}

static enum turnout_error read_units(uint32_t first, uint32_t count)
{
    memset(&units_answer, 0, sizeof units_answer);
    units_answer.count = count;
    store_read_units(store.store, first, count, on_units, &units_answer);
    store_fixture_run_until(&store, &units_answer.done);
    return units_answer.error;
}

enum { VALUE_BYTES = 64 };

static struct {
    bool done;
    enum turnout_error error;
    struct unit_state state;
    size_t line_count;
    char values[STORE_LINES_MAX][LINE_FIELD_COUNT][VALUE_BYTES];
} unit_answer;

static void on_unit(void *context, enum turnout_error error, const char *why, const struct store_unit *unit)
{
    (void)context;
    (void)why;
    unit_answer.done = true;
    unit_answer.error = error;
    if (unit == NULL) {
        return;
    }
    unit_answer.state = unit->state;
    unit_answer.line_count = unit->line_count;
    for (size_t i = 0; i < unit->line_count; i++) {
        for (int field = 0; field < LINE_FIELD_COUNT; field++) {
            ck_assert(slice_copy(slice_of(unit->lines[i].values[field]), unit_answer.values[i][field],
                                 VALUE_BYTES));
        }
    }
}

static enum turnout_error read_unit(uint32_t unit)
{
    memset(&unit_answer, 0, sizeof unit_answer);
    store_read_unit(store.store, unit, on_unit, NULL);
    store_fixture_run_until(&store, &unit_answer.done);
    return unit_answer.error;
}

static enum report_status report(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    struct store_result result;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit, &report, &result), TURNOUT_OK);
    return result.status;
}

/* ---- many ---- */

FIXTURE(setup, teardown);

TEST(states_are_read_in_the_order_of_the_register)
{
    ck_assert_int_eq(report(1, 3, 7), STATUS_ACCEPTED);
    uint32_t units = store.reg->areas[1].units;
    ck_assert_int_eq(read_units(0, units), TURNOUT_OK);
    for (uint32_t i = 0; i < units; i++) {
        const struct unit_state *state = &units_answer.states[i];
        ck_assert_int_eq(state->seq, i == 1 ? 3 : 0);
        ck_assert_int_eq(state->voted, i == 1 ? 7 : 0);
        ck_assert_int_eq(state->registered, (int32_t)store.reg->units[i].registered);
    }
    ck_assert_int_eq(read_units(1, 1), TURNOUT_OK);
    ck_assert_int_eq(units_answer.states[0].seq, 3);
    ck_assert_int_eq(read_units(units, store.reg->areas[2].units), TURNOUT_OK);
    ck_assert_int_eq(units_answer.states[0].seq, 0);
}

/* ---- one ---- */

TEST(a_silent_unit_has_sent_nothing)
{
    ck_assert_int_eq(read_unit(0), TURNOUT_OK);
    ck_assert_int_eq(unit_answer.state.seq, 0);
    ck_assert_int_eq(unit_answer.state.registered, 40);
    ck_assert_uint_eq(unit_answer.line_count, 0);
}

static void expect_value(size_t line, enum line_field field, const char *wanted)
{
    ck_assert_msg(strcmp(unit_answer.values[line][field], wanted) == 0, "line %zu: %s is %s, not %s", line,
                  store_line_field_name(field), unit_answer.values[line][field], wanted);
}

TEST(what_a_unit_sent_is_told_newest_first)
{
    ck_assert_int_eq(report(0, 2, 10), STATUS_ACCEPTED);
    ck_assert_int_eq(report(1, 1, 1), STATUS_ACCEPTED); /* of another unit */
    ck_assert_int_eq(report(0, 1, 5), STATUS_SUPERSEDED);
    ck_assert_int_eq(report(0, 2, 10), STATUS_DUPLICATE); /* which the log does not hold */
    ck_assert_int_eq(report(0, 3, 12), STATUS_ACCEPTED);
    ck_assert_int_eq(read_unit(0), TURNOUT_OK);
    ck_assert_int_eq(unit_answer.state.seq, 3);
    ck_assert_uint_eq(unit_answer.line_count, 3);
    expect_value(0, LINE_SEQ, "3");
    expect_value(0, LINE_VOTED, "12");
    expect_value(0, LINE_VOTED_BEFORE, "10");
    expect_value(0, LINE_OUTCOME, "accepted");
    expect_value(0, LINE_REGISTERED, "");
    expect_value(0, LINE_WHO, "");
    expect_value(1, LINE_SEQ, "1");
    expect_value(1, LINE_OUTCOME, "superseded");
    expect_value(2, LINE_SEQ, "2");
}

/* Also when they come in one batch. */
TEST(only_the_last_ones_are_told)
{
    enum { BATCH = 7 };
    struct store_result results[BATCH];
    struct store_batch *batch = store_batch_new(1);
    for (int32_t seq = 1; seq <= BATCH; seq++) {
        struct report report = store_fixture_report(&store, 0, seq, seq);
        store_fixture_add(&store, batch, 0, &report, 0);
    }
    ck_assert_int_eq(store_fixture_apply(&store, batch, results), TURNOUT_OK);
    for (int32_t seq = BATCH + 1; seq <= STORE_LINES_MAX + 5; seq++) {
        ck_assert_int_eq(report(0, seq, seq), STATUS_ACCEPTED);
        ck_assert_int_eq(read_unit(0), TURNOUT_OK);
        ck_assert_uint_eq(unit_answer.line_count, seq < STORE_LINES_MAX ? (size_t)seq : STORE_LINES_MAX);
        for (size_t i = 0; i < unit_answer.line_count; i++) {
            char wanted[16];
            (void)snprintf(wanted, sizeof wanted, "%d", seq - (int32_t)i);
            expect_value(i, LINE_SEQ, wanted);
        }
    }
}

/* ---- what must not be ---- */

static const struct {
    const char *spoil;
    enum turnout_error one;
    enum turnout_error many;
} spoilt[] = {
    {"HSET turnout:{e-1:01}:units 01.1-001 x", TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {"HSET turnout:{e-1:01}:recent 01.1-001 1-1", TURNOUT_BAD_INPUT, TURNOUT_OK},
    {"XADD turnout:{e-1:01}:log 9999999999999-1 unit 01.1-002 seq 1", TURNOUT_OK, TURNOUT_OK},
    {"HSET turnout:{e-1:01}:recent 01.1-001 x", TURNOUT_UNAVAILABLE, TURNOUT_OK},
    {"DEL turnout:{e-1:01}:log", TURNOUT_BAD_INPUT, TURNOUT_OK},
};

LOOP_TEST(what_the_keys_must_not_hold_is_told, COUNT(spoilt))
{
    ck_assert_int_eq(report(0, 1, 1), STATUS_ACCEPTED);
    redis_fixture_run(&store.redis, spoilt[_i].spoil);
    ck_assert_int_eq(read_unit(0), spoilt[_i].one);
    ck_assert_int_eq(read_units(0, 2), spoilt[_i].many);
}

TEST(a_line_of_another_unit_is_not_taken_for_its_own)
{
    ck_assert_int_eq(report(0, 1, 1), STATUS_ACCEPTED);
    ck_assert_int_eq(report(1, 1, 1), STATUS_ACCEPTED);
    redisReply *line = redis_fixture_command(&store.redis, "XREVRANGE turnout:{e-1:01}:log + - COUNT 1");
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:recent 01.1-001 %s",
                      line->element[0]->element[0]->str);
    freeReplyObject(line);
    ck_assert_int_eq(read_unit(0), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(read_unit(1), TURNOUT_OK);
}

TEST(an_id_that_is_none_stops_the_counting)
{
    struct report report = store_fixture_report(&store, 0, 1, 1);
    struct store_result result;
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:recent 01.1-001 x");
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(store.why, "is not the id of a line"));
    ck_assert_int_eq(read_units(0, 1), TURNOUT_OK);
    ck_assert_int_eq(units_answer.states[0].seq, 0);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(read_unit(0), TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(read_units(0, 2), TURNOUT_UNAVAILABLE);
}

SUITE("units");
