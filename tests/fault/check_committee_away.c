/* What committees are told while Redis is away, or holds what it must not: never that something was done, never that
 * something is not there. */
#include <check.h>
#include <signal.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;
static struct redis_fixture redis;
static char opening[OPENING_BYTES];

static const struct {
    const char *target;
    const char *body; /* NULL: GET */
    enum token_role role;
} routes[] = {
    {"/v1/units/0101-001", NULL, ROLE_VIEW},
    {"/v1/areas/0101/units", NULL, ROLE_VIEW},
    {"/v1/areas/T/silent?round=1", NULL, ROLE_VIEW},
    {"/v1/held", NULL, ROLE_DECIDE},
    {"/v1/held/0101-001.1", "{\"decision\":\"release\",\"reason\":\"so\"}", ROLE_DECIDE},
    {"/v1/phase", opening, ROLE_ADMIN},
    {"/v1/phase", "{\"phase\":\"closed\",\"early\":true}", ROLE_ADMIN},
    {"/v1/publication", "{\"mode\":\"hold\"}", ROLE_ADMIN},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static void setup(void)
{
    redis_fixture_start(&redis, NULL);
    workspace_init(&workspace);
    const char *const settings[] = {"--redis", redis.url, NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    committee_write_opening(&workspace, opening);
}

static void teardown(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
    redis_fixture_stop(&redis);
}

static void expect(size_t route, int status, const char *code)
{
    char header[TOKEN_HEADER_BYTES];
    char value[16];
    struct http_answer answer;
    token_header(&workspace, routes[route].role, "T", header);
    committee_ask(turnoutd.intake_http_port, routes[route].target, header, routes[route].body, &answer);
    ck_assert_msg(answer.status == status, "%s: %d, not %d: %s", routes[route].target, answer.status, status,
                  answer.body);
    ck_assert_int_eq(http_answer_header(&answer, "Retry-After", value, sizeof value), status == 503);
    json_t *problem = json_of(answer.body);
    answer_check_member(problem, "code", code, routes[route].target);
    json_decref(problem);
    http_answer_done(&answer);
}

FIXTURE(setup, teardown);

TEST(while_redis_is_away_nothing_is_known)
{
    redis_fixture_signal(&redis, SIGKILL);
    for (size_t i = 0; i < ROUTES; i++) {
        expect(i, 503, "store-unavailable");
    }
    redis_fixture_restart(&redis);
}

/* A Redis that hangs: whoever asked gets an answer by the deadline of a command. */
TEST(while_redis_hangs_nothing_is_known)
{
    redis_fixture_signal(&redis, SIGSTOP);
    expect(0, 503, "store-unavailable");
    redis_fixture_signal(&redis, SIGCONT);
}

TEST(what_redis_must_not_hold_is_told)
{
    static const char *const spoils[] = {
        "HSET turnout:{small:01}:units 0101-001 x",
        "HSET turnout:{small:01}:held 0101-001.1 {\"outcome\":\"held\"}",
        "ZADD turnout:{small:01}:waiting 1 0101-001.1",
        "DEL turnout:{small}:meta",
    };
    for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++) {
        redis_fixture_run(&redis, spoils[i]);
    }
    for (size_t i = 0; i < ROUTES; i++) {
        expect(i, 500, "store-unsound");
    }
}

SUITE("committee_away");
