/* Ledgers as they are read: the newest of them, then what comes behind, and nothing believed that is no entry. */
#include <signal.h>
#include <string.h>

#include <check.h>

#include "store_fixture.h"
#include "suite.h"

#define LEDGER "turnout:{e-1:01}:ledger"

static struct store_fixture store;

static struct {
    bool done;
    enum turnout_error error;
    size_t count;
    struct ledger_entry first;
    struct ledger_entry last;
    char last_id[STORE_LEDGER_ID_BYTES];
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
        memcpy(answer.last_id, ledger->last_id, sizeof answer.last_id);
    }
    if (ledger != NULL && ledger->count > 0) {
        answer.first = ledger->entries[0];
        answer.last = ledger->entries[ledger->count - 1];
    }
}

static enum turnout_error read_ledger(uint32_t province, const char *after_id)
{
    char id[STORE_LEDGER_ID_BYTES];
    ck_assert(slice_copy(slice_of(after_id), id, sizeof id));
    memset(&answer, 0, sizeof answer);
    store_read_ledger(store.store, province, id, on_ledger, NULL);
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
    struct store_result result;
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
    ck_assert_uint_eq(answer.first.unit, 0);
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

TEST(the_elections_own_is_read)
{
    redis_fixture_run(&store.redis,
                      "XADD turnout:{e-1}:ledger * when 1773561600123 kind phase before rehearsal "
                      "after open who abcdefgh");
    ck_assert_int_eq(read_ledger(REGISTER_NATION, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 1);
    ck_assert_int_eq(answer.first.kind, LEDGER_PHASE);
    ck_assert_uint_eq(answer.first.unit, REGISTER_NONE);
    ck_assert_int_eq(answer.first.when_ms, 1773561600123);
    ck_assert_str_eq(answer.first.before, "rehearsal");
    ck_assert_str_eq(answer.first.after, "open");
    ck_assert_str_eq(answer.first.reason, "");
}

/* Of many the newest first; from one that is known on, the next ones. */
TEST(a_reading_is_bounded)
{
    for (int i = 1; i <= STORE_LEDGER_READ_MAX + 5; i++) {
        redis_fixture_run(
            &store.redis,
            "XADD " LEDGER " %d-1 when %d kind roll-change unit 01.1-001 seq %d before 40 after 41", i, i, i);
    }
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, STORE_LEDGER_READ_MAX);
    ck_assert_int_eq(answer.first.seq, 6);
    ck_assert_int_eq(answer.last.seq, STORE_LEDGER_READ_MAX + 5);
    ck_assert_int_eq(read_ledger(1, "2-1"), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, STORE_LEDGER_READ_MAX);
    ck_assert_int_eq(answer.first.seq, 3);
    ck_assert_str_eq(answer.last_id, "1002-1");
    ck_assert_int_eq(read_ledger(1, answer.last_id), TURNOUT_OK);
    ck_assert_uint_eq(answer.count, 3);
}

static const char *const spoilt[] = {
    "XADD " LEDGER " * kind phase before a after b",
    "XADD " LEDGER " * when x kind phase before a after b",
    "XADD " LEDGER " * when 1 kind other before a after b",
    "XADD " LEDGER " * when 1 kind phase before a-word-that-is-too-long after b",
    "XADD " LEDGER " * when 1 kind correction unit nobody seq 1 before 1 after 2",
    "XADD " LEDGER " * when 1 kind correction unit 01.1-001 seq 1 before 1 after two",
    "XADD " LEDGER " * when 1 kind correction unit 01.1-001 seq 1 before {} after 2",
    "XADD " LEDGER " * when 1 kind correction unit 01.1-001 before 1 after 2",
    "SET " LEDGER " x",
};

LOOP_TEST(what_is_no_entry_is_told, COUNT(spoilt))
{
    redis_fixture_run(&store.redis, spoilt[_i]);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_BAD_INPUT);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(read_ledger(1, ""), TURNOUT_UNAVAILABLE);
}

SUITE("ledgers");
