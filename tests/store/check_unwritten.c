/* What cannot be written whole is not written at all: Redis does not undo what a failed function has written, so the
 * function must not have begun to write. */
#include <turnout/store/commit.h>

#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "hand_commit.h"
#include "store_fixture.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define UNITS    "turnout:{e-1:01}:units"
#define LOG      "turnout:{e-1:01}:log"
#define HELD     "turnout:{e-1:01}:held"
#define WAITING  "turnout:{e-1:01}:waiting"
#define ASIDE    "turnout:{e-1:01}:aside"
#define LEDGER   "turnout:{e-1:01}:ledger"
#define FLAGGED  "turnout:{e-1:01}:flagged"
#define KEYS     TOTALS " " COMMUNES " " UNITS " " LOG " " HELD " " WAITING " " ASIDE " " LEDGER " " FLAGGED

#define ZEROS    "0000000000000000000000000000000000000000000000000000000000000000"
#define LAST_ID  "18446744073709551615-18446744073709551615"
#define REGISTER "0101010101010101010101010101010101010101010101010101010101010101"

enum { PROVINCE_KEYS = 9, WORDS_MOST = 5, PARTS_MOST = 20 };

static const char *const with_debug[] = {"--enable-debug-command", "yes", NULL};

static struct store_fixture store;
static struct store_ground ground;

static void begin(void)
{
    store_fixture_start(&store, with_debug);
    store_fixture_open(&store);
    ground = hand_ground(&store, 1);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* ---- a commit with something for every key ---- */

/* Of the first commune a report that nothing can be wrong with; of the second a report that counts, and beside it one
 * that is held and one that was decided. Units 1 and 4 to 6. */
static void commit_two(struct committed *ret_committed)
{
    struct hand_commit commits[2];
    static const uint32_t units[] = {1, 4};
    for (size_t i = 0; i < 2; i++) {
        struct report report = store_fixture_report(&store, units[i], 1, 1);
        struct store_commune before = hand_seeded(&store, store.reg->units[units[i]].commune);
        hand_commit_init(&commits[i], &store, units[i], &report, &before);
    }
    struct commit_commune *second = &commits[1].commune;
    const struct held_report held = {
        .received = {.seq = 1, .voted = 1, .registered = REGISTERED_ABSENT, .as_of = store.election.opens},
        .state = HELD_WAITING,
        .code = CODE_TOO_FAST};
    const struct commit_unit_held unit_held = {.unit = 5, .reports = &held, .count = 1};
    const struct commit_held to_hold = {.id = "01.2-002.1", .order = 1773536400123, .line = second->lines};
    const struct commit_flagged flagged = {.unit = 4, .received = held.received, .violations = 1};
    static const char decided[1][HELD_ID_BYTES] = {"01.2-003.1"};
    second->unit_held = &unit_held;
    second->unit_held_count = 1;
    second->held = &to_hold;
    second->held_count = 1;
    second->decided = decided;
    second->decided_count = 1;
    second->ledger = &second->lines;
    second->ledger_count = 1;
    second->flagged = &flagged;
    second->flagged_count = 1;
    const struct commit_commune communes[] = {commits[0].commune, *second};
    *ret_committed = (struct committed){.done = false};
    store_commit(store.store, 1, &ground, communes, 2, hand_committed, ret_committed);
    hand_commit_done(&commits[0]);
    hand_commit_done(&commits[1]);
    store_fixture_run_until(&store, &ret_committed->done);
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
    ck_assert(reply != NULL);
    ck_assert_msg(reply->type != REDIS_REPLY_ERROR, "%s", reply->str);
    freeReplyObject(reply);
}

/* The commit must be refused with these words, and leave everything as it is. */
static void expect_unwritten(const char *name, const char *says)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct committed committed;
    redis_fixture_digest(&store.redis, before);
    commit_two(&committed);
    redis_fixture_digest(&store.redis, after);
    ck_assert_msg(committed.error == TURNOUT_BAD_INPUT, "%s: %s", name, committed.why);
    ck_assert_msg(strstr(committed.why, says) != NULL, "%s: %s", name, committed.why);
    ck_assert_msg(strcmp(before, after) == 0, "%s: something was written", name);
}

FIXTURE(begin, end);
TIMEOUT(60);

