/* Ledgers as they are read, from the beginning or from what is known on, and nothing believed that is no line of the
 * log. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"

#define LEDGER "turnout:{e-1:01}:ledger"

static struct store_fixture store;

static struct {
    bool done;
    enum turnout_error error;
    size_t count;
    bool has_more;
    struct ledger_entry first;
    struct ledger_entry last;
    char last_id[STORE_STREAM_ID_BYTES];
} answer;

static void on_ledger(void *context, enum turnout_error error, const char *why,
                      const struct store_ledger *ledger)
{
    (void)context;
    (void)why;
    ck_assert(!answer.done);
    answer.done = true;
    answer.error = error;
    ck_assert_int_eq(ledger != NULL, error == TURNOUT_OK);
    if (ledger != NULL) {
        answer.count = ledger->count;
        answer.has_more = ledger->has_more;
        memcpy(answer.last_id, ledger->last_id, sizeof answer.last_id);
    }
    if (ledger != NULL && ledger->count > 0) {
        answer.first = ledger->entries[0];
        answer.last = ledger->entries[ledger->count - 1];
    }
}

static enum turnout_error read_ledger(uint32_t province, const char *after_id)
{
    char id[STORE_STREAM_ID_BYTES];
    ck_assert(slice_copy(slice_of(after_id), id, sizeof id));
    memset(&answer, 0, sizeof answer);
    store_read_ledger(store.store, province, id, "", on_ledger, NULL);
    store_fixture_run_until(&store, &answer.done);
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

static void correct(int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, 0, seq, voted);
    struct report_outcome result;
    if (seq > 1) {
        report.kind = KIND_CORRECTION;
        report.kind_given = true;
        report.reason = REASON_MISTYPED;
    }
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
}

FIXTURE(setup, teardown);

TEST(what_is_corrected_is_read)
{
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
    ck_assert_str_eq(answer.last_id, "");
    correct(1, 10);
    correct(2, 9);
    correct(3, 8);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 2);
    ck_assert_int_eq(answer.first.kind, LEDGER_CORRECTION);
    ck_assert_str_eq(answer.first.unit_code, store.reg->units[0].code);
    ck_assert_int_eq(answer.first.seq, 2);
    ck_assert_str_eq(answer.first.before, "10");
    ck_assert_str_eq(answer.first.after, "9");
    ck_assert_str_eq(answer.first.reason, "mistyped");
    ck_assert_int_eq(answer.last.seq, 3);

    ck_assert_int_eq(read_ledger(1, answer.last_id), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    correct(4, 7);
    ck_assert_int_eq(read_ledger(1, answer.last_id), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 1);
    ck_assert_int_eq(answer.first.seq, 4);
    ck_assert_int_eq(read_ledger(2, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 0);
}

/* What counts and is no correction is nobody's business; a roll that moves is. */
TEST(a_line_may_be_several_entries)
{
    struct report_outcome outcome;
    correct(1, 10);
    struct report report = store_fixture_report(&store, 0, 2, 9);
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_ROLL_CHANGED;
    report.registered = 41;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &outcome), TURNOUT_OK);
    ck_assert_int_eq(outcome.status, STATUS_ACCEPTED);
    report = store_fixture_report(&store, 0, 3, 12);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &outcome), TURNOUT_OK);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 2);
    ck_assert_int_eq(answer.first.kind, LEDGER_CORRECTION);
    ck_assert_str_eq(answer.first.before, "10");
    ck_assert_str_eq(answer.first.after, "9");
    ck_assert_int_eq(answer.last.kind, LEDGER_ROLL_CHANGE);
    ck_assert_str_eq(answer.last.before, "40");
    ck_assert_str_eq(answer.last.after, "41");
    ck_assert_int_eq(answer.last.seq, 2);
}

