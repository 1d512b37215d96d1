/* Units as they are read back: many at a time, or one with the last of what it has sent. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/service/committee.h>

#include "store_fixture.h"
#include "strangers_committee.h"
#include "suite.h"

#define UNITS "turnout:{e-1:01}:units"

static struct store_fixture store;
static struct committee *committee;

/* Corrections are held, so that there are decisions to read about. */
static void setup(void)
{
    store_fixture_start(&store, NULL);
    store.election.rules.modes[RULE_CORRECTIONS] = MODE_HOLD;
    store_fixture_open(&store);
    committee = strangers_committee_new(&store);
}

static void teardown(void)
{
    committee_free(committee);
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

static struct {
    bool done;
    enum turnout_error error;
    struct committee_unit unit;
} unit_answer;

static void on_unit(void *context, enum turnout_error error, const char *why,
                    const struct committee_unit *unit)
{
    (void)context;
    (void)why;
    ck_assert(!unit_answer.done);
    unit_answer.done = true;
    unit_answer.error = error;
    ck_assert_int_eq(unit != NULL, error == TURNOUT_OK);
    if (unit != NULL) {
        unit_answer.unit = *unit;
    }
}

static struct store_log_place page_after; /* of what is read; from the newest when empty */
static size_t page_limit = COMMITTEE_UNIT_LINES_MAX;

static enum turnout_error read_unit(uint32_t unit)
{
    memset(&unit_answer, 0, sizeof unit_answer);
    committee_read_unit(committee, unit, page_after.entry[0] == '\0' ? NULL : &page_after, page_limit,
                        on_unit, NULL);
    store_fixture_run_until(&store, &unit_answer.done);
    return unit_answer.error;
}

static enum report_status send(uint32_t unit, const struct report *report)
{
    struct report_outcome outcome;
    ck_assert_msg(store_fixture_apply_one(&store, unit, report, &outcome) == TURNOUT_OK, "%s", store.why);
    return outcome.status;
}

static enum report_status report(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    return send(unit, &report);
}

static enum report_status correct(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISTYPED;
    return send(unit, &report);
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
    ck_assert_int_eq(report(1, 1, 1), STATUS_ACCEPTED); /* of its commune, but not of it */
    ck_assert_int_eq(read_unit(0), TURNOUT_OK);
    ck_assert_int_eq(unit_answer.unit.state.seq, 0);
    ck_assert_int_eq(unit_answer.unit.state.registered, 40);
    ck_assert_uint_eq(unit_answer.unit.line_count, 0);
    ck_assert_int_eq(unit_answer.unit.next_seq, 1);
}

static void expect_line(size_t index, int32_t seq, int32_t voted, enum log_outcome outcome,
                        int32_t voted_before)
{
    ck_assert_uint_lt(index, unit_answer.unit.line_count);
    const struct log_line *line = &unit_answer.unit.lines[index];
    ck_assert_str_eq(line->report.unit, store.reg->units[0].code);
    ck_assert_int_eq(line->report.seq, seq);
    ck_assert_int_eq(line->report.voted, voted);
    ck_assert_str_eq(log_outcome_name(line->outcome), log_outcome_name(outcome));
    ck_assert_int_eq(line->voted_before, voted_before);
}

TEST(what_a_unit_sent_is_told_newest_first)
{
    ck_assert_int_eq(report(0, 2, 10), STATUS_ACCEPTED);
    ck_assert_int_eq(report(1, 1, 1), STATUS_ACCEPTED);   /* of another unit */
    ck_assert_int_eq(report(0, 1, 5), STATUS_SUPERSEDED); /* which the log does not hold, */
    ck_assert_int_eq(report(0, 2, 10), STATUS_DUPLICATE); /* nor this, */
    ck_assert_int_eq(report(0, 4, 41), STATUS_REJECTED);  /* nor this */
    ck_assert_int_eq(report(0, 3, 12), STATUS_ACCEPTED);
    ck_assert_int_eq(read_unit(0), TURNOUT_OK);
    ck_assert_int_eq(unit_answer.unit.state.seq, 3);
    ck_assert_int_eq(unit_answer.unit.state.voted, 12);
    ck_assert_int_eq(unit_answer.unit.next_seq, 4);
    ck_assert_uint_eq(unit_answer.unit.line_count, 2);
    expect_line(0, 3, 12, LOG_ACCEPTED, 10);
    expect_line(1, 2, 10, LOG_ACCEPTED, 0);
    ck_assert(unit_answer.unit.lines[1].was_silent);
    ck_assert_int_eq(unit_answer.unit.lines[0].report.registered, REGISTERED_ABSENT);
    ck_assert_str_eq(unit_answer.unit.lines[0].who, "");
}

/* Decisions are lines of the unit, too; and a seq that is held is taken. */
TEST(what_was_held_and_decided_is_told)
{
    enum held_state state;
    struct fixture_decision decision = {
        .unit = 0, .seq = 2, .reason = "phoned", .who = "token:abc", .now_ms = 1773600000000};
    ck_assert_int_eq(report(0, 1, 10), STATUS_ACCEPTED);
    ck_assert_int_eq(correct(0, 2, 9), STATUS_HELD);
    ck_assert_int_eq(correct(0, 7, 8), STATUS_HELD);
    ck_assert_int_eq(store_fixture_decide(&store, &decision, &state), DECIDED_REJECTED);
    ck_assert_int_eq(read_unit(0), TURNOUT_OK);
    ck_assert_uint_eq(unit_answer.unit.line_count, 4);
    expect_line(0, 2, 9, LOG_REJECTED, 10);
    ck_assert_str_eq(unit_answer.unit.lines[0].who, "token:abc");
    ck_assert_str_eq(unit_answer.unit.lines[0].why, "phoned");
    ck_assert_int_eq(unit_answer.unit.lines[0].received_ms, 1773600000000);
    expect_line(1, 7, 8, LOG_HELD, 10);
    expect_line(2, 2, 9, LOG_HELD, 10);
    ck_assert_int_eq(unit_answer.unit.lines[2].code, CODE_CORRECTION);
    expect_line(3, 1, 10, LOG_ACCEPTED, 0);
    ck_assert_int_eq(unit_answer.unit.state.seq, 1);
    ck_assert_int_eq(unit_answer.unit.next_seq, 8);
}

/* Also when they come in one commit. */
TEST(only_the_last_ones_are_told)
{
    enum { AT_ONCE = 7, LINES = 10 };
    struct report_outcome outcomes[AT_ONCE];
    for (int32_t seq = 1; seq <= AT_ONCE; seq++) {
        struct report report = store_fixture_report(&store, 0, seq, seq);
        store_fixture_add(&store, 0, &report, 0);
    }
    ck_assert_int_eq(store_fixture_apply(&store, outcomes), TURNOUT_OK);
    page_limit = LINES;
    for (int32_t seq = AT_ONCE + 1; seq <= LINES + 5; seq++) {
        ck_assert_int_eq(report(0, seq, seq), STATUS_ACCEPTED);
        ck_assert_int_eq(read_unit(0), TURNOUT_OK);
        ck_assert_uint_eq(unit_answer.unit.line_count, seq < LINES ? (size_t)seq : LINES);
        ck_assert_int_eq(unit_answer.unit.total, seq);
        ck_assert_int_eq(unit_answer.unit.has_next, seq > LINES);
        for (size_t i = 0; i < unit_answer.unit.line_count; i++) {
            ck_assert_int_eq(unit_answer.unit.lines[i].report.seq, seq - (int32_t)i);
        }
    }
}

/* Page by page each is told once, whatever other units have sent in between. */
TEST(pages_of_a_unit)
{
    enum { LINES = 7, LIMIT = 2 };
    for (int32_t seq = 1; seq <= LINES; seq++) {
        ck_assert_int_eq(report(0, seq, seq), STATUS_ACCEPTED);
        ck_assert_int_eq(report(1, seq, seq), STATUS_ACCEPTED);
    }
    page_limit = LIMIT;
    int32_t seq = LINES;
    do {
        ck_assert_int_eq(read_unit(0), TURNOUT_OK);
        const struct committee_unit *unit = &unit_answer.unit;
        ck_assert_int_eq(unit->total, seq == LINES ? LINES : -1);
        ck_assert_int_eq(unit->next_seq, seq == LINES ? LINES + 1 : 0);
        for (size_t i = 0; i < unit->line_count; i++) {
            ck_assert_int_eq(unit->lines[i].report.seq, seq--);
        }
        page_after = unit->next;
    } while (unit_answer.unit.has_next);
    ck_assert_int_eq(seq, 0);
    ck_assert_uint_eq(unit_answer.unit.line_count, LINES % LIMIT);
    page_after = (struct store_log_place){"1-1", 0};
    ck_assert_int_eq(read_unit(0), TURNOUT_NOT_FOUND);
}

/* ---- what must not be ---- */

static const struct {
    const char *spoil;
    enum turnout_error one;
    enum turnout_error many;
} spoilt[] = {
    {"HSET " UNITS " 01.1-001 x", TURNOUT_BAD_INPUT, TURNOUT_BAD_INPUT},
    {"HSET " UNITS " 01.1-002 x", TURNOUT_OK, TURNOUT_BAD_INPUT},
    {"HDEL turnout:{e-1:01}:communes 01.1", TURNOUT_BAD_INPUT, TURNOUT_OK},
    {"DEL turnout:{e-1:01}:log", TURNOUT_BAD_INPUT, TURNOUT_OK},
};

LOOP_TEST(what_the_keys_must_not_hold_is_told, COUNT(spoilt))
{
    ck_assert_int_eq(report(0, 1, 1), STATUS_ACCEPTED);
    redis_fixture_run(&store.redis, spoilt[_i].spoil);
    ck_assert_int_eq(read_unit(0), spoilt[_i].one);
    ck_assert_int_eq(read_units(0, 2), spoilt[_i].many);
}

static const char *const states[] = {
    "",
    "1 2 3",
    "1 5 40 1773532800 1773532800123 progress 0 ",
    "1 5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddee",
    "1 5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff 1",
    "1 5 40 1773532800 1773532800123 progress 0 x0112233445566778899aabbccddeeff",
    "1 5 40 1773532800 1773532800123 progress 1000 00112233445566778899aabbccddeeff",
    "1 5 40 1773532800 1773532800123 other 0 00112233445566778899aabbccddeeff",
    "1 5 40 1773532800 -1 progress 0 00112233445566778899aabbccddeeff",
    "1 5 40 then 1773532800123 progress 0 00112233445566778899aabbccddeeff",
    "1 5 10000001 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff",
    "1 -5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff",
    "2147483648 5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff",
    "1  5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff",
};

LOOP_TEST(a_state_that_is_none, COUNT(states))
{
    redis_fixture_run(&store.redis, "HSET " UNITS " 01.1-001 %s",
                      "1 5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff");
    ck_assert_int_eq(read_units(0, 1), TURNOUT_OK);
    ck_assert_int_eq(units_answer.states[0].voted, 5);
    redis_fixture_run(&store.redis, "HSET " UNITS " 01.1-001 %s", states[_i]);
    ck_assert_int_eq(read_units(0, 1), TURNOUT_BAD_INPUT);
}

TEST(units_that_are_no_hash)
{
    redis_fixture_run(&store.redis, "SET " UNITS " x");
    ck_assert_int_eq(read_unit(0), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(read_units(0, 2), TURNOUT_BAD_INPUT);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(read_unit(0), TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(read_units(0, 2), TURNOUT_UNAVAILABLE);
}

SUITE("units");
