/* A unit whose reports were another's: a committee takes them out of the count, all sums follow, and the true unit
 * begins. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"
#include "command.h"
#include "committee.h"
#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

#define VOID   "/v1/units/0101-001/void"
#define REASON "{\"reason\":\"đó là của 0101-002\"}"

static char decide[TOKEN_HEADER_BYTES]; /* of the nation */

static void setup(void)
{
    start_server();
    token_header(&workspace, ROLE_DECIDE, "T", decide);
}

static void report(const struct small_report *sent, int status)
{
    small_report_expect(turnoutd.intake_http_port, sent, status);
}

static void expect_code(const struct small_report *sent, const char *code)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, sent, &answer);
    json_t *problem = json_of(answer.body);
    answer_check_member(problem, "code", code, answer.body);
    json_decref(problem);
    http_answer_done(&answer);
}

static void void_unit(bool changes)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, VOID, decide, REASON, &answer);
    ck_assert_msg(answer.status == 200, "%d %s", answer.status, answer.body);
    ck_assert_str_eq(answer.body, changes ? "{\"unit\":\"0101-001\",\"state\":\"voided\",\"changed\":true}"
                                          : "{\"unit\":\"0101-001\",\"state\":\"voided\",\"changed\":false}");
    http_answer_done(&answer);
}

static json_t *get_unit(void)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, "/v1/units/0101-001", decide, NULL, &answer);
    ck_assert_int_eq(answer.status, 200);
    json_t *unit = json_of(answer.body);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("unit.schema.json", unit, fault), "%s\n%s", fault, answer.body);
    http_answer_done(&answer);
    return unit;
}

static void expect_nation(const char *figure, int64_t value)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), figure), value);
    ck_assert(json_is_true(json_object_get(json_object_of(document, "nation"), "verified")));
    json_decref(document);
}

FIXTURE(setup, stop_server);

/* Three that count, the last one with another roll and final; one that is held. */
static const struct small_report first = {.seq = 1, .voted = 50};
static const struct small_report second = {.seq = 2, .voted = 60, .as_of = "2026-03-15T11:00:00+07:00"};
static const struct small_report last = {.seq = 3,
                                         .voted = 960,
                                         .as_of = "2026-03-15T13:00:00+07:00",
                                         .more = ",\"registered\":960,\"kind\":\"final\""};
static const struct small_report held = {
    .seq = 4, .voted = 960, .as_of = "2026-03-15T13:00:00+07:00", .more = ",\"registered\":2000"};

static void send_all(void)
{
    report(&first, 201);
    report(&second, 201);
    report(&last, 201);
    report(&held, 202);
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 33}, 201);
    small_wait_voted(turnoutd.public_port, 993);
    expect_nation("units_final", 1);
    expect_nation("units_complete", 1);
    expect_nation("held", 1);
    expect_nation("registered", SMALL_REGISTERED - 40);
}

TEST(the_unit_is_silent_again)
{
    send_all();
    void_unit(true);
    small_wait_voted(turnoutd.public_port, 33);
    expect_nation("units_reported", 1);
    expect_nation("units_final", 0);
    expect_nation("units_complete", 0);
    expect_nation("held", 0);
    expect_nation("registered", SMALL_REGISTERED);
    committee_expect(turnoutd.intake_http_port, "/v1/held/0101-001.4", decide,
                     "{\"decision\":\"release\",\"reason\":\"so\"}", 409);
    json_t *unit = get_unit();
    ck_assert_int_eq(json_integer_of(json_object_of(unit, "state"), "seq"), 0);
    ck_assert_int_eq(json_integer_of(json_object_of(unit, "state"), "registered"), 1000);
    ck_assert_int_eq(json_integer_of(unit, "next_seq"), 1);
    const json_t *newest = json_array_get(json_array_of(unit, "reports"), 0);
    ck_assert_str_eq(json_text_of(newest, "outcome"), "voided");
    ck_assert_str_eq(json_text_of(newest, "why"), "đó là của 0101-002");
    ck_assert_str_eq(json_text_of(newest, "who"), COMMITTEE_WHO);
    ck_assert_int_eq(json_integer_of(newest, "voted_before"), 960);
    json_decref(unit);
    void_unit(false);
}

/* The very reports are known again, whatever server or restart; others count, also with their numbers and times. */
TEST(what_was_voided_does_not_come_back)
{
    send_all();
    void_unit(true);
    for (int round = 0; round < 2; round++) {
        expect_code(&first, "voided");
        expect_code(&second, "voided");
        expect_code(&last, "voided");
        expect_code(&held, "voided");
        turnoutd_stop(&turnoutd);
        turnoutd_start(&turnoutd, &workspace, NULL);
    }
    report(&(struct small_report){.seq = 1, .voted = 40}, 201);
    report(&(struct small_report){.seq = 1, .voted = 40}, 200);
    report(&(struct small_report){.seq = 2, .voted = 61, .as_of = "2026-03-15T11:00:00+07:00"}, 201);
    expect_code(&first, "voided");
    small_wait_voted(turnoutd.public_port, 94);
    void_unit(true);
    small_wait_voted(turnoutd.public_port, 33);
    expect_code(&(struct small_report){.seq = 1, .voted = 40}, "voided");
    expect_code(&second, "voided");
}

static json_t *get_silent(const char *target)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, target, decide, NULL, &answer);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

TEST(it_is_on_record)
{
    char election[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "data", data);
    send_all();
    void_unit(true);
    small_wait_voted(turnoutd.public_port, 33);
    command_check(
        &workspace, 0,
        "\"outcome\":\"voided\",\"unit\":\"0101-001\",\"seq\":4,\"registered\":1000,\"before\":[960,960]",
        "chain of commune 0101: 6 lines", "log", "--unit", "0101-001", "--election", election, "--data", data,
        NULL);
    json_t *document = json_get(turnoutd.public_port, "/v1/corrections", 200);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("corrections.schema.json", document, fault), "%s", fault);
    const json_t *entries = json_array_of(document, "corrections");
    bool is_there = false;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        is_there =
            is_there || (strcmp(json_text_of(entry, "kind"), "voided") == 0 &&
                         json_integer_of(entry, "before") == 960 && json_integer_of(entry, "after") == 0);
    }
    ck_assert(is_there);
    json_decref(document);
    document = get_silent("/v1/areas/0101/silent?round=1");
    ck_assert_str_eq(json_text_of(json_array_get(json_array_of(document, "units"), 0), "unit"), "0101-001");
    json_decref(document);
}

TEST(a_void_needs_a_unit_and_a_reason)
{
    committee_expect(turnoutd.intake_http_port, "/v1/units/0101-009/void", decide, REASON, 404);
    committee_expect(turnoutd.intake_http_port, VOID, decide, "{}", 400);
    committee_expect(turnoutd.intake_http_port, VOID, decide, "{\"reason\":\"\"}", 400);
    void_unit(false);
}

SUITE("void");
