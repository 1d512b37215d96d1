/* Communes as they are loaded: all that stands of them, and nothing believed that could not be. */
#include <turnout/store/load.h>

#include <signal.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/wire/signature.h>

#include "expect_redis.h"
#include "store_fixture.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define UNITS    "turnout:{e-1:01}:units"
#define ASIDE    "turnout:{e-1:01}:aside"
#define ZEROS    "0000000000000000000000000000000000000000000000000000000000000000"

enum { COMMUNE = 3, WITHOUT_UNITS = 8, UNITS_A_COMMUNE = 4, HELD_MOST = 16, WORDS_MOST = 4 };

static struct store_fixture store;

/* Corrections are held. */
static void begin(void)
{
    store_fixture_start(&store, NULL);
    store.election.rules.modes[RULE_CORRECTIONS] = MODE_HOLD;
    store_fixture_open(&store);
    ck_assert_str_eq(store.reg->areas[COMMUNE].code, "01.1");
    ck_assert_uint_eq(store.reg->areas[WITHOUT_UNITS].units, 0);
}

static void end(void)
{
    store_fixture_end(&store);
}

static struct {
    bool done;
    enum turnout_error error;
    char why[160];
    struct store_loaded loaded; /* its pointers lead nowhere */
    struct unit_state units[UNITS_A_COMMUNE];
    struct store_held held[HELD_MOST];
} answer;

/* `context` is the commune. */
static void on_loaded(void *context, enum turnout_error error, const char *why,
                      const struct store_loaded *loaded)
{
    const struct area *commune = context;
    ck_assert(!answer.done);
    ck_assert_int_eq(loaded != NULL, error == TURNOUT_OK);
    answer.done = true;
    answer.error = error;
    (void)strncpy(answer.why, why, sizeof answer.why - 1);
    if (loaded == NULL) {
        return;
    }
    answer.loaded = *loaded;
    memcpy(answer.units, loaded->units, commune->units * sizeof answer.units[0]);
    ck_assert_uint_le(loaded->held_count, HELD_MOST);
    for (size_t i = 0; i < loaded->held_count; i++) {
        answer.held[i] = loaded->held[i];
    }
}

static enum turnout_error load(uint32_t commune)
{
    memset(&answer, 0, sizeof answer);
    store_load(store.store, commune, on_loaded, &store.reg->areas[commune]);
    ck_assert(!answer.done);
    store_fixture_run_until(&store, &answer.done);
    return answer.error;
}

static void run_words(const char *const words[WORDS_MOST])
{
    const char *given[WORDS_MOST];
    int count = 0;
    while (count < WORDS_MOST && words[count] != NULL) {
        given[count] = words[count];
        count++;
    }
    redisReply *reply = redisCommandArgv(store.redis.redis, count, given, NULL);
    ck_assert(reply != NULL && reply->type != REDIS_REPLY_ERROR);
    freeReplyObject(reply);
}

static struct report correction(uint32_t unit, int32_t seq, int32_t voted)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISCOUNT;
    return report;
}

static void send(uint32_t unit, const struct report *report, enum report_status wanted)
{
    struct report_outcome outcome;
    store_fixture_add(&store, unit, report, 2);
    ck_assert_msg(store_fixture_apply(&store, &outcome) == TURNOUT_OK, "%s", store.why);
    ck_assert_str_eq(report_status_name(outcome.status), report_status_name(wanted));
}

FIXTURE(begin, end);
TIMEOUT(60);

/* ---- what stands ---- */

TEST(a_commune_as_it_was_seeded)
{
    static const unsigned char no_head[LOG_HEAD_BYTES];
    ck_assert_msg(load(COMMUNE) == TURNOUT_OK, "%s", answer.why);
    const struct store_loaded *loaded = &answer.loaded;
    struct totals seeded = {.registered = 58};
    ck_assert(totals_equal(&loaded->commune.totals, &seeded));
    ck_assert_int_eq(loaded->commune.totals.as_of, 0);
    ck_assert_mem_eq(loaded->commune.head, no_head, sizeof no_head);
    ck_assert_uint_eq(loaded->held_count, 0);
    static const int32_t rolls[UNITS_A_COMMUNE] = {40, 17, 1, 0};
    for (size_t i = 0; i < UNITS_A_COMMUNE; i++) {
        struct unit_state silent = {.registered = rolls[i]};
        ck_assert_mem_eq(&answer.units[i], &silent, sizeof silent);
    }
    expect_text(&store, loaded->ground.generation, "HGET " TOTALS " generation");
    expect_text(&store, loaded->ground.generation, "HGET turnout:{e-1}:meta generation");
    ck_assert_uint_eq(loaded->ground.digest[0], 1);
    ck_assert_uint_eq(loaded->ground.digest[GROUND_DIGEST_BYTES - 1], 1);
    ck_assert_int_eq(loaded->ground.phase, PHASE_REHEARSAL);
}

