/* What committees ask, and who may: every route with no token, a bad one, the wrong role, another area, and the right
 * one. */
#include <check.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"

/* ---- who may ask ---- */

struct route {
    const char *target;
    const char *body;     /* NULL: GET */
    const char *area;     /* the smallest that a token must be of */
    const char *not_area; /* one that is not enough; NULL: each shows its own */
    enum token_role role;
    int status; /* when all is right */
};

/* In an order that leaves each its right answer. */
static const struct route routes[] = {
    {"/v1/phase", "{\"phase\":\"rehearsal\"}", "T", "01", ROLE_ADMIN, 200},
    {"/v1/publication", "{\"mode\":\"live\"}", "T", "01", ROLE_ADMIN, 200},
    {"/v1/bulletins", "{\"label\":\"11:30\"}", "T", "01", ROLE_ADMIN, 201},
    {"/v1/bulletins/1/areas/0101.csv", NULL, "0101", "0102", ROLE_VIEW, 200},
    {"/v1/desk", NULL, "0101", NULL, ROLE_VIEW, 200},
    {"/v1/units/0101-001", NULL, "0101", "0102", ROLE_VIEW, 200},
    {"/v1/units/0201-004", NULL, "02", "01", ROLE_VIEW, 200},
    {"/v1/areas/0101/units", NULL, "0101", "0102", ROLE_VIEW, 200},
    {"/v1/areas/0101/silent", NULL, "01", "02", ROLE_VIEW, 200},
    {"/v1/areas/01/silent?round=1", NULL, "01", "0101", ROLE_VIEW, 200},
    {"/v1/areas/T/silent?round=6", NULL, "T", "02", ROLE_VIEW, 200},
    {"/v1/units/0101-001/void", "{\"reason\":\"so\"}", "0101", "0102", ROLE_DECIDE, 200},
    {"/v1/units/0101-001/excuse", "{\"status\":\"none\"}", "0101", "0102", ROLE_DECIDE, 200},
    {"/v1/areas/0101/owing", NULL, "01", "02", ROLE_VIEW, 200},
    {"/v1/areas/0101/flagged", NULL, "0101", "0102", ROLE_VIEW, 200},
    {"/v1/areas/T/refused", NULL, "T", "01", ROLE_VIEW, 200},
    {"/v1/areas/01/board?round=1", NULL, "01", "02", ROLE_VIEW, 200},
    {"/v1/areas/0101/ledger", NULL, "0101", "0102", ROLE_VIEW, 200},
    {"/v1/held", NULL, "0101", NULL, ROLE_DECIDE, 200},
    {"/v1/held/0101-001.1", "{\"decision\":\"reject\",\"reason\":\"so\"}", "0101", "0102", ROLE_DECIDE, 404},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static void expect_problem(const struct route *route, const char *headers, int status, const char *code)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, route->target, headers, route->body, &answer);
    ck_assert_msg(answer.status == status, "%s: %d, not %d: %s", route->target, answer.status, status,
                  answer.body);
    http_check_header(&answer, "Content-Type", "application/problem+json");
    http_check_header(&answer, "Cache-Control", "no-store");
    char value[64];
    ck_assert_int_eq(http_answer_header(&answer, "WWW-Authenticate", value, sizeof value), status == 401);
    json_t *problem = json_of(answer.body);
    answer_check_member(problem, "code", code, route->target);
    json_decref(problem);
    http_answer_done(&answer);
}

FIXTURE(start_server, stop_server);

TEST(a_token_is_needed)
{
    static const char *const headers[] = {
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Basic dDp0\r\n",
        "Authorization: Bearer admin.T.99999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        "Authorization: admin.T.99999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
    };
    for (size_t i = 0; i < ROUTES; i++) {
        for (size_t k = 0; k < sizeof headers / sizeof headers[0]; k++) {
            expect_problem(&routes[i], headers[k], 401, "unauthorized");
        }
    }
}

static void header_of(const char *token, char ret_header[TOKEN_HEADER_BYTES])
{
    int length = snprintf(ret_header, TOKEN_HEADER_BYTES, "Authorization: bearer %s\r\n", token);
    ck_assert(length > 0 && length < TOKEN_HEADER_BYTES);
}

TEST(an_old_or_a_forged_token_is_none)
{
    for (size_t i = 0; i < ROUTES; i++) {
        char token[TOKEN_BYTES_MAX + 1];
        char header[TOKEN_HEADER_BYTES];
        token_of(&workspace, routes[i].role, routes[i].area, 0, token);
        header_of(token, header);
        expect_problem(&routes[i], header, 401, "unauthorized");

        token_of(&workspace, routes[i].role, routes[i].area, 60, token);
        char *end = strrchr(token, '.');
        ck_assert_ptr_nonnull(end);
        end[1] = end[1] == 'A' ? 'B' : 'A';
        header_of(token, header);
        expect_problem(&routes[i], header, 401, "unauthorized");
    }
}

TEST(a_role_may_what_it_may)
{
    for (size_t i = 0; i < ROUTES; i++) {
        for (int role = 0; role < ROLE_COUNT; role++) {
            char header[TOKEN_HEADER_BYTES];
            token_header(&workspace, (enum token_role)role, routes[i].area, header);
            if (token_role_may((enum token_role)role, routes[i].role)) {
                committee_expect(turnoutd.intake_http_port, routes[i].target, header, routes[i].body,
                                 routes[i].status);
            } else {
                expect_problem(&routes[i], header, 403, "wrong-role");
            }
        }
    }
}

