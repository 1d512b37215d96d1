/* A commune's log walked from its beginning, and everything by which it is noticed that it is not whole. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/log_walk.h>

#include "store_fixture.h"
#include "suite.h"

#define COMMUNES "turnout:{e-1:01}:communes"
#define LOG      "turnout:{e-1:01}:log"

enum {
    UNIT = 0,
    UNIT_BESIDE = 1,
    UNIT_ELSEWHERE = 4,
    COMMUNE = 3,
    PATIENCE_MS = 1000
}; /* 01.1, 01.1 and 01.2 */

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

static void report(uint32_t unit, int32_t seq)
{
    struct report report = store_fixture_report(&store, unit, seq, 1);
    struct report_outcome outcome;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit, &report, &outcome), TURNOUT_OK);
    ck_assert_int_eq(outcome.status, STATUS_ACCEPTED);
}

/* What the last walk handed on. */
static struct {
    int64_t lines;
    int32_t last_seq;      /* of UNIT */
    int32_t written_until; /* while walking, UNIT reports up to here; 0: it does not */
    struct log_walked walked;
    struct error error;
} walked;

/* A unit's reports come in order. */
static void on_line(void *context, uint32_t commune, struct slice text, const struct log_line *line)
{
    (void)context;
    ck_assert_uint_eq(commune, COMMUNE);
    ck_assert_uint_gt(text.length, 0);
    ck_assert_int_eq(text.bytes[text.length - 1], '}');
    ck_assert_str_ne(line->report.unit, store.reg->units[UNIT_ELSEWHERE].code);
    walked.lines++;
    if (strcmp(line->report.unit, store.reg->units[UNIT].code) == 0) {
        ck_assert_int_eq(line->report.seq, walked.last_seq + 1);
        walked.last_seq++;
        if (walked.last_seq < walked.written_until) {
            report(UNIT, walked.last_seq + 1);
        }
    }
}

/* In the register of `register_id`, at an election of this id. */
static enum turnout_error walk_as(const char *election_id, unsigned char register_id, int32_t written_until)
{
    struct election election = store.election;
    struct log_walk_of of = {
        .address = store.redis.address, .election = &election, .reg = store.reg, .area = COMMUNE};
    memset(store.reg->digest, register_id, sizeof store.reg->digest);
    ck_assert(slice_copy(slice_of(election_id), election.id, sizeof election.id));
    ck_assert_int_eq(store_address_set_user(&of.address, READER_REDIS_USER, &walked.error), TURNOUT_OK);
    memset(&walked, 0, sizeof walked);
    walked.written_until = written_until;
    return log_walk(&of, PATIENCE_MS, on_line, NULL, &walked.walked, &walked.error);
}

static enum turnout_error walk(void)
{
    return walk_as("e-1", store.register_id, 0);
}

static void expect_conflict(const char *said)
{
    enum turnout_error failed = walk();
    ck_assert_msg(failed == TURNOUT_CONFLICT && strstr(walked.error.text, said) != NULL, "%d: %s", failed,
                  walked.error.text);
}

/* Runs `command`, in which %s stands for the id of the log's entry `index`. */
static void spoil_entry(const char *command, size_t index)
{
    redisReply *reply = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    ck_assert_uint_lt(index, reply->elements);
    redis_fixture_run(&store.redis, command, reply->element[index]->element[0]->str);
    freeReplyObject(reply);
}

/* Puts another text in place of the word of this number in the words of 01.1; the first is 0. */
static void spoil_word(int number, const char *text)
{
    redisReply *reply = redis_fixture_command(&store.redis, "HGET " COMMUNES " 01.1");
    struct slice rest = {reply->str, reply->len};
    char words[256];
    size_t length = 0;
    for (int i = 0; rest.bytes != NULL; i++) {
        struct slice word = text_split(&rest, ' ');
        word = i == number ? slice_of(text) : word;
        ck_assert_uint_lt(length + word.length + 2, sizeof words);
        memcpy(words + length, word.bytes, word.length);
        length += word.length;
        words[length++] = ' ';
    }
    words[length - 1] = '\0';
    redis_fixture_run(&store.redis, "HSET " COMMUNES " 01.1 %s", words);
    freeReplyObject(reply);
}