TEST(a_commune_without_units)
{
    ck_assert_msg(load(WITHOUT_UNITS) == TURNOUT_OK, "%s", answer.why);
    ck_assert_int_eq(answer.loaded.commune.totals.registered, 0);
    ck_assert_uint_eq(answer.loaded.held_count, 0);
}

/* Of units that have reported, one of them from a roll of nobody, and others that are silent. */
TEST(what_was_reported_is_loaded)
{
    struct report report = store_fixture_report(&store, 0, 3, 10);
    struct report of_nobody = store_fixture_report(&store, 3, 1, 0);
    struct report elsewhere = store_fixture_report(&store, 4, 1, 17);
    report.registered = 41;
    report.kind = KIND_FINAL;
    report.kind_given = true;
    send(0, &report, STATUS_ACCEPTED);
    send(3, &of_nobody, STATUS_ACCEPTED);
    send(4, &elsewhere, STATUS_ACCEPTED);
    ck_assert_msg(load(COMMUNE) == TURNOUT_OK, "%s", answer.why);
    const struct totals *totals = &answer.loaded.commune.totals;
    struct totals wanted = {.voted = 10,
                            .registered = 59,
                            .units_reported = 2,
                            .registered_reported = 41,
                            .units_final = 1,
                            .revision = 2,
                            .rounds = {0, 2}};
    ck_assert(totals_equal(totals, &wanted));
    ck_assert_int_eq(totals->as_of, report.as_of);

    struct unit_state state = {.seq = 3,
                               .voted = 10,
                               .registered = 41,
                               .round = 2,
                               .as_of = report.as_of,
                               .received_ms = report.as_of * 1000 + 123,
                               .kind = KIND_FINAL};
    report_digest(&report, state.digest);
    ck_assert_mem_eq(&answer.units[0], &state, sizeof state);
    ck_assert_int_eq(answer.units[1].seq, 0);
    ck_assert_int_eq(answer.units[3].seq, 1);
    ck_assert_int_eq(answer.units[3].registered, 0);
}

/* Held reports in any state, each with its unit, in the order of the register. */
TEST(what_was_held_is_loaded)
{
    enum held_state state;
    struct report waiting = correction(1, 2, 5);
    struct report rejected = correction(0, 1, 9);
    struct report released = correction(1, 1, 4);
    struct report of_another = correction(4, 1, 1);
    waiting.registered = 18;
    send(1, &released, STATUS_HELD);
    send(1, &waiting, STATUS_HELD);
    send(0, &rejected, STATUS_HELD);
    send(4, &of_another, STATUS_HELD);
    struct fixture_decision decision = {
        .unit = 1, .seq = 1, .release = true, .reason = "", .who = "w", .now_ms = 1};
    ck_assert_int_eq(store_fixture_decide(&store, &decision, &state), DECIDED_RELEASED);
    decision = (struct fixture_decision){.unit = 0, .seq = 1, .reason = "", .who = "w", .now_ms = 2};
    ck_assert_int_eq(store_fixture_decide(&store, &decision, &state), DECIDED_REJECTED);

    ck_assert_msg(load(COMMUNE) == TURNOUT_OK, "%s", answer.why);
    ck_assert_uint_eq(answer.loaded.held_count, 3);
    const struct held_report *reports[] = {&answer.held[0].report, &answer.held[1].report,
                                           &answer.held[2].report};
    ck_assert_uint_eq(answer.held[0].unit, 0);
    ck_assert_int_eq(reports[0]->state, HELD_REJECTED);
    ck_assert_uint_eq(answer.held[1].unit, 1);
    ck_assert_int_eq(reports[1]->state, HELD_RELEASED);
    ck_assert_int_eq(reports[1]->received.seq, 1);
    ck_assert_int_eq(reports[1]->received.registered, REGISTERED_ABSENT);
    ck_assert_uint_eq(answer.held[2].unit, 1);
    ck_assert_int_eq(reports[2]->state, HELD_WAITING);
    ck_assert_int_eq(reports[2]->code, CODE_CORRECTION);
    struct report_received wanted = {.seq = 2,
                                     .voted = 5,
                                     .registered = 18,
                                     .kind = KIND_CORRECTION,
                                     .reason = REASON_MISCOUNT,
                                     .round = 2,
                                     .as_of = waiting.as_of,
                                     .received_ms = waiting.as_of * 1000 + 123};
    report_digest(&waiting, wanted.digest);
    ck_assert_mem_eq(&reports[2]->received, &wanted, sizeof wanted);
    ck_assert_int_eq(answer.loaded.commune.totals.held, 1);
    ck_assert_int_eq(answer.units[1].voted, 4);
}