TEST(an_area_limits)
{
    for (size_t i = 0; i < ROUTES; i++) {
        char header[TOKEN_HEADER_BYTES];
        if (routes[i].not_area != NULL) {
            token_header(&workspace, routes[i].role, routes[i].not_area, header);
            expect_problem(&routes[i], header, 403, "out-of-scope");
        }
        token_header(&workspace, routes[i].role, "elsewhere", header);
        expect_problem(&routes[i], header, 403, "out-of-scope");
        token_header(&workspace, routes[i].role, "T", header);
        committee_expect(turnoutd.intake_http_port, routes[i].target, header, routes[i].body,
                         routes[i].status);
    }
}

/* No token, no mac and no secret in the log, whatever was asked. */
TEST(the_desk_says_what_a_token_is_good_for)
{
    char headers[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_DECIDE, "0101", headers);
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, "/v1/desk", headers, NULL, &answer);
    ck_assert_int_eq(answer.status, 200);
    json_t *document = json_of(answer.body);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("desk.schema.json", document, fault), "%s", fault);
    ck_assert_str_eq(json_text_of(document, "phase"), "rehearsal");
    ck_assert_str_eq(json_text_of(document, "publication"), "live");
    ck_assert_str_eq(json_text_of(json_object_of(document, "election"), "id"), "small");
    ck_assert_uint_eq(json_array_size(json_array_of(json_object_of(document, "election"), "rounds")), 6);
    const json_t *token = json_object_of(document, "token");
    ck_assert_str_eq(json_text_of(token, "role"), "decide");
    ck_assert_str_eq(json_text_of(token, "label"), "Phòng \"thử\", 1");
    ck_assert_str_eq(json_text_of(json_object_of(token, "area"), "code"), "0101");
    json_decref(document);
    http_answer_done(&answer);
}

TEST(tokens_are_not_logged)
{
    char token[TOKEN_BYTES_MAX + 1];
    char header[TOKEN_HEADER_BYTES];
    token_of(&workspace, ROLE_ADMIN, "T", 60, token);
    header_of(token, header);
    committee_expect(turnoutd.intake_http_port, "/v1/publication", header, "{\"mode\":\"hold\"}", 200);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, "publication-change who=", line);
    char *log = workspace_read(turnoutd.process.stderr_path);
    ck_assert_ptr_null(strstr(log, strrchr(token, '.') + 1));
    free(log);
}

/* ---- what is asked ---- */

TEST(a_wrong_body_is_refused)
{
    static const struct {
        const char *target;
        const char *body;
        int status;
        const char *field;
    } cases[] = {
        {"/v1/phase", "", 400, NULL},
        {"/v1/phase", "{}", 400, "phase"},
        {"/v1/phase", "{\"phase\":\"shut\"}", 400, "phase"},
        {"/v1/phase", "{\"phase\":1}", 400, "phase"},
        {"/v1/phase", "{\"phase\":\"open\",\"phase\":\"open\"}", 400, NULL},
        {"/v1/phase", "{\"phase\":\"open\",\"mode\":\"live\"}", 400, "mode"},
        {"/v1/phase", "{\"phase\":\"open\"}", 400, "fingerprint"},
        {"/v1/phase", "{\"phase\":\"open\",\"fingerprint\":\"0000-0000\"}", 409, "fingerprint"},
        {"/v1/phase", "{\"phase\":\"closed\",\"early\":\"yes\"}", 400, "early"},
        {"/v1/publication", "{\"mode\":\"\"}", 400, "mode"},
        {"/v1/publication", "{\"mode\":\"Live\"}", 400, "mode"},
        {"/v1/publication", "[\"live\"]", 400, NULL},
        {"/v1/bulletins", "{}", 400, "label"},
        {"/v1/bulletins", "{\"label\":\"\"}", 400, "label"},
        {"/v1/bulletins", "{\"label\":\" 11:30\"}", 400, "label"},
        {"/v1/bulletins", "{\"label\":\"11:30\\n12:00\"}", 400, "label"},
    };
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_answer answer;
        committee_ask(turnoutd.intake_http_port, cases[i].target, header, cases[i].body, &answer);
        ck_assert_msg(answer.status == cases[i].status, "%s: %d %s", cases[i].body, answer.status,
                      answer.body);
        json_t *problem = json_of(answer.body);
        answer_check_member(problem, "field", cases[i].field, cases[i].body);
        json_decref(problem);
        http_answer_done(&answer);
    }
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/phase", "text/plain", "", 0, &answer);
    ck_assert_int_eq(answer.status, 401); /* who asks is looked at first */
    http_answer_done(&answer);
}

/* The tally's and the publisher's; whatever workers have is for reading. */
enum { WRITING_LINKS = 2, ASK_AGAIN_MS = 10 };

static size_t links_of(redisContext *redis, const char *user)
{
    size_t links = 0;
    redisReply *clients = redisCommand(redis, "CLIENT LIST");
    ck_assert_ptr_nonnull(clients);
    ck_assert_int_eq(clients->type, REDIS_REPLY_STRING);
    for (const char *at = clients->str; (at = strstr(at, user)) != NULL; at++) {
        links++;
    }
    freeReplyObject(clients);
    return links;
}

TEST(workers_log_in_as_who_may_only_read)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/redis/redis.sock", path);
    redisContext *redis = redis_fixture_log_in(path, "default");
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (links_of(redis, " user=turnout-reader ") == 0 && clock_monotonic_ms() < deadline_ms) {
        (void)poll(NULL, 0, ASK_AGAIN_MS); /* the server is ready before these links are there */
    }
    ck_assert_uint_ge(links_of(redis, " user=turnout-reader "), 1);
    ck_assert_uint_eq(links_of(redis, " user=turnoutd "), WRITING_LINKS);
    redisFree(redis);
}

SUITE("committee");