TEST(the_elections_own_is_read)
{
    redis_fixture_run(&store.redis, "XADD turnout:{e-1}:ledger * line %s",
                      "{\"received\":1773561600123,\"outcome\":\"phase\",\"from\":\"rehearsal\","
                      "\"to\":\"open\",\"who\":\"token:abcdefgh\"}");
    ck_assert_int_eq(read_ledger(REGISTER_NATION, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 1);
    ck_assert_int_eq(answer.first.kind, LEDGER_PHASE);
    ck_assert_str_eq(answer.first.unit_code, "");
    ck_assert_int_eq(answer.first.when_ms, 1773561600123);
    ck_assert_str_eq(answer.first.before, "rehearsal");
    ck_assert_str_eq(answer.first.after, "open");
    ck_assert_str_eq(answer.first.reason, "");
}

/* A roll that moves from 40 to 41, with seq %d. */
#define ROLL_CHANGE(unit)                                                                                    \
    "{\"received\":1,\"outcome\":\"accepted\",\"round\":0,\"before\":[3,40],\"report\":"                     \
    "{\"election\":\"e-1\",\"unit\":\"" unit "\",\"seq\":%d,\"as_of\":\"2026-03-15T08:00:00+07:00\","        \
    "\"voted\":4,\"registered\":41}}"

/* Of many the oldest first; from one that is known on, the next ones. */
TEST(a_reading_is_bounded)
{
    for (int i = 1; i <= STORE_LEDGER_READ_MAX + 5; i++) {
        char line[256];
        ck_assert_int_lt(snprintf(line, sizeof line, ROLL_CHANGE("01.1-001"), i), (int)sizeof line);
        redis_fixture_run(&store.redis, "XADD " LEDGER " %d-1 line %s", i, line);
    }
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, STORE_LEDGER_READ_MAX);
    ck_assert(answer.has_more);
    ck_assert_int_eq(answer.first.seq, 1);
    ck_assert_int_eq(answer.last.seq, STORE_LEDGER_READ_MAX);
    ck_assert_int_eq(read_ledger(1, "2-1"), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, STORE_LEDGER_READ_MAX);
    ck_assert_int_eq(answer.first.seq, 3);
    ck_assert_str_eq(answer.last_id, "1002-1");
    ck_assert_int_eq(read_ledger(1, answer.last_id), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 3);
    ck_assert(!answer.has_more);
}

/* Of a unit that the register has no more: what was said of it stays. */
TEST(a_line_of_a_unit_that_was_is_told)
{
    char line[256];
    correct(1, 10);
    ck_assert_int_lt(snprintf(line, sizeof line, ROLL_CHANGE("nobody"), 1), (int)sizeof line);
    redis_fixture_run(&store.redis, "XADD " LEDGER " * line %s", line);
    correct(2, 9);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 2);
    ck_assert_str_eq(answer.first.unit_code, "nobody");
    ck_assert_str_eq(answer.first.area_code, "");
    ck_assert_int_eq(answer.last.seq, 2);
}

static const struct {
    const char *field;
    const char *value;
} spoilt[] = {
    {"line", ""},
    {"line", "x"},
    {"line", "{}"},
    {"line", "[]"},
    {"entry", "{\"received\":1,\"outcome\":\"phase\",\"from\":\"a\",\"to\":\"b\",\"who\":\"w\"}"},
    {"line", "{\"received\":\"x\",\"outcome\":\"phase\",\"from\":\"a\",\"to\":\"b\",\"who\":\"w\"}"},
    {"line", "{\"received\":-1,\"outcome\":\"phase\",\"from\":\"a\",\"to\":\"b\",\"who\":\"w\"}"},
    {"line", "{\"received\":1,\"outcome\":\"other\",\"from\":\"a\",\"to\":\"b\",\"who\":\"w\"}"},
    {"line", "{\"received\":1,\"outcome\":\"phase\",\"from\":\"a-word-that-is-too-long\",\"to\":\"b\"}"},
    {"line", "{\"received\":1,\"outcome\":\"accepted\",\"round\":0,\"before\":[3,40]}"},
    {"line", "{\"received\":1,\"outcome\":\"accepted\",\"round\":0,\"before\":[3],\"report\":{}}"},
    {"line", "{\"received\":1,\"outcome\":\"released\",\"round\":0,\"before\":null,\"who\":\"w\"}"},
};

LOOP_TEST(what_is_no_line_is_told, COUNT(spoilt))
{
    correct(1, 10);
    correct(2, 9);
    redis_fixture_run(&store.redis, "XADD " LEDGER " * %s %s", spoilt[_i].field, spoilt[_i].value);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_BAD_INPUT);
}

TEST(what_is_no_ledger_is_told)
{
    redis_fixture_run(&store.redis, "SET " LEDGER " x");
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_BAD_INPUT);
    redis_fixture_run(&store.redis, "XADD turnout:{e-1}:ledger * line x more y");
    ck_assert_int_eq(read_ledger(REGISTER_NATION, ""), TURNOUT_BAD_INPUT);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_UNAVAILABLE);
}

SUITE("ledgers");