TEST(the_phase_is_loaded)
{
    redis_fixture_run(&store.redis, "HSET " TOTALS " phase closed");
    ck_assert_int_eq(load(COMMUNE), TURNOUT_OK);
    ck_assert_int_eq(answer.loaded.ground.phase, PHASE_CLOSED);
}

/* ---- what could not be ---- */

#define HEAD "1 " ZEROS
#define HELD                                                                                                 \
    "held correction 2 5 - 1773536400 1773536400123 correction miscount 2 00112233445566778899aabbccddeeff"
#define STATE "1 5 40 1773532800 1773532800123 progress 0 00112233445566778899aabbccddeeff"

static const struct {
    const char *words[WORDS_MOST];
    const char *key; /* and field, in what is said */
    const char *field;
} spoils[] = {
    {{"SET", TOTALS, "x"}, "WRONGTYPE", ""},
    {{"SET", COMMUNES, "x"}, "WRONGTYPE", ""},
    {{"SET", UNITS, "x"}, "WRONGTYPE", ""},
    {{"SET", ASIDE, "x"}, "WRONGTYPE", ""},
    {{"DEL", TOTALS}, "totals", "never seeded"},
    {{"HDEL", TOTALS, "generation"}, "totals", "never seeded"},
    {{"HDEL", COMMUNES, "01.1"}, "communes", "01.1 was never seeded"},
    {{"HSET", TOTALS, "generation", "a-generation-of-more-than-32-bytes"}, "totals", "generation"},
    {{"HSET", TOTALS, "generation", ""}, "totals", "generation"},
    {{"HSET", TOTALS, "digest", "0101"}, "totals", "digest"},
    {{"HSET", TOTALS, "digest", ""}, "totals", "digest"},
    {{"HSET", TOTALS, "phase", "shut"}, "totals", "phase"},
    {{"HSET", COMMUNES, "01.1", ""}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", "x"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 0"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 0 "}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 0  1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 0 1-1 2"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " -1 58 1 40 0 0 0 1773532800 0 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 9007199254740992 1 40 0 0 0 1773532800 0 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 x 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 1,,2 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", HEAD "0 1 58 1 40 0 0 0 1773532800 0 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", "1 x 1 58 1 40 0 0 0 1773532800 0 1-1"}, "communes", "01.1"},
    {{"HSET", COMMUNES, "01.1", " " HEAD " 1 58 1 40 0 0 0 1773532800 0 1-1"}, "communes", "01.1"},
    {{"HSET", UNITS, "01.1-001", ""}, "units", "01.1-001"},
    {{"HSET", UNITS, "01.1-002", "1 2 3"}, "units", "01.1-002"},
    {{"HSET", UNITS, "01.1-004", STATE " "}, "units", "01.1-004"},
    {{"HSET", UNITS, "01.1-004", "-" STATE}, "units", "01.1-004"},
    {{"HSET", ASIDE, "01.1-001", "x"}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", "held"}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", "held correction 2 5 - 1773536400"}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", HELD " held"}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", HELD " x " HELD}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", "x " HELD}, "aside", "01.1-001"},
    {{"HSET", ASIDE, "01.1-001",
      "lost correction 2 5 - 1 1 correction miscount 2 00112233445566778899aabbccddeeff"},
     "aside",
     "01.1-001"},
    {{"HSET", ASIDE, "01.1-001",
      "held nothing 2 5 - 1 1 correction miscount 2 00112233445566778899aabbccddeeff"},
     "aside",
     "01.1-001"},
    {{"HSET", ASIDE, "01.1-001",
      "held correction 2 5 x 1 1 correction miscount 2 00112233445566778899aabbccddeeff"},
     "aside",
     "01.1-001"},
    {{"HSET", ASIDE, "01.1-001", "held correction 2 5 - 1 1 correction miscount 2 0011"},
     "aside",
     "01.1-001"},
    {{"HSET", ASIDE, "01.1-003", HELD}, NULL, NULL}, /* which could be */
    {{"HSET", ASIDE, "01.1-003", HELD " " HELD}, NULL, NULL},
    {{"HSET", UNITS, "01.1-004", STATE}, NULL, NULL},
    {{"HSET", COMMUNES, "01.1", HEAD " 1 58 1 40 0 0 0 1773532800 1,0,2 1-1"}, NULL, NULL},
    {{"HSET", UNITS, "01.2-001", "x"}, NULL, NULL}, /* of another commune */
    {{"HSET", COMMUNES, "01.2", "x"}, NULL, NULL},
};

