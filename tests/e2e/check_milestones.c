/* Milestones: told when figures reach a mark, withdrawn when they fall below it, the same from every server and after
 * every start, and never before the figures themselves are public. */
#include <check.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "committee.h"
#include "http.h"
#include "json_schema.h"
#include "metric.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 10 };

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */
static struct turnoutd second;

static void setup(void)
{
    workspace_init(&workspace);
    turnoutd_start(&first, &workspace, NULL);
}

static void teardown(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

static void ask(enum token_role role, const char *target, const char *body, int status)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, role, "T", header);
    committee_expect(first.intake_http_port, target, header, body, status);
}

/* A report of a unit, counted at this hour. */
static void report(const char *unit, int seq, int hour, int voted, const char *more)
{
    char as_of[] = "2026-03-15T00:00:00+07:00";
    as_of[11] = (char)('0' + hour / 10);
    as_of[12] = (char)('0' + hour % 10);
    small_report_expect(
        first.intake_http_port,
        &(struct small_report){.unit = unit, .seq = seq, .as_of = as_of, .voted = voted, .more = more}, 201);
}

static const char correction[] = ",\"kind\":\"correction\",\"reason\":\"miscount\"";

static void read_mark(const struct turnoutd *turnoutd, const char *area, const char *key, char ret_mark[32])
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/areas/%s", area);
    json_t *document = json_get(turnoutd->public_port, target, 200);
    const json_t *mark = json_object_get(json_object_of(document, "area"), key);
    ck_assert_msg(mark != NULL, "%s has no %s", area, key);
    (void)snprintf(ret_mark, 32, "%s", json_is_null(mark) ? "" : json_string_value(mark));
    json_decref(document);
}

