/* The series of real servers: what they show is written minute by minute, and is the same from everywhere. */
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
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 20, TARGET_BYTES = 128 };

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

/* The document, once it has at least so many points; the caller gives it back. */
static json_t *wait_points(const struct turnoutd *turnoutd, const char *target, size_t least)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        json_t *document = json_get(turnoutd->public_port, target, 200);
        if (json_array_size(json_array_of(document, "points")) >= least) {
            return document;
        }
        json_decref(document);
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s has no %zu points", target, least);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

/* Minutes that are still to come, as another server would have written them. */
static void write_minutes(int count)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    int64_t first_minute = (clock_wall_ms() / 1000 / 3600 + 1) * 3600;
    for (int i = 0; i < count; i++) {
        struct redisReply *reply =
            redisCommand(redis, "XADD turnout:{small}:series %lld000-0 T %s 01 %s",
                         (long long)first_minute + 60 * i, i < 2 ? "700 6150 3" : "650 6150 2", "0 2551 0");
        ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_STRING, "XADD was refused");
        freeReplyObject(reply);
    }
    redisFree(redis);
}

static void expect_problem(const char *target, int status, const char *code)
{
    json_t *problem = json_get(first.public_port, target, status);
    ck_assert_str_eq(json_text_of(problem, "code"), code);
    json_decref(problem);
}

FIXTURE(setup, teardown);

TEST(a_point_says_what_is_shown)
{
    json_t *document = wait_points(&first, "/v1/series?area=01", 1);
    const json_t *point = json_array_get(json_array_of(document, "points"), 0);
    ck_assert_int_eq(json_integer_of(point, "voted"), 0);
    ck_assert_int_eq(json_integer_of(point, "registered"), 2551);
    ck_assert_str_eq(json_text_of(json_object_of(document, "area"), "code"), "01");
    json_decref(document);
}

/* Also after a restart, and from another server; what fell stands as it was shown. */
TEST(every_server_shows_the_same)
{
    json_decref(wait_points(&first, "/v1/series", 1));
    write_minutes(4);
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    json_t *there = wait_points(&second, "/v1/series?step=1", 4);
    process_kill(&first.process);
    turnoutd_start(&first, &workspace, NULL);
    json_t *here = wait_points(&first, "/v1/series?step=1", 4);
    ck_assert(json_equal(json_object_get(here, "points"), json_object_get(there, "points")));
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("series.schema.json", here, fault), "%s", fault);
    const json_t *points = json_array_of(here, "points");
    size_t count = json_array_size(points);
    ck_assert_int_eq(json_integer_of(json_array_get(points, count - 3), "voted"), 700);
    ck_assert_int_eq(json_integer_of(json_array_get(points, count - 1), "voted"), 650);
    json_decref(here);
    json_decref(there);
    turnoutd_stop(&second);
}

TEST(a_part_of_it_can_be_asked_for)
{
    json_decref(wait_points(&first, "/v1/series", 1));
    write_minutes(4);
    process_kill(&first.process);
    turnoutd_start(&first, &workspace, NULL);
    json_decref(wait_points(&first, "/v1/series", 5));
    json_t *document = wait_points(&first, "/v1/series?step=1440", 1);
    ck_assert_uint_le(json_array_size(json_array_of(document, "points")), 2); /* midnight may lie between */
    const char *to = json_text_of(document, "to");
    char target[TARGET_BYTES];
    (void)snprintf(target, sizeof target, "/v1/series?from=%s&to=%s", to, to);
    json_t *last = json_get(first.public_port, target, 200);
    ck_assert_uint_eq(json_array_size(json_array_of(last, "points")), 1);
    ck_assert_str_eq(json_text_of(json_array_get(json_array_of(last, "points"), 0), "time"), to);
    json_decref(last);
    json_decref(document);
}

TEST(what_cannot_be_answered_is_said)
{
    expect_problem("/v1/series?area=0101", 404, "no-series");
    expect_problem("/v1/series?area=nowhere", 404, "unknown-area");
    expect_problem("/v1/series?area=", 404, "unknown-area");
    expect_problem("/v1/series?from=yesterday", 400, "bad-parameter");
    expect_problem("/v1/series?to=2026-03-15", 400, "bad-parameter");
    expect_problem("/v1/series?step=0", 400, "bad-parameter");
    expect_problem("/v1/series?step=1441", 400, "bad-parameter");
    expect_problem("/v1/series?step=1.5", 400, "bad-parameter");
    expect_problem("/v1/series?from=2026-03-15T08:00:00Z&to=2026-03-15T07:00:00Z", 400, "bad-parameter");
}

SUITE("series");
