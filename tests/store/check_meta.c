/* Phases and publication modes: what may follow what, what the ledger says of it, and that nothing of the rehearsal
 * is ever counted for real. And settling a link. */
#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/commit.h>
#include <turnout/store/meta.h>

#include "expect_redis.h"
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

static struct fixture_change change_phase(enum election_phase phase)
{
    return store_fixture_change_phase(&store, phase);
}

static struct fixture_change change_publication(enum publication_mode mode)
{
    struct fixture_change changed = {0};
    struct buffer shown[2] = {0};
    buffer_append_text(&shown[0], "east");
    buffer_append_text(&shown[1], "west");
    store_change_publication(store.store, mode, shown, "token:Bid", 1773561600124, store_fixture_keep_change,
                             &changed);
    store_fixture_run_until(&store, &changed.done);
    buffer_done(&shown[0]);
    buffer_done(&shown[1]);
    return changed;
}

static void expect(struct fixture_change changed, enum change_outcome outcome, const char *before)
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

static bool is_in_rehearsal(uint32_t unit)
{
    uint32_t province = register_province_of(store.reg, store.reg->units[unit].commune);
    redisReply *phase = redis_fixture_command(&store.redis, "HGET turnout:{e-1:%s}:totals phase",
                                              store.reg->areas[province].code);
    bool is_so = strcmp(phase->str, "rehearsal") == 0;
    freeReplyObject(phase);
    return is_so;
}

/* As the phase of its province wants it. */
static struct report_outcome report(uint32_t unit, int32_t seq)
{
    struct report report = store_fixture_report(&store, unit, seq, 1);
    report.test = is_in_rehearsal(unit);
    struct report_outcome outcome;
    ck_assert_msg(store_fixture_apply_one(&store, unit, &report, &outcome) == TURNOUT_OK, "%s", store.why);
    return outcome;
}

static void expect_report(uint32_t unit, int32_t seq, enum report_status status)
{
    struct report_outcome outcome = report(unit, seq);
    ck_assert_msg(outcome.status == status, "%s %s", report_status_name(outcome.status),
                  report_code_name(outcome.code));
}

/* ---- phases ---- */

FIXTURE(setup, teardown);

TEST(phases_follow_each_other)
{
    static const struct {
        enum election_phase phase;
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
    expect_integer(&store, 3, "XLEN " LEDGER);
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
    expect_integer(&store, 3, "XLEN " LEDGER);
}

TEST(of_two_changes_at_once_one_is_made)
{
    static const struct buffer shown[2];
    struct fixture_change changed[2] = {{.done = false}, {.done = false}};
    store_change_publication(store.store, PUBLICATION_HOLD, shown, "token:Aid", 1, store_fixture_keep_change,
                             &changed[0]);
    store_change_publication(store.store, PUBLICATION_ROUNDS, shown, "token:Bid", 2,
                             store_fixture_keep_change, &changed[1]);
    store_fixture_run_until(&store, &changed[0].done);
    store_fixture_run_until(&store, &changed[1].done);
    ck_assert_int_eq(changed[0].error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(changed[1].error, TURNOUT_OK);
    expect_text(&store, "rounds", "HGET " META " publication");
    expect_integer(&store, 1, "XLEN " LEDGER);
}

TEST(figures_are_held_back_only_where_what_stands_is_kept)
{
    redis_fixture_run(&store.redis, "SET turnout:{e-1:02}:bulletins none");
    ck_assert_int_ne(change_publication(PUBLICATION_HOLD).error, TURNOUT_OK);
    expect_text(&store, "live", "HGET " META " publication");
}

/* It was decided on what is gone. */
TEST(a_change_that_comes_after_a_reset_changes_nothing)
{
    expect_integer(&store, 0,
                   "FCALL turnout_set 2 " META " " LEDGER " another 0 publication hold line shown-1");
    expect_text(&store, "live", "HGET " META " publication");
    expect_integer(&store, 0, "XLEN " LEDGER);
}

/* Its number was drawn before others were: by one that changed something, or by one that found it so already. */
static void expect_late(const char *number, const char *stands)
{
    redisReply *generation = redis_fixture_command(&store.redis, "HGET " META " generation");
    redisReply *reply = redis_fixture_command(
        &store.redis, "FCALL turnout_set 2 " META " " LEDGER " %s %s publication rounds line shown-1",
        generation->str, number);
    ck_assert_int_eq(reply->type, REDIS_REPLY_INTEGER);
    ck_assert_int_eq(reply->integer, 0);
    expect_text(&store, stands, "HGET " META " publication");
    freeReplyObject(reply);
    freeReplyObject(generation);
}

TEST(a_change_that_comes_late_changes_nothing)
{
    expect(change_publication(PUBLICATION_LIVE), CHANGE_NONE, "live");
    expect_late("0", "live");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_DONE, "live");
    expect_late("1", "hold");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_NONE, "hold");
    expect_late("2", "hold");
    expect_integer(&store, 1, "XLEN " LEDGER);
}

