/* The self-check: figures that were changed behind turnoutd's back, so that no revision has moved and the sums above
 * still agree, are noticed from the units up. Counting goes on meanwhile. */
#include <check.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "hidden_area.h"
#include "metric.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

enum { WORDS_BYTES = 512, ASK_AGAIN_MS = 20 };

#define UNITS    "turnout:{small:01}:units"
#define COMMUNES "turnout:{small:01}:communes"
#define TOTALS   "turnout:{small:01}:totals"

static void report(const char *unit, int seq, int voted)
{
    const struct small_report report = {.unit = unit, .seq = seq, .voted = voted};
    small_report_expect(turnoutd.intake_http_port, &report, 201);
}

static void setup(void)
{
    start_server();
    report("0101-001", 1, 500);
    report("0101-002", 1, 100);
    report("0102-001", 1, 300);
    report("0201-001", 1, 333);
    small_wait_voted(turnoutd.public_port, 1233);
}

FIXTURE(setup, stop_server);
TIMEOUT(60);

/* ---- behind turnoutd's back ---- */

static void get(const char *key, const char *field, char ret_text[WORDS_BYTES])
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    redisReply *reply = redisCommand(redis, "HGET %s %s", key, field);
    ck_assert(reply != NULL && reply->type == REDIS_REPLY_STRING);
    ck_assert(slice_copy((struct slice){reply->str, reply->len}, ret_text, WORDS_BYTES));
    freeReplyObject(reply);
    redisFree(redis);
}

static void set(const char *key, const char *field, const char *text)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    redisReply *reply = text == NULL ? redisCommand(redis, "HDEL %s %s", key, field)
                                     : redisCommand(redis, "HSET %s %s %s", key, field, text);
    ck_assert(reply != NULL && reply->type == REDIS_REPLY_INTEGER);
    freeReplyObject(reply);
    redisFree(redis);
}

/* A value of several words, of which one, from 1, becomes another: the number that it is and `by` more, or this
 * text. */
static void change_word(const char *key, const char *field, int word, int by, const char *to)
{
    char text[WORDS_BYTES];
    struct buffer changed = {0};
    get(key, field, text);
    struct slice rest = slice_of(text);
    for (int i = 1; rest.bytes != NULL; i++) {
        int64_t number;
        struct slice is = text_split(&rest, ' ');
        buffer_append_text(&changed, i == 1 ? "" : " ");
        if (i != word) {
            buffer_append(&changed, is.bytes, is.length);
        } else if (to != NULL) {
            buffer_append_text(&changed, to);
        } else {
            ck_assert(text_parse_integer(is, 0, INT32_MAX, &number));
            buffer_printf(&changed, "%" PRId64, number + by);
        }
    }
    set(key, field, changed.bytes);
    buffer_done(&changed);
}

/* ---- what is noticed ---- */

static bool is_verified(const char *area)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/areas/%s", area);
    json_t *document = json_get(turnoutd.public_port, target, 200);
    const json_t *shown = json_object_of(document, "area");
    bool is_verified = json_is_true(json_object_get(shown, "verified"));
    if (!is_verified) {
        hidden_area_check(shown);
    }
    json_decref(document);
    return is_verified;
}

static void wait_verified(bool wanted)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (is_verified("01") != wanted) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "01 was never verified=%d", wanted);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void expect_logged(const char *words)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, words, line);
}

/* Province 01 is under verification, for a reason that has these words; nothing else is, and reports are taken. */
static void expect_noticed(const char *words)
{
    wait_verified(false);
    ck_assert(!is_verified("T"));
    ck_assert(!is_verified("0101"));
    ck_assert(!is_verified("0102"));
    ck_assert(is_verified("02"));
    metric_wait(&turnoutd, "turnout_provinces_under_verification", 1);
    expect_logged(words);
    expect_logged("check=sums");
    report("0102-001", 2, 310);
    report("0201-001", 2, 343);
}

static void expect_mended(void)
{
    wait_verified(true);
    small_wait_voted(turnoutd.public_port, 1253);
    metric_wait(&turnoutd, "turnout_provinces_under_verification", 0);
    expect_logged(" verified-again province=01");
}

enum { UNIT_VOTED = 2, UNIT_ROLL = 3, UNIT_KIND = 6, COMMUNE_VOTED = 3, COMMUNE_REPORTED = 5 };

/* A word of unit 0101-001 changed, and what is said of it. */
static const struct {
    int word;
    int by;
    const char *to; /* NULL: by that number */
    const char *was;
    const char *said;
} changes[] = {
    {UNIT_VOTED, 1, NULL, NULL, "0101: voted is 600, and its units come to 601"},
    {UNIT_VOTED, -1, NULL, NULL, "0101: voted is 600, and its units come to 599"},
    {UNIT_ROLL, 1, NULL, NULL, "0101: registered is 1750, and its units come to 1751"},
    {UNIT_KIND, 0, "final", "progress", "0101: units_final is 0, and its units come to 1"},
};

LOOP_TEST(a_changed_unit_is_noticed, COUNT(changes))
{
    change_word(UNITS, "0101-001", changes[_i].word, changes[_i].by, changes[_i].to);
    expect_noticed(changes[_i].said);
    change_word(UNITS, "0101-001", changes[_i].word, -changes[_i].by, changes[_i].was);
    expect_mended();
}

TEST(a_removed_unit_is_noticed)
{
    char text[WORDS_BYTES];
    get(UNITS, "0101-002", text);
    set(UNITS, "0101-002", NULL);
    expect_noticed("0101: voted is 600, and its units come to 500");
    set(UNITS, "0101-002", text);
    expect_mended();
}

TEST(a_unit_of_nowhere_is_noticed)
{
    set(UNITS, "0201-001", "1 7 1200 1773540000 1773540000000 progress 1 00000000000000000000000000000000");
    expect_noticed("units 0201-001: not the state of a unit of 01");
    set(UNITS, "0201-001", NULL);
    expect_mended();
}

/* Who knows how figures hang together changes all of them, up to the province. */
static void add_to_sums(int by)
{
    char text[WORDS_BYTES];
    char changed[WORDS_BYTES];
    int64_t voted;
    change_word(COMMUNES, "0101", COMMUNE_VOTED, by, NULL);
    get(TOTALS, "voted", text);
    ck_assert(text_parse_integer(slice_of(text), 0, INT32_MAX, &voted));
    (void)snprintf(changed, sizeof changed, "%" PRId64, voted + by);
    set(TOTALS, "voted", changed);
}

TEST(sums_changed_up_to_the_province_are_noticed)
{
    add_to_sums(1);
    expect_noticed("0101: voted is 601, and its units come to 600");
    add_to_sums(-1);
    expect_mended();
}

TEST(a_commune_s_sum_that_contradicts_the_province_is_noticed)
{
    change_word(COMMUNES, "0101", COMMUNE_REPORTED, 1, NULL);
    expect_noticed("0101: units_reported is 3, and its units come to 2");
    change_word(COMMUNES, "0101", COMMUNE_REPORTED, -1, NULL);
    expect_mended();
}

/* Figures that are wrong are not shown even once. */
TEST(a_restart_notices_it_before_it_shows_anything)
{
    change_word(UNITS, "0101-001", UNIT_VOTED, 1, NULL);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(!is_verified("01"));
    expect_noticed("0101: voted is 600, and its units come to 601");
    change_word(UNITS, "0101-001", UNIT_VOTED, -1, NULL);
    expect_mended();
}

SUITE("self_check");