FIXTURE(setup, teardown);
TIMEOUT(60);

TEST(a_commune_that_nobody_reported_of_has_an_empty_chain)
{
    static const unsigned char zeros[LOG_HEAD_BYTES];
    report(UNIT_ELSEWHERE, 1);
    ck_assert_int_eq(walk(), TURNOUT_OK);
    ck_assert_int_eq(walked.walked.lines, 0);
    ck_assert_mem_eq(walked.walked.head, zeros, sizeof zeros);
}

/* More entries than a piece has, of two communes; one entry has several lines. */
TEST(all_lines_come_oldest_first)
{
    enum { EACH = STORE_LOG_ENTRIES_MAX, MORE = 4 };
    struct report_outcome outcomes[MORE];
    for (int32_t seq = 1; seq <= EACH; seq++) {
        report(UNIT, seq);
        report(UNIT_ELSEWHERE, seq);
    }
    for (int32_t seq = EACH + 1; seq <= EACH + MORE; seq++) {
        struct report report = store_fixture_report(&store, UNIT, seq, 1);
        store_fixture_add(&store, UNIT, &report, 0);
    }
    ck_assert_int_eq(store_fixture_apply(&store, outcomes), TURNOUT_OK);
    report(UNIT_BESIDE, 1);
    enum turnout_error failed = walk();
    ck_assert_msg(failed == TURNOUT_OK, "%s", walked.error.text);
    ck_assert_int_eq(walked.lines, EACH + MORE + 1);
    ck_assert_int_eq(walked.walked.lines, walked.lines);
    ck_assert_int_eq(walked.last_seq, EACH + MORE);
}

TEST(what_is_written_meanwhile_is_read_as_well)
{
    enum { UNTIL = STORE_LOG_ENTRIES_MAX + 10 };
    report(UNIT, 1);
    enum turnout_error failed = walk_as("e-1", store.register_id, UNTIL);
    ck_assert_msg(failed == TURNOUT_OK, "%s", walked.error.text);
    ck_assert_int_eq(walked.last_seq, UNTIL);
}

/* ---- a province ---- */

static void count_line(void *context, uint32_t commune, struct slice text, const struct log_line *line)
{
    int64_t *lines = context;
    ck_assert_uint_gt(text.length, 0);
    ck_assert_str_eq(
        store.reg->areas[store.reg->units[register_find_unit(store.reg, slice_of(line->report.unit))].commune]
            .code,
        store.reg->areas[commune].code);
    lines[commune]++;
}