TEST(the_ledger_says_who_and_when)
{
    static const char *const lines[] = {
        "{\"received\":1773561600123,\"outcome\":\"phase\",\"from\":\"rehearsal\",\"to\":\"open\","
        "\"who\":\"token:Aid\"}",
        "{\"received\":1773561600124,\"outcome\":\"publication\",\"from\":\"live\",\"to\":\"hold\","
        "\"who\":\"token:Bid\"}"};
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect(change_publication(PUBLICATION_HOLD), CHANGE_DONE, "live");
    redisReply *entries = redis_fixture_command(&store.redis, "XRANGE " LEDGER " - +");
    ck_assert_uint_eq(entries->elements, 2);
    for (size_t i = 0; i < 2; i++) {
        const redisReply *fields = entries->element[i]->element[1];
        ck_assert_uint_eq(fields->elements, 2);
        ck_assert_str_eq(fields->element[0]->str, "line");
        ck_assert_str_eq(fields->element[1]->str, lines[i]);
    }
    freeReplyObject(entries);
}

/* ---- the rehearsal and the real count ---- */

static uint32_t unit_of_province(uint32_t province)
{
    uint32_t commune = store.reg->areas[province].first_child;
    return store.reg->areas[commune].first_child;
}

TEST(every_province_is_taken_along)
{
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect_text(&store, "open", "HGET turnout:{e-1:01}:totals phase");
    expect_text(&store, "open", "HGET turnout:{e-1:02}:totals phase");
    expect(change_phase(PHASE_CLOSED), CHANGE_DONE, "open");
    expect_text(&store, "closed", "HGET turnout:{e-1:01}:totals phase");
    expect_text(&store, "closed", "HGET turnout:{e-1:02}:totals phase");
    expect_text(&store, "closed", "HGET " META " phase");
}

TEST(a_closed_election_takes_no_more)
{
    uint32_t unit = unit_of_province(1);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect_report(unit, 1, STATUS_ACCEPTED);
    expect(change_phase(PHASE_CLOSED), CHANGE_DONE, "open");
    expect_report(unit, 1, STATUS_DUPLICATE); /* whoever missed the answer hears it */
    struct report_outcome outcome = report(unit, 2);
    ck_assert_int_eq(outcome.status, STATUS_REJECTED);
    ck_assert_int_eq(outcome.code, CODE_CLOSED);
    expect_text(&store, "1", "HGET turnout:{e-1:01}:totals revision");
}

TEST(a_closed_election_can_be_opened_again)
{
    uint32_t unit = unit_of_province(1);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
    expect(change_phase(PHASE_CLOSED), CHANGE_DONE, "open");
    ck_assert_int_eq(report(unit, 2).code, CODE_CLOSED);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "closed");
    expect_report(unit, 2, STATUS_ACCEPTED);
    expect_report(unit_of_province(2), 1, STATUS_ACCEPTED);
}

TEST(an_election_with_rehearsal_reports_is_not_opened)
{
    expect_report(unit_of_province(2), 1, STATUS_ACCEPTED);
    struct fixture_change changed = change_phase(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS, "");
    ck_assert_uint_eq(changed.province, 2);
    ck_assert_int_eq(read_meta().meta.phase, PHASE_REHEARSAL);
    expect_integer(&store, 0, "EXISTS " LEDGER);
    expect_text(&store, "rehearsal", "HGET turnout:{e-1:01}:totals phase");
    /* The rehearsal goes on everywhere. */
    expect_report(unit_of_province(1), 1, STATUS_ACCEPTED);
    expect_report(unit_of_province(2), 2, STATUS_ACCEPTED);
    changed = change_phase(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS, "");
    ck_assert_uint_eq(changed.province, 1);
}

/* Not even for a moment: no province is open while another one cannot be. */
TEST(no_province_is_opened_before_all_can_be)
{
    expect_report(unit_of_province(2), 1, STATUS_ACCEPTED);
    redis_fixture_run(&store.redis, "CONFIG RESETSTAT");
    expect(change_phase(PHASE_OPEN), CHANGE_REHEARSAL_STANDS, "");
    redisReply *stats = redis_fixture_command(&store.redis, "INFO commandstats");
    ck_assert_ptr_nonnull(strstr(stats->str, "cmdstat_fcall:"));
    ck_assert_ptr_null(strstr(stats->str, "cmdstat_hset:")); /* from within the function, too */
    freeReplyObject(stats);
}

