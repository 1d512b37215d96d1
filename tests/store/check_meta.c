/* Phases and publication modes: what may follow what, what the ledger says of it, and that nothing of the rehearsal
 * is ever counted for real. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"

#define META   "turnout:{e-1}:meta"
#define LEDGER "turnout:{e-1}:ledger"

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

struct changed {
    bool done;
    enum turnout_error error;
    enum change_outcome outcome;
    uint32_t province;
    char before[16];
};

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    (void)why;
    struct changed *changed = context;
    ck_assert(!changed->done);
    changed->done = true;
    changed->error = error;
    ck_assert_int_eq(change != NULL, error == TURNOUT_OK);
    if (change != NULL) {
        changed->outcome = change->outcome;
        changed->province = change->province;
        ck_assert(slice_copy(slice_of(change->before), changed->before, sizeof changed->before));
    }
}

static struct changed change_phase(enum store_phase phase)
{
    struct changed changed = {0};
    store_change_phase(store.store, phase, "tokenAid", 1773561600123, on_changed, &changed);
    ck_assert(!changed.done);
    store_fixture_run_until(&store, &changed.done);
    return changed;
}

static struct changed change_publication(enum publication_mode mode)
{
    struct changed changed = {0};
    store_change_publication(store.store, mode, "tokenBid", 1773561600124, on_changed, &changed);
    store_fixture_run_until(&store, &changed.done);
    return changed;
}

static void expect(struct changed changed, enum change_outcome outcome, const char *before)
{
    ck_assert_int_eq(changed.error, TURNOUT_OK);
    ck_assert_int_eq(changed.outcome, outcome);
    ck_assert_str_eq(changed.before, before);
}

struct meta_answer {
    bool done;
    enum turnout_error error;
    struct store_meta meta;
};

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    (void)why;
    struct meta_answer *answer = context;
    answer->done = true;
    answer->error = error;
    if (meta != NULL) {
        answer->meta = *meta;
    }
}

static struct meta_answer read_meta(void)
{
    struct meta_answer answer = {0};
    store_read_meta(store.store, on_meta, &answer);
    store_fixture_run_until(&store, &answer.done);
    return answer;
}

static enum turnout_error report_in(uint32_t unit, int32_t seq, enum store_phase phase,
                                    struct store_result *ret_result)
{
    struct report report = store_fixture_report(&store, unit, seq, 1);
    uint32_t province = register_province_of(store.reg, store.reg->units[unit].commune);
    struct store_batch *batch = store_batch_new(province);
    store_batch_set_phase(batch, phase);
    store_fixture_add(&store, batch, unit, &report, 0);
    return store_fixture_apply(&store, batch, ret_result);
}

static void expect_report(uint32_t unit, int32_t seq, enum store_phase phase, enum report_status status)
{
    struct store_result result = {0};
    ck_assert_int_eq(report_in(unit, seq, phase, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, status);
}

static void expect_integer(const char *command, long long wanted)
{
    redisReply *reply = redis_fixture_command(&store.redis, command);
    ck_assert_int_eq(reply->type, REDIS_REPLY_INTEGER);
    ck_assert_int_eq(reply->integer, wanted);
    freeReplyObject(reply);
}

/* ---- phases ---- */

FIXTURE(setup, teardown);

TEST(phases_follow_each_other)
{
    static const struct {
        enum store_phase phase;
        enum change_outcome outcome;
        const char *before;
    } steps[] = {
        {PHASE_REHEARSAL, CHANGE_NONE, "rehearsal"},   {PHASE_CLOSED, CHANGE_NOT_ALLOWED, "rehearsal"},
        {PHASE_OPEN, CHANGE_DONE, "rehearsal"},        {PHASE_OPEN, CHANGE_NONE, "open"},
        {PHASE_REHEARSAL, CHANGE_NOT_ALLOWED, "open"}, {PHASE_CLOSED, CHANGE_DONE, "open"},
        {PHASE_CLOSED, CHANGE_NONE, "closed"},         {PHASE_REHEARSAL, CHANGE_NOT_ALLOWED, "closed"},
        {PHASE_OPEN, CHANGE_DONE, "closed"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        expect(change_phase(steps[i].phase), steps[i].outcome, steps[i].before);
    }
    struct meta_answer answer = read_meta();
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    ck_assert_int_eq(answer.meta.phase, PHASE_OPEN);
    ck_assert_int_eq(answer.meta.publication, PUBLICATION_LIVE);
    expect_integer("XLEN " LEDGER, 3);
}

TEST(publications_follow_each_other)
{
    expect(change_publication(PUBLICATION_LIVE), CHANGE_NONE, "live");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_DONE, "live");
    expect(change_publication(PUBLICATION_ROUNDS), CHANGE_DONE, "hold");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_DONE, "rounds");
    struct meta_answer answer = read_meta();
    ck_assert_int_eq(answer.meta.publication, PUBLICATION_HOLD);
    ck_assert_int_eq(answer.meta.phase, PHASE_REHEARSAL);
    expect_integer("XLEN " LEDGER, 3);
}

static void expect_entry(const redisReply *entry, const char *const wanted[])
{
    const redisReply *pairs = entry->element[1];
    size_t count = 0;
    for (; wanted[count] != NULL; count++) {
        ck_assert_uint_lt(count, pairs->elements);
        ck_assert_str_eq(pairs->element[count]->str, wanted[count]);
    }
    ck_assert_uint_eq(pairs->elements, count);
}