/* Waits until an area has reached a mark at this hour; 0: not, or not any more. */
static void wait_mark(const struct turnoutd *turnoutd, const char *area, const char *key, int hour)
{
    char wanted[64] = "";
    char mark[32];
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    if (hour > 0) {
        (void)snprintf(wanted, sizeof wanted, "2026-03-15T%02d:00:00+07:00", hour);
    }
    for (;;) {
        read_mark(turnoutd, area, key, mark);
        if (strcmp(mark, wanted) == 0) {
            return;
        }
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s of %s is %s, not %s", key, area, mark, wanted);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

/* Until two more readings are over, of which one has begun since. */
static void wait_for_readings(void)
{
    metric_wait_rise(&first, "turnout_readings_total", 2);
}

FIXTURE(setup, teardown);

TEST(marks_are_told_and_withdrawn)
{
    wait_mark(&first, "T", "first_report_at", 0);
    report("0101-001", 1, 9, 100, NULL);
    wait_mark(&first, "0101", "first_report_at", 9);
    wait_mark(&first, "01", "first_report_at", 9);
    wait_mark(&first, "T", "first_report_at", 9);
    wait_mark(&first, "0102", "first_report_at", 0);
    report("0101-001", 2, 10, 900, NULL); /* of 1,750 */
    wait_mark(&first, "0101", "reached_50_at", 10);
    wait_mark(&first, "0101", "reached_90_at", 0);
    wait_mark(&first, "01", "reached_50_at", 0);
    report("0101-001", 3, 11, 870, correction);
    wait_mark(&first, "0101", "reached_50_at", 0);
    report("0101-001", 4, 12, 880, NULL);
    wait_mark(&first, "0101", "reached_50_at", 12);
    wait_mark(&first, "0101", "first_report_at", 9);
    ask(ROLE_DECIDE, "/v1/units/0101-001/void", "{\"reason\":\"the wrong ballot box\"}", 200);
    wait_mark(&first, "0101", "reached_50_at", 0);
    wait_mark(&first, "0101", "first_report_at", 0);
    wait_mark(&first, "T", "first_report_at", 0);
}

/* The codes of a list of /v1/milestones, each with a space behind it. */
static void list_codes(const json_t *document, const char *key, struct buffer *ret_codes)
{
    const json_t *list = json_array_of(document, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        buffer_printf(ret_codes, "%s ", json_text_of(json_array_get(list, i), "code"));
    }
}

static json_t *read_milestones(const struct turnoutd *turnoutd)
{
    json_t *document = json_get(turnoutd->public_port, "/v1/milestones", 200);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("milestones.schema.json", document, fault), "%s", fault);
    return document;
}

static void expect_same_from(const struct turnoutd *turnoutd, const json_t *wanted)
{
    json_t *document = read_milestones(turnoutd);
    ck_assert(json_equal(json_object_get(document, "communes_complete"),
                         json_object_get(wanted, "communes_complete")));
    ck_assert(json_equal(json_object_get(document, "provinces_complete"),
                         json_object_get(wanted, "provinces_complete")));
    json_decref(document);
    wait_mark(turnoutd, "0101", "first_report_at", 9);
    wait_mark(turnoutd, "0101", "reached_50_at", 10);
    wait_mark(turnoutd, "02", "reached_100_at", 12);
    wait_mark(turnoutd, "T", "reached_50_at", 11);
}

TEST(they_stand_from_every_server_and_after_every_start)
{
    struct buffer codes = {0};
    report("0101-001", 1, 9, 10, NULL);
    wait_mark(&first, "0101", "first_report_at", 9);
    report("0101-001", 2, 10, 1000, NULL);
    wait_mark(&first, "0101", "reached_50_at", 10);
    report("0102-001", 1, 11, 800, NULL);
    report("0102-002", 1, 11, 1, NULL);
    report("0102-003", 1, 11, 0, NULL); /* of 0 */
    wait_mark(&first, "0102", "reached_100_at", 11);
    report("0201-001", 1, 11, 1200, NULL);
    report("0201-002", 1, 11, 300, NULL);
    report("0201-003", 1, 11, 99, NULL);
    wait_mark(&first, "T", "reached_50_at", 11);
    report("0201-004", 1, 12, 2000, NULL);
    wait_mark(&first, "02", "reached_100_at", 12);
    json_t *document = read_milestones(&first);
    list_codes(document, "provinces_complete", &codes);
    list_codes(document, "communes_complete", &codes);
    ck_assert_str_eq(codes.bytes, "02 0102 0201 ");
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    expect_same_from(&second, document);
    report("0101-001", 3, 13, 1000, NULL); /* another time for the same figures moves nothing */
    wait_for_readings();
    turnoutd_stop(&second);
    turnoutd_stop(&first);
    turnoutd_start(&first, &workspace, NULL);
    expect_same_from(&first, document);
    json_decref(document);
    buffer_done(&codes);
}

/* Each mark is told once, by whichever server was first. */
TEST(two_servers_tell_each_once)
{
    struct buffer told = {0};
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    for (int voted = 100; voted <= 1000; voted += 100) {
        report("0101-001", voted / 100, 9, voted, NULL);
        small_wait_voted((voted % 200 == 0 ? &first : &second)->public_port, voted);
    }
    report("0101-002", 1, 10, 500, NULL);
    report("0101-003", 1, 10, 250, NULL);
    wait_mark(&first, "0101", "reached_100_at", 10);
    wait_mark(&second, "0101", "reached_100_at", 10);
    turnoutd_stop(&second);
    struct redisContext *redis = turnoutd_redis(&workspace);
    struct redisReply *reply = redisCommand(redis, "XRANGE turnout:{small}:milestones - +");
    for (size_t i = 0; i < reply->elements; i++) {
        char mark[64];
        struct slice rest = slice_of(reply->element[i]->element[1]->element[1]->str);
        struct slice area = text_split(&rest, ' ');
        struct slice name = text_split(&rest, ' ');
        (void)snprintf(mark, sizeof mark, ";%.*s %.*s;", (int)area.length, area.bytes, (int)name.length,
                       name.bytes);
        ck_assert_msg(told.bytes == NULL || strstr(told.bytes, mark) == NULL, "%s is told twice", mark);
        buffer_append_text(&told, mark);
    }
    ck_assert_ptr_nonnull(strstr(told.bytes, ";T first-report;"));
    ck_assert_ptr_nonnull(strstr(told.bytes, ";01 50;"));
    freeReplyObject(reply);
    redisFree(redis);
    buffer_done(&told);
}

/* Figures that are held back reach nothing; once they are published they do. */
TEST(what_is_held_back_is_no_milestone)
{
    report("0101-001", 1, 9, 100, NULL);
    wait_mark(&first, "0101", "first_report_at", 9);
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"rounds\"}", 200);
    report("0101-001", 2, 10, 1000, NULL);
    report("0102-001", 1, 10, 800, NULL);
    wait_for_readings();
    wait_for_readings();
    wait_mark(&first, "0101", "reached_50_at", 0);
    wait_mark(&first, "0102", "first_report_at", 0);
    turnoutd_stop(&first);
    turnoutd_start(&first, &workspace, NULL);
    wait_for_readings();
    wait_mark(&first, "0101", "reached_50_at", 0);
    wait_mark(&first, "0101", "first_report_at", 9);
    ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"10:00\"}", 201);
    wait_mark(&first, "0101", "reached_50_at", 10);
    wait_mark(&first, "0102", "first_report_at", 10);
    report("0101-002", 1, 11, 500, NULL);
    report("0101-003", 1, 11, 250, NULL);
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"live\"}", 200);
    wait_mark(&first, "0101", "reached_100_at", 11);
}

SUITE("milestones");