TEST(all_communes_of_a_province_are_walked_at_once)
{
    struct log_walk_of of = {
        .address = store.redis.address, .election = &store.election, .reg = store.reg, .area = 1};
    struct log_walked came_to[STORE_FIXTURE_COMMUNES];
    int64_t lines[16] = {0};
    report(UNIT, 1);
    report(UNIT_ELSEWHERE, 1);
    report(UNIT, 2);
    memset(store.reg->digest, store.register_id, sizeof store.reg->digest);
    ck_assert_int_eq(store_address_set_user(&of.address, READER_REDIS_USER, &walked.error), TURNOUT_OK);
    enum turnout_error failed = log_walk(&of, PATIENCE_MS, count_line, lines, came_to, &walked.error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", walked.error.text);
    ck_assert_int_eq(lines[COMMUNE], 2);
    ck_assert_int_eq(lines[COMMUNE + 1], 1);
    ck_assert_int_eq(came_to[0].lines, 2);
    ck_assert_int_eq(came_to[1].lines, 1);
    ck_assert_int_eq(walk(), TURNOUT_OK);
    ck_assert_mem_eq(came_to[0].head, walked.walked.head, LOG_HEAD_BYTES);
    redis_fixture_run(&store.redis, "HDEL " COMMUNES " 01.2");
    ck_assert_int_eq(log_walk(&of, PATIENCE_MS, count_line, lines, came_to, &walked.error), TURNOUT_CONFLICT);
}

/* ---- what must not be ---- */

TEST(a_line_that_was_changed)
{
    report(UNIT, 1);
    redisReply *log = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    char line[512];
    ck_assert(slice_copy(slice_of(log->element[0]->element[1]->element[5]->str), line, sizeof line));
    char *voted = strstr(line, "\"voted\":1");
    ck_assert_ptr_nonnull(voted);
    voted[strlen("\"voted\":")] = '2';
    redis_fixture_run(&store.redis, "DEL " LOG); /* a stream takes no id twice */
    redis_fixture_run(&store.redis, "XADD " LOG " %s commune 01.1 previous - lines %s",
                      log->element[0]->element[0]->str, line);
    freeReplyObject(log);
    expect_conflict("chain of commune 01.1: 1 lines, head ");
    expect_conflict(", does not match: its words say 1 lines, head ");
    ck_assert_int_eq(walked.lines, 1);
}

TEST(an_entry_that_is_gone)
{
    for (int32_t seq = 1; seq <= 3; seq++) {
        report(UNIT, seq);
    }
    spoil_entry("XDEL " LOG " %s", 2);
    expect_conflict("chain of commune 01.1: 2 lines");
    spoil_entry("XDEL " LOG " %s", 0);
    expect_conflict("does not name the entry of its commune before it");
    redis_fixture_run(&store.redis, "DEL " LOG);
    expect_conflict("chain of commune 01.1: 0 lines");
}

static const struct {
    int number;
    const char *text;
    const char *says;
} words[] = {
    {0, "3", "does not match: its words say 3 lines"},
    {0, "1", "does not match: its words say 1 lines"},
    {0, "x", "not the words of a commune"},
    {1, "0000000000000000000000000000000000000000000000000000000000000000",
     "does not match: its words say 2 lines"},
    {11, "9999999999999-1", "but its words name 9999999999999-1"},
    {11, "-", "but its words name -"},
};

LOOP_TEST(words_that_say_something_else, COUNT(words))
{
    report(UNIT, 1);
    report(UNIT, 2);
    spoil_word(words[_i].number, words[_i].text);
    expect_conflict(words[_i].says);
}

static const struct {
    const char *spoil;
    const char *says;
} spoils[] = {
    {"XADD " LOG " * commune 01.1 lines x", "is no entry of the log"},
    {"XADD " LOG " * commune 01.2 lines x previous -", "is no entry of the log"},
    {"XADD " LOG " * commune 01.1 previous - lines x", "does not name the entry of its commune before it"},
    {"HDEL " COMMUNES " 01.1", "not the words of a commune"},
    {"SET " LOG " x", "WRONGTYPE"},
    {"SET " COMMUNES " x", "WRONGTYPE"},
    {"HSET turnout:{e-1}:meta schema 1", "in another schema"},
};

LOOP_TEST(keys_that_hold_something_else, COUNT(spoils))
{
    report(UNIT, 1);
    redis_fixture_run(&store.redis, spoils[_i].spoil);
    expect_conflict(spoils[_i].says);
}

TEST(a_line_that_is_none)
{
    redis_fixture_run(&store.redis, "XADD " LOG " * commune 01.1 previous - lines x");
    expect_conflict("\"x\" is not a line of the log");
}

TEST(another_election)
{
    ck_assert_int_eq(walk_as("e-2", store.register_id, 0), TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(walked.error.text, "nothing of an election e-2"));
    ck_assert_int_eq(walk_as("e-1", (unsigned char)(store.register_id + 1), 0), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(walked.error.text, "with another register"));
}

TEST(no_redis)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(walk(), TURNOUT_UNAVAILABLE);
}

SUITE("log_walk");