TEST(the_ledger_says_who_and_when)
{
    static const char *const opened[] = {"when",  "1773561600123", "kind", "phase",    "before", "rehearsal",
                                         "after", "open",          "who",  "tokenAid", NULL};
    static const char *const held[] = {"when",  "1773561600124", "kind", "publication", "before", "live",
                                       "after", "hold",          "who",  "tokenBid",    NULL};
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_DONE, "live");
    redisReply *entries = redis_fixture_command(&store.redis, "XRANGE " LEDGER " - +");
    ck_assert_uint_eq(entries->elements, 2);
    expect_entry(entries->element[0], opened);
    expect_entry(entries->element[1], held);
    freeReplyObject(entries);
}

/* ---- the rehearsal and the real count ---- */

static uint32_t unit_of_province(uint32_t province)
{
    uint32_t commune = store.reg->areas[province].first_child;
    return store.reg->areas[commune].first_child;
}

TEST(the_rehearsal_stays_out_of_the_count)
{
    struct store_result result;
    uint32_t unit = unit_of_province(1);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    ck_assert_int_eq(report_in(unit, 1, PHASE_REHEARSAL, &result), TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(store.why, "phase open"));
    ck_assert_int_eq(report_in(unit, 1, PHASE_CLOSED, &result), TURNOUT_OK);
    ck_assert_int_eq(result.code, CODE_CLOSED);
    expect_integer("EXISTS turnout:{e-1:01}:units turnout:{e-1:01}:log", 0);
    expect_report(unit, 1, PHASE_OPEN, STATUS_ACCEPTED);

    expect(change_phase(PHASE_CLOSED), CHANGE_DONE, "open");
    expect_report(unit, 1, PHASE_CLOSED, STATUS_DUPLICATE); /* whoever missed the answer hears it */
    ck_assert_int_eq(report_in(unit, 2, PHASE_CLOSED, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_REJECTED);
    ck_assert_int_eq(result.code, CODE_CLOSED);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "closed");
    expect_report(unit, 2, PHASE_OPEN, STATUS_ACCEPTED);
    expect_report(unit_of_province(2), 1, PHASE_OPEN, STATUS_ACCEPTED);
}

TEST(a_server_ahead_of_the_opening_waits)
{
    struct store_result result;
    ck_assert_int_eq(report_in(unit_of_province(1), 1, PHASE_OPEN, &result), TURNOUT_UNAVAILABLE);
    expect_report(unit_of_province(1), 1, PHASE_REHEARSAL, STATUS_ACCEPTED);
}

TEST(an_election_with_rehearsal_reports_is_not_opened)
{
    expect_report(unit_of_province(2), 1, PHASE_REHEARSAL, STATUS_ACCEPTED);
    struct changed changed = change_phase(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS, "");
    ck_assert_uint_eq(changed.province, 2);
    ck_assert_int_eq(read_meta().meta.phase, PHASE_REHEARSAL);
    expect_integer("EXISTS " LEDGER, 0);
    /* The rehearsal goes on everywhere. */
    expect_report(unit_of_province(1), 1, PHASE_REHEARSAL, STATUS_ACCEPTED);
    expect_report(unit_of_province(2), 2, PHASE_REHEARSAL, STATUS_ACCEPTED);
    changed = change_phase(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS, "");
    ck_assert_uint_eq(changed.province, 1);
}

/* A rejected report leaves nothing, so it does not stand in the way. */
TEST(a_rejected_report_does_not_keep_it_shut)
{
    struct report report = store_fixture_report(&store, unit_of_province(1), 1, 1000);
    struct store_result result;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit_of_province(1), &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_REJECTED);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
}

/* Whoever was interrupted between the provinces and meta begins again. */
TEST(an_opening_that_was_interrupted_is_finished)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase open");
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect_report(unit_of_province(1), 1, PHASE_OPEN, STATUS_ACCEPTED);
    expect_report(unit_of_province(2), 1, PHASE_OPEN, STATUS_ACCEPTED);
}

TEST(an_opening_that_was_interrupted_is_taken_back)
{
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals phase open");
    expect_report(unit_of_province(2), 1, PHASE_REHEARSAL, STATUS_ACCEPTED);
    expect(change_phase(PHASE_OPEN), CHANGE_REHEARSAL_STANDS, "");
    expect_report(unit_of_province(1), 1, PHASE_REHEARSAL, STATUS_ACCEPTED);
}

/* ---- what must not be ---- */

static const struct {
    const char *spoil;
    bool breaks_reading;
} spoilt[] = {
    {"HDEL " META " schema", false},     {"HSET " META " phase shut", true},
    {"HDEL " META " publication", true}, {"DEL " META, true},
    {"SET " LEDGER " x", false},
};

LOOP_TEST(what_the_keys_must_not_hold_is_told, COUNT(spoilt))
{
    redis_fixture_run(&store.redis, spoilt[_i].spoil);
    struct changed phase = change_phase(PHASE_OPEN);
    struct changed publication = change_publication(PUBLICATION_HOLD);
    ck_assert_msg(phase.error == TURNOUT_BAD_INPUT || publication.error == TURNOUT_BAD_INPUT, "%s",
                  spoilt[_i].spoil);
    ck_assert_int_eq(read_meta().error, spoilt[_i].breaks_reading ? TURNOUT_BAD_INPUT : TURNOUT_OK);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(change_phase(PHASE_OPEN).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(change_phase(PHASE_CLOSED).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(change_publication(PUBLICATION_HOLD).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(read_meta().error, TURNOUT_UNAVAILABLE);
}

SUITE("meta");