LOOP_TEST(what_could_not_be_is_told_by_key_and_field, COUNT(spoils))
{
    if (strcmp(spoils[_i].words[0], "SET") == 0) {
        redis_fixture_run(&store.redis, "DEL %s", spoils[_i].words[1]);
    }
    run_words(spoils[_i].words);
    enum turnout_error failed = load(COMMUNE);
    if (spoils[_i].key == NULL) {
        ck_assert_msg(failed == TURNOUT_OK, "%s", answer.why);
        return;
    }
    ck_assert_msg(failed == TURNOUT_BAD_INPUT, "%d: %s", failed, answer.why);
    ck_assert_msg(strstr(answer.why, spoils[_i].key) != NULL && strstr(answer.why, spoils[_i].field) != NULL,
                  "not %s %s: %s", spoils[_i].key, spoils[_i].field, answer.why);
}

/* ---- answers that are none ---- */

static const char *const liars[] = {
    "return false",
    "return {}",
    "return 1",
    "return 'x'",
    "return {g, d, 'rehearsal', w, {false, false, false, false}}",
    "return {g, d, 'rehearsal', w, {false, false, false, false}, {}, {}}",
    "return {g, d, 'rehearsal', w, {false, false, false}, {}}",
    "return {g, d, 'rehearsal', w, {false, false, false, false, false}, {}}",
    "return {g, d, 'rehearsal', w, 'x', {}}",
    "return {g, d, 'rehearsal', w, {false, false, false, 7}, {}}",
    "return {g, d, 'rehearsal', w, {false, false, false, false}, {false}}",
    "return {g, d, 'rehearsal', w, {false, false, false, false}, 'x'}",
    "return {g, d, 'rehearsal', 7, {false, false, false, false}, {}}",
    "return {7, d, 'rehearsal', w, {false, false, false, false}, {}}",
    "return {g, d, 'rehearsal', w, {false, false, false, false}, {}}", /* the last one is the truth */
};

LOOP_TEST(an_answer_that_is_none, COUNT(liars))
{
    redis_fixture_run(&store.redis, "FUNCTION LOAD REPLACE %s%s%s",
                      "#!lua name=turnout\n"
                      "local function load(keys, args)\n"
                      "local g, d = unpack(redis.call('HMGET', keys[1], 'generation', 'digest'))\n"
                      "local w = redis.call('HGET', keys[2], args[1])\n",
                      liars[_i],
                      "\nend\nredis.register_function{function_name = 'turnout_load', callback = load, "
                      "flags = {'no-writes'}}");
    enum turnout_error failed = load(COMMUNE);
    ck_assert_msg(failed == (_i == COUNT(liars) - 1 ? TURNOUT_OK : TURNOUT_BAD_INPUT), "%d: %s", failed,
                  answer.why);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(load(COMMUNE), TURNOUT_UNAVAILABLE);
    ck_assert_int_eq(load(COMMUNE), TURNOUT_UNAVAILABLE); /* and once it is known to be away */
    ck_assert_str_ne(answer.why, "");
}

SUITE("load");