/* Whatever a rehearsal has left: keys that reports leave something in. */
static const char *const leftovers[] = {
    "HSET turnout:{e-1:02}:units x y",   "XADD turnout:{e-1:02}:log * x y",
    "HSET turnout:{e-1:02}:held x y",    "ZADD turnout:{e-1:02}:waiting 1 x",
    "HSET turnout:{e-1:02}:aside x y",   "XADD turnout:{e-1:02}:ledger * x y",
    "ZADD turnout:{e-1:02}:flagged 1 x",
};

LOOP_TEST(a_trace_of_the_rehearsal_keeps_it_shut, COUNT(leftovers))
{
    redis_fixture_run(&store.redis, leftovers[_i]);
    struct fixture_change changed = change_phase(PHASE_OPEN);
    expect(changed, CHANGE_REHEARSAL_STANDS, "");
    ck_assert_uint_eq(changed.province, 2);
    expect_text(&store, "rehearsal", "HGET turnout:{e-1:01}:totals phase");
}

/* A rejected report leaves nothing, so it does not stand in the way. */
TEST(a_rejected_report_does_not_keep_it_shut)
{
    struct report report = store_fixture_report(&store, unit_of_province(1), 1, 1000);
    struct report_outcome result;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit_of_province(1), &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_REJECTED);
    expect(change_phase(PHASE_OPEN), CHANGE_DONE, "rehearsal");
}

/* ---- what must not be ---- */

static const struct {
    const char *spoil;
    bool breaks_reading;
} spoilt[] = {
    {"HDEL " META " schema", false},
    {"HSET " META " phase shut", true},
    {"HDEL " META " publication", true},
    {"HDEL " META " generation", true},
    {"HSET " META " generation a-generation-of-more-than-32-bytes", true},
    {"DEL " META, true},
    {"SET " LEDGER " x", false},
    {"HDEL turnout:{e-1:02}:totals phase", false},
};

LOOP_TEST(what_the_keys_must_not_hold_is_told, COUNT(spoilt))
{
    redis_fixture_run(&store.redis, spoilt[_i].spoil);
    struct fixture_change phase = change_phase(PHASE_OPEN);
    struct fixture_change publication = change_publication(PUBLICATION_HOLD);
    ck_assert_msg(phase.error == TURNOUT_BAD_INPUT || publication.error == TURNOUT_BAD_INPUT, "%s",
                  spoilt[_i].spoil);
    ck_assert_int_eq(read_meta().error, spoilt[_i].breaks_reading ? TURNOUT_BAD_INPUT : TURNOUT_OK);
}

/* ---- settling ---- */

struct settled {
    bool done;
    enum turnout_error error;
    char why[128];
};

static void on_settled(void *context, enum turnout_error error, const char *why)
{
    struct settled *settled = context;
    ck_assert(!settled->done);
    settled->done = true;
    settled->error = error;
    (void)strncpy(settled->why, why, sizeof settled->why - 1);
}

static struct settled settle(int64_t now_ms)
{
    struct settled settled = {.done = false};
    store_settle(store.store, now_ms, on_settled, &settled);
    ck_assert(!settled.done);
    store_fixture_run_until(&store, &settled.done);
    return settled;
}

TEST(a_link_is_settled_by_a_write)
{
    ck_assert_int_eq(settle(1773561600123).error, TURNOUT_OK);
    expect_text(&store, "1773561600123", "HGET " META " settled");
    ck_assert_int_eq(settle(1773561600124).error, TURNOUT_OK);
    expect_text(&store, "1773561600124", "HGET " META " settled");
    ck_assert_int_eq(read_meta().error, TURNOUT_OK);
}

static const struct {
    const char *spoil;
    const char *says;
} unsettled[] = {
    {"HDEL " META " schema", "never seeded"}, {"DEL " META, "never seeded"},
    {"FUNCTION FLUSH", "Function not found"}, {"CONFIG SET maxmemory 1", "OOM "},
    {"REPLICAOF 127.0.0.1 1", "READONLY "},
};

LOOP_TEST(what_cannot_be_written_does_not_settle, COUNT(unsettled))
{
    redis_fixture_run(&store.redis, unsettled[_i].spoil);
    struct settled settled = settle(1);
    ck_assert_int_eq(settled.error, TURNOUT_UNAVAILABLE);
    ck_assert_msg(strstr(settled.why, unsettled[_i].says) != NULL, "%s", settled.why);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(change_phase(PHASE_OPEN).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(change_phase(PHASE_CLOSED).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(change_publication(PUBLICATION_HOLD).error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(read_meta().error, TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(settle(1).error, TURNOUT_UNAVAILABLE);
}

SUITE("meta");
