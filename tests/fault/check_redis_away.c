/* Redis dies, hangs and comes back under a running turnoutd, and turnoutd itself is killed: what was acknowledged
 * stands, what was not is `unavailable` and can be sent again, and readers keep the last good figures. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "answers.h"
#include "http.h"
#include "own_workspace.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"

static struct turnoutd turnoutd;

static int post(const struct small_report *report)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, report, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    return status;
}

/* As a unit does it: the same report again and again until it is answered for good. */
static void post_until_taken(const struct small_report *report)
{
    enum { TRY_AGAIN_MS = 50 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int status = post(report);
    while (status == 503) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "seq %d was never taken", report->seq);
        ck_assert_int_eq(poll(NULL, 0, TRY_AGAIN_MS), 0);
        status = post(report);
    }
    ck_assert_msg(status == 201 || status == 200, "seq %d: %d", report->seq, status);
}

static void check_unavailable_over_http(const struct small_report *report)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, report, &answer);
    ck_assert_msg(answer.status == 503, "%d %s", answer.status, answer.body);
    char value[64];
    uint64_t seconds;
    ck_assert(http_answer_header(&answer, "Retry-After", value, sizeof value));
    ck_assert(text_parse_unsigned(slice_of(value), 60, &seconds) && seconds > 0);
    ck_assert(http_answer_header(&answer, "Content-Type", value, sizeof value));
    ck_assert_str_eq(value, "application/problem+json");
    json_t *problem = json_of(answer.body);
    answer_check_member(problem, "code", "store-unavailable", "Redis away");
    json_decref(problem);
    http_answer_done(&answer);
}

static void check_unavailable_over_stream(const struct small_report *report)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    small_report_send(&link, report);
    char text[1024];
    http_read_line(&link, text, sizeof text);
    json_t *answer = json_of(text);
    answer_check_member(answer, "status", "unavailable", "Redis away");
    answer_check_member(answer, "code", "store-unavailable", "Redis away");
    answer_check_member(answer, "receipt", NULL, "Redis away");
    json_decref(answer);
    http_close(&link);
}

static void start_over(struct redis_fixture *redis)
{
    redis_fixture_start(redis, NULL);
    const char *const settings[] = {"--redis", redis->url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    ck_assert_int_eq(post(&(struct small_report){.seq = 1, .voted = 100}), 201);
    small_wait_voted(turnoutd.public_port, 100);
}

FIXTURE(make_workspace, remove_workspace);

TEST(redis_dies_and_comes_back)
{
    struct redis_fixture redis;
    start_over(&redis);
    redis_fixture_signal(&redis, SIGKILL);

    const struct small_report second = {.seq = 2, .voted = 200};
    check_unavailable_over_http(&second);
    check_unavailable_over_stream(&second);
    small_wait_voted(turnoutd.public_port, 100);
    static const char *const alive[] = {"/livez", "/readyz?for=readers"};
    for (size_t i = 0; i < sizeof alive / sizeof alive[0]; i++) {
        struct http_answer answer;
        http_request(turnoutd.operate_port, "GET", alive[i], "", &answer);
        ck_assert_msg(answer.status == 200, "%s: %d", alive[i], answer.status);
        http_answer_done(&answer);
    }

    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, " figures-ageing ", line);
    redis_fixture_restart(&redis);
    post_until_taken(&second);
    small_wait_voted(turnoutd.public_port, 200);
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, " figures-current ", line);
    ck_assert_int_eq(post(&second), 200);
    turnoutd_stop(&turnoutd);
    redis_fixture_stop(&redis);
}

/* The report may stand in Redis although nobody could say so: sending it again counts it once. */
TEST(redis_hangs_and_wakes_up)
{
    struct redis_fixture redis;
    start_over(&redis);
    redis_fixture_signal(&redis, SIGSTOP);
    const struct small_report second = {.seq = 2, .voted = 200};
    check_unavailable_over_http(&second);
    small_wait_voted(turnoutd.public_port, 100);

    redis_fixture_signal(&redis, SIGCONT);
    post_until_taken(&second);
    small_wait_voted(turnoutd.public_port, 200);
    turnoutd_stop(&turnoutd);
    redis_fixture_stop(&redis);
}

TEST(managed_redis_is_started_again)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(post(&(struct small_report){.seq = 1, .voted = 100}), 201);
    ck_assert_int_eq(kill(turnoutd_redis_pid(&turnoutd), SIGKILL), 0);
    post_until_taken(&(struct small_report){.seq = 2, .voted = 200});
    post_until_taken(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 50});
    small_wait_voted(turnoutd.public_port, 250);
    turnoutd_stop(&turnoutd);
}

/* Its Redis lives on, and the next turnoutd on the same folder goes on with it. */
TEST(a_killed_server_leaves_nothing_undone)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(post(&(struct small_report){.seq = 1, .voted = 100}), 201);
    process_kill(&turnoutd.process);

    turnoutd_start(&turnoutd, &workspace, NULL);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, " managed-redis is=taken-over ", line);
    ck_assert_int_eq(post(&(struct small_report){.seq = 1, .voted = 100}), 200);
    ck_assert_int_eq(post(&(struct small_report){.seq = 2, .voted = 101}), 201);
    small_wait_voted(turnoutd.public_port, 101);
    turnoutd_stop(&turnoutd);
}

SUITE("redis_away");
