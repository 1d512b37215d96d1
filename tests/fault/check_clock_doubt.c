/* A clock that is wrong: slow from the start, or moved while turnoutd runs. No right report is rejected for it, /readyz
 * says so, and when the clock is right again so is turnoutd. Wrong by years, under load: check_clocks.c. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>

#include "fault_controls.h"
#include "http.h"
#include "readyz.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { HOUR_MS = 3600000 };

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;
static struct fault_controls *controls;

static void setup(void)
{
    workspace_init(&workspace);
    controls = fault_controls_map(&workspace);
}

static void teardown(void)
{
    redis_fixture_stop(&redis);
    fault_controls_unmap(controls);
    workspace_done(&workspace);
}

/* With a Redis of the same clock, or of another machine's. */
static void start(bool is_redis_wrong_too)
{
    if (is_redis_wrong_too) {
        fault_preload_begin(&workspace, "disk");
    }
    redis_fixture_start(&redis, NULL);
    if (!is_redis_wrong_too) {
        fault_preload_begin(&workspace, "disk");
    }
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_launch(&turnoutd, &workspace, settings);
    fault_preload_end();
    turnoutd_await_ports(&turnoutd);
}

/* A report of this moment, by the test's clock. */
static int report_now(const char *unit, int seq, char ret_body[512])
{
    char as_of[RFC3339_BYTES];
    rfc3339_format(clock_wall_ms() / 1000, 7 * 3600, as_of);
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port,
                      &(struct small_report){.unit = unit, .seq = seq, .voted = seq, .as_of = as_of},
                      &answer);
    int status = answer.status;
    (void)snprintf(ret_body, 512, "%s", answer.body);
    http_answer_done(&answer);
    return status;
}

static void expect_reported(const char *unit, int seq)
{
    char body[512];
    int status = report_now(unit, seq, body);
    ck_assert_msg(status == 201, "%d %s", status, body);
}

static void expect_in_doubt(const char *unit, int seq)
{
    char body[512];
    int status = report_now(unit, seq, body);
    ck_assert_msg(status == 503 && strstr(body, "clock-in-doubt") != NULL, "%d %s", status, body);
}

FIXTURE(setup, teardown);

/* From one moment to the next: the very first report is not rejected. */
TEST(a_clock_that_is_set_back)
{
    start(true);
    turnoutd_wait_ready(&turnoutd);
    expect_reported("0101-001", 1);
    controls->clock_offset_ms = -HOUR_MS;
    expect_in_doubt("0101-001", 2);
    readyz_expect_broken(&turnoutd, "clock", "has jumped by -3600 s");
    readyz_expect_for_readers(&turnoutd, 200);
    controls->clock_offset_ms = 0;
    readyz_expect_mended(&turnoutd, "clock");
    expect_reported("0101-001", 2);
    small_wait_voted(turnoutd.public_port, 2);
    turnoutd_stop(&turnoutd);
}

/* What is not rejected for its time counts. */
TEST(a_clock_that_is_set_forward)
{
    start(true);
    turnoutd_wait_ready(&turnoutd);
    controls->clock_offset_ms = HOUR_MS;
    readyz_expect_broken(&turnoutd, "clock", "has jumped by 3600 s");
    expect_reported("0101-001", 1);
    controls->clock_offset_ms = 0;
    readyz_expect_mended(&turnoutd, "clock");
    turnoutd_stop(&turnoutd);
}

/* Nothing jumps: the units say it. */
TEST(a_clock_that_was_slow_from_the_start)
{
    static const char *const units[] = {"0101-001", "0101-002", "0102-001", "0201-001"};
    controls->clock_offset_ms = -HOUR_MS;
    start(true);
    turnoutd_wait_ready(&turnoutd);
    char body[512];
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(report_now(units[i], 1, body), 422);
    }
    readyz_expect_broken(&turnoutd, "clock", "3 units report counts of this machine's future");
    for (size_t i = 0; i < COUNT(units); i++) {
        expect_in_doubt(units[i], 1);
    }
    controls->clock_offset_ms = 0;
    readyz_expect_mended(&turnoutd, "clock");
    for (size_t i = 0; i < COUNT(units); i++) {
        expect_reported(units[i], 1);
    }
    small_wait_voted(turnoutd.public_port, 4);
    turnoutd_stop(&turnoutd);
}

TEST(a_clock_that_is_not_redis_s)
{
    controls->clock_offset_ms = -HOUR_MS;
    start(false);
    readyz_expect_broken(&turnoutd, "clock", "Redis's clock is 3");
    expect_in_doubt("0101-001", 1);
    controls->clock_offset_ms = 0;
    readyz_expect_mended(&turnoutd, "clock");
    expect_reported("0101-001", 1);
    turnoutd_stop(&turnoutd);
}

SUITE("clock_doubt");