/* What is spoilt below is a commit that would have been written. */
TEST(test_it_is_written_whole)
{
    struct committed committed;
    commit_two(&committed);
    ck_assert_msg(committed.error == TURNOUT_OK, "%s", committed.why);
    ck_assert(committed.written[0] && committed.written[1]);
    expect_integer(&store, PROVINCE_KEYS, "EXISTS " KEYS);
    ck_assert_uint_eq(store_counters(store.store)->commits, 1);
    ck_assert_uint_eq(store_counters(store.store)->lines, 2);
    ck_assert_uint_eq(store_counters(store.store)->stale, 0);
}

static const struct {
    const char *name;
    const char *remove; /* a key, or NULL */
    const char *words[WORDS_MOST];
    const char *says;
    enum turnout_error read; /* what a reader is told then */
} spoils[] = {
    {"totals are a text", TOTALS, {"SET", TOTALS, "x"}, "WRONGTYPE", TURNOUT_BAD_INPUT},
    {"communes are a list", COMMUNES, {"RPUSH", COMMUNES, "x"}, "WRONGTYPE", TURNOUT_BAD_INPUT},
    {"units are a set", NULL, {"SADD", UNITS, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"the log is a text", NULL, {"SET", LOG, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"held is a list", NULL, {"RPUSH", HELD, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"waiting is a hash", NULL, {"HSET", WAITING, "x", "1"}, "WRONGTYPE", TURNOUT_OK},
    {"aside is a sorted set", NULL, {"ZADD", ASIDE, "1", "x"}, "WRONGTYPE", TURNOUT_OK},
    {"the ledger is a set", NULL, {"SADD", LEDGER, "x"}, "WRONGTYPE", TURNOUT_OK},
    {"flagged is a hash", NULL, {"HSET", FLAGGED, "x", "1"}, "WRONGTYPE", TURNOUT_OK},
    {"totals are gone", TOTALS, {"PING"}, TOTALS " was never seeded", TURNOUT_BAD_INPUT},
    {"the generation is gone", NULL, {"HDEL", TOTALS, "generation"}, "was never seeded", TURNOUT_OK},
    {"the register's digest is gone",
     NULL,
     {"HDEL", TOTALS, "digest"},
     "was never seeded",
     TURNOUT_UNAVAILABLE},
    {"the phase is gone", NULL, {"HDEL", TOTALS, "phase"}, "was never seeded", TURNOUT_OK},
    {"communes are gone", COMMUNES, {"PING"}, COMMUNES " 01.1 was never seeded", TURNOUT_BAD_INPUT},
    {"a commune is gone",
     NULL,
     {"HDEL", COMMUNES, "01.2"},
     COMMUNES " 01.2 was never seeded",
     TURNOUT_BAD_INPUT},
    {"a word for a number",
     NULL,
     {"HSET", TOTALS, "voted", "many"},
     "voted is not a count",
     TURNOUT_BAD_INPUT},
    {"a negative number", NULL, {"HSET", TOTALS, "voted", "-1"}, "not a count", TURNOUT_BAD_INPUT},
    {"a number with a point", NULL, {"HSET", TOTALS, "revision", "1.0"}, "not a count", TURNOUT_BAD_INPUT},
    {"a number with an exponent", NULL, {"HSET", TOTALS, "held", "1e3"}, "not a count", TURNOUT_BAD_INPUT},
    {"an empty number", NULL, {"HSET", TOTALS, "as_of", ""}, "not a count", TURNOUT_BAD_INPUT},
    {"a number above 2^53",
     NULL,
     {"HSET", TOTALS, "voted", "9007199254740992"},
     "not a count",
     TURNOUT_BAD_INPUT},
    {"the round is no number", NULL, {"HSET", TOTALS, "round:1", "x"}, "not a count", TURNOUT_BAD_INPUT},
    {"a full count",
     NULL,
     {"HSET", TOTALS, "voted", "9007199254740991"},
     "voted would leave its range",
     TURNOUT_OK},
    {"a full revision",
     NULL,
     {"HSET", TOTALS, "revision", "9007199254740990"},
     "revision would leave its range",
     TURNOUT_OK},
    {"a full round",
     NULL,
     {"HSET", TOTALS, "round:1", "9007199254740991"},
     "round:1 would leave its range",
     TURNOUT_OK},
};

LOOP_TEST(test_nothing_is_written, COUNT(spoils))
{
    if (spoils[_i].remove != NULL) {
        redis_fixture_run(&store.redis, "DEL %s", spoils[_i].remove);
    }
    run_words(spoils[_i].words);
    expect_unwritten(spoils[_i].name, spoils[_i].says);

    bool moved;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    ck_assert_msg(store_fixture_read(&store, 1, -1, &moved, &totals, communes) == spoils[_i].read, "%s: %s",
                  spoils[_i].name, store.why);
}

/* A stream that can take no further entry. */
LOOP_TEST(test_nothing_is_written_where_a_stream_is_full, 2)
{
    static const char *const streams[] = {LOG, LEDGER};
    redis_fixture_run(&store.redis, "XADD %s " LAST_ID " line x", streams[_i]);
    expect_unwritten(streams[_i], "");
}

/* Nothing stands where the id of a commune's last log entry should. */
TEST(test_nothing_is_written_where_a_commune_lacks_its_last_word)
{
    redis_fixture_run(&store.redis, "HSET " COMMUNES " 01.2 %s", "0 " ZEROS " ");
    expect_unwritten("01.2", "");
}

/* ---- the bounds of a count ---- */

/* Sends a report of each of three units through the tally; unit 4 lies in the second commune. */
static enum turnout_error apply_three(int32_t seq, int32_t voted)
{
    static const uint32_t units[] = {1, 0, 4};
    struct report_outcome results[3];
    for (size_t i = 0; i < 3; i++) {
        struct report report = store_fixture_report(&store, units[i], seq, voted);
        store_fixture_add(&store, units[i], &report, 1);
    }
    return store_fixture_apply(&store, results);
}

TEST(test_a_count_may_become_full)
{
    redis_fixture_run(&store.redis, "HSET " TOTALS " voted 9007199254740988");
    ck_assert_int_eq(apply_three(1, 1), TURNOUT_OK);
    ck_assert_int_eq(apply_three(2, 2), TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(store.why, "cannot be right"));
}

/* A unit that was final goes on counting. */
static enum turnout_error finish_and_go_on(const char *const spoil[WORDS_MOST])
{
    struct report_outcome result;
    struct report report = store_fixture_report(&store, 0, 1, 1);
    report.kind = KIND_FINAL;
    report.kind_given = true;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    run_words(spoil);
    report = store_fixture_report(&store, 0, 2, 2);
    return store_fixture_apply_one(&store, 0, &report, &result);
}

TEST(test_a_count_cannot_fall_below_nothing)
{
    static const char *const none_is_final[WORDS_MOST] = {"HSET", TOTALS, "units_final", "0"};
    ck_assert_int_eq(finish_and_go_on(none_is_final), TURNOUT_UNAVAILABLE);
    expect_text(&store, "0", "HGET " TOTALS " units_final");
    expect_text(&store, "1", "HGET " TOTALS " voted");
    expect_text(&store, "1", "HGET " TOTALS " revision");
    expect_integer(&store, 1, "XLEN " LOG);
}

/* The commune's words say that no unit is final. However that is answered, the words must stay words. */
TEST(test_a_communes_count_cannot_fall_below_nothing)
{
    static const char *const none_is_final[WORDS_MOST] = {"HSET", COMMUNES, "01.1",
                                                          "1 " ZEROS " 1 58 1 40 0 0 0 1773532800 0 1-1"};
    bool moved;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    (void)finish_and_go_on(none_is_final);
    enum turnout_error read = store_fixture_read(&store, 1, -1, &moved, &totals, communes);
    ck_assert_msg(read == TURNOUT_OK, "%s", store.why);
}

/* ---- arguments that are none ---- */

#define EXPECTED "0 " ZEROS " "
#define WORDS    "1 " ZEROS " 1 58 1 40 0 0 0 1773532800 0"
#define CHANGE   "1 0 1 40 0 0 0 1 1773532800"
#define PART     "01.1", EXPECTED, WORDS, CHANGE, "line"

static const struct {
    const char *says;
    const char *parts[PARTS_MOST];
} malformed[] = {
    {"the commit is empty", {NULL}},
    {"the commit has no shape", {"01.1"}},
    {"the commit has no shape", {PART}},
    {"the commit has no shape", {PART, ""}},
    {"the commit has no shape", {PART, "x"}},
    {"the commit has no shape", {PART, "0 0 0 0 0 0 0"}},
    {"the commit has no shape", {PART, "0 0 0 0 0 0 0 0 0"}},
    {"the commit has no shape", {PART, "-1 0 0 0 0 0 0 0"}},
    {"the commit has no shape", {PART, "0 0 0 0 0 0 0 0", "left over"}},
    {"the commit has no shape", {PART, "0 0 0 0 0 0 0 0", "01.2", EXPECTED, WORDS, CHANGE, "line", "x"}},
    {"shorter than it says", {PART, "1 0 0 0 0 0 0 0"}},
    {"shorter than it says", {PART, "1 0 0 0 0 0 0 0", "01.1-001"}},
    {"shorter than it says", {PART, "0 0 1 0 0 0 0 0", "01.1-001"}},
    {"shorter than it says", {PART, "0 0 0 1 0 0 0 0", "01.1-001.1", "1"}},
    {"shorter than it says", {PART, "0 0 0 0 1 0 0 0"}},
    {"shorter than it says", {PART, "0 1 0 0 0 0 0 0"}},
    {"shorter than it says", {PART, "0 0 0 0 0 2 0 0", "line"}},
    {"shorter than it says", {PART, "0 0 0 0 0 0 1 0", "1"}},
    {"shorter than it says", {PART, "0 0 0 0 0 0 0 1"}},
    {"shorter than it says", {PART, "0 0 0 0 0 99999999999999999999 0 0"}},
    {"01.9 was never seeded", {"01.9", EXPECTED, WORDS, CHANGE, "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "1", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "1 0 1 40 0 0 0 1", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "1 0 1 40 0 0 0 1 -1", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "x 0 1 40 0 0 0 1 1", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, "1.5 0 1 40 0 0 0 1 1", "line", "0 0 0 0 0 0 0 0"}},
    {"is not a change", {"01.1", EXPECTED, WORDS, CHANGE " round:1:x", "line", "0 0 0 0 0 0 0 0"}},
    {"would leave its range", {"01.1", EXPECTED, WORDS, "-1 0 1 40 0 0 0 1 1", "line", "0 0 0 0 0 0 0 0"}},
    {"would leave its range",
     {"01.1", EXPECTED, WORDS, "1 0 1 40 0 0 0 1 99999999999999999", "line", "0 0 0 0 0 0 0 0"}},
    {"", {PART, "0 0 0 1 0 0 0 0", "01.1-001.1", "soon", "line"}}, /* received when? */
    {"", {PART, "0 0 0 0 0 0 1 0", "soon", "words"}},
};

LOOP_TEST(test_arguments_that_are_none, COUNT(malformed))
{
    enum { GIVEN_FIRST = 15 };
    const char *words[GIVEN_FIRST + PARTS_MOST] = {
        "FCALL", "turnout_commit",  "9",      TOTALS,     COMMUNES, UNITS, LOG, HELD, WAITING, ASIDE, LEDGER,
        FLAGGED, ground.generation, REGISTER, "rehearsal"};
    int count = GIVEN_FIRST;
    while (malformed[_i].parts[count - GIVEN_FIRST] != NULL) {
        words[count] = malformed[_i].parts[count - GIVEN_FIRST];
        count++;
    }
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    redis_fixture_digest(&store.redis, before);
    redisReply *reply = redisCommandArgv(store.redis.redis, count, words, NULL);
    redis_fixture_digest(&store.redis, after);
    ck_assert_ptr_nonnull(reply);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ERROR);
    ck_assert_msg(strstr(reply->str, malformed[_i].says) != NULL, "%s", reply->str);
    ck_assert_msg(strcmp(before, after) == 0, "%s: something was written", reply->str);
    freeReplyObject(reply);
}

TEST(test_too_few_keys)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    redis_fixture_digest(&store.redis, before);
    redisReply *reply =
        redis_fixture_command(&store.redis,
                              "FCALL turnout_commit 7 " TOTALS " " COMMUNES " " UNITS " " LOG " " HELD
                              " " WAITING " " ASIDE " %s " REGISTER " rehearsal 01.1 %s %s %s line %s",
                              ground.generation, EXPECTED, WORDS, CHANGE, "0 0 0 0 0 0 0 0");
    redis_fixture_digest(&store.redis, after);
    ck_assert_int_eq(reply->type, REDIS_REPLY_ERROR);
    ck_assert_str_eq(before, after);
    freeReplyObject(reply);
}

SUITE("unwritten");
