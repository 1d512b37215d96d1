/* Rules in a real turnoutd, as an election sets them: what is held is answered 202 and shown beside the count, never
 * in it, until it is decided. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

/* The small election with more rules behind its last line, which stands in [rules]. */
static void add_rules(const char *rules)
{
    workspace_add_small_election(&workspace, "election");
    workspace_append(&workspace, "election/election.ini", rules);
}

static void setup(void)
{
    workspace_init(&workspace);
    add_rules("decrease = hold\njump = reject\nvoters-an-hour = 100\ncorrections = held\n"
              "same-figures = flag\ncomplete-not-before = 12:00\n");
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void expect_post(const struct small_report *report, int http_status, const char *status,
                        const char *code)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, report, &answer);
    ck_assert_msg(answer.status == http_status, "%d, not %d: %s", answer.status, http_status, answer.body);
    json_t *result = json_of(answer.body);
    answer_check_member(result, "code", code, status);
    if (http_status < 400) {
        answer_check_member(result, "status", status, status);
        answer_check_receipt(result);
        ck_assert_ptr_nonnull(strstr(json_text_of(result, "detail"), "does not count"));
    }
    json_decref(result);
    http_answer_done(&answer);
}

static void expect_nation(int64_t voted, int64_t held)
{
    small_wait_voted(turnoutd.public_port, voted);
    small_wait_nation(turnoutd.public_port, "held", held);
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    const json_t *nation = json_object_of(document, "nation");
    ck_assert_int_eq(json_integer_of(nation, "voted"), voted);
    ck_assert_int_eq(json_integer_of(nation, "held"), held);
    ck_assert_int_eq(json_integer_of(nation, "registered"), SMALL_REGISTERED);
    ck_assert(json_is_true(json_object_get(nation, "verified")));
    json_decref(document);
}

static void decide(const char *id, const char *decision, bool changes)
{
    char target[64];
    char header[TOKEN_HEADER_BYTES];
    struct buffer body = {0};
    struct http_answer answer;
    ck_assert_int_gt(snprintf(target, sizeof target, "/v1/held/%s", id), 0);
    token_header(&workspace, ROLE_DECIDE, "T", header);
    buffer_printf(&body, "{\"decision\":\"%s\",\"reason\":\"asked\"}", decision);
    committee_ask(turnoutd.intake_http_port, target, header, body.bytes, &answer);
    ck_assert_int_eq(answer.status, 200);
    json_t *document = json_of(answer.body);
    ck_assert(json_is_true(json_object_get(document, "changed")) == changes);
    json_decref(document);
    http_answer_done(&answer);
    buffer_done(&body);
}

static const struct small_report first = {.seq = 1, .voted = 100};
static const struct small_report fewer = {.seq = 2, .voted = 90, .as_of = "2026-03-15T10:00:00+07:00"};

FIXTURE(setup, stop_server);

TEST(what_is_held_is_not_counted)
{
    expect_post(&first, 201, "accepted", NULL);
    expect_post(&fewer, 202, "held", "count-decreased");
    expect_post(&fewer, 202, "held", "count-decreased");
    expect_nation(100, 1);
    expect_post(&(struct small_report){.seq = 2, .voted = 91, .as_of = fewer.as_of}, 409, "rejected",
                "seq-conflict");
    expect_post(&(struct small_report){.seq = 3,
                                       .voted = 150,
                                       .as_of = fewer.as_of,
                                       .more = ",\"kind\":\"correction\",\"reason\":\"miscount\""},
                202, "held", "correction");
    expect_post(&(struct small_report){.seq = 4, .voted = 101, .as_of = fewer.as_of}, 201, "accepted", NULL);
    expect_nation(101, 2);
}

/* One request, each report of it raising the roll by at most a tenth: what counts stays within a tenth of the
 * listed. */
TEST(many_steps_are_held_like_one)
{
    enum { STEPS = 97, LISTED = 1000, MOST = LISTED + LISTED / 10 };
    struct buffer lines = {0};
    int roll = LISTED;
    for (int seq = 1; seq <= STEPS; seq++) {
        char more[48];
        roll += roll < 9000000 ? roll / 10 : 0;
        (void)snprintf(more, sizeof more, ",\"registered\":%d", roll);
        small_report_write(&lines, &(struct small_report){.seq = seq, .voted = 10, .more = more});
        buffer_append_char(&lines, '\n');
    }
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/x-ndjson", lines.bytes, lines.length,
              &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "roll-changed"));
    http_answer_done(&answer);
    buffer_done(&lines);
    small_wait_voted(turnoutd.public_port, 10);
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    ck_assert_int_le(json_integer_of(json_object_of(document, "nation"), "registered"),
                     SMALL_REGISTERED + MOST - LISTED);
    json_decref(document);
}

TEST(released_it_is_counted)
{
    expect_post(&first, 201, "accepted", NULL);
    expect_post(&fewer, 202, "held", "count-decreased");
    decide("0101-001.2", "release", true);
    expect_nation(90, 0);
    expect_post(&fewer, 200, "duplicate", NULL);
    decide("0101-001.2", "release", false);
    expect_nation(90, 0);
}

TEST(rejected_it_is_refused_from_then_on)
{
    expect_post(&first, 201, "accepted", NULL);
    expect_post(&fewer, 202, "held", "count-decreased");
    decide("0101-001.2", "reject", true);
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, &fewer, &answer);
    ck_assert_int_eq(answer.status, 422);
    json_t *problem = json_of(answer.body);
    answer_check_member(problem, "code", "count-decreased", "rejected");
    answer_check_member(
        problem, "detail",
        "a test report, which does not count: a committee has rejected this report; call the committee, or "
        "send a new count with the next seq",
        "rejected");
    json_decref(problem);
    http_answer_done(&answer);
    expect_nation(100, 0);
}

TEST(the_election_says_what_is_done)
{
    /* Two hours after opening 200 may have voted. */
    expect_post(&(struct small_report){.seq = 1, .voted = 201}, 422, "rejected", "too-fast");
    expect_post(&(struct small_report){.seq = 1, .voted = 200}, 201, "accepted", NULL);
    /* Too early to be complete, and noted only. */
    expect_post(&(struct small_report){.unit = "0102-002", .seq = 1, .voted = 1}, 201, "accepted", NULL);
    /* More than 50 voters and 10 %. */
    expect_post(
        &(struct small_report){.unit = "0101-002", .seq = 1, .voted = 7, .more = ",\"registered\":551"}, 202,
        "held", "roll-changed");
    expect_nation(201, 1);
}

TEST(an_as_of_that_is_rejected_says_which)
{
    expect_post(&first, 201, "accepted", NULL);
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port,
                      &(struct small_report){.seq = 2, .voted = 100, .as_of = "2026-03-15T08:59:59+07:00"},
                      &answer);
    ck_assert_int_eq(answer.status, 422);
    json_t *problem = json_of(answer.body);
    answer_check_member(
        problem, "detail",
        "a test report, which does not count: 2026-03-15T08:59:59+07:00 is before seq 1, as of "
        "2026-03-15T09:00:00+07:00; check your clock, and send the count with the time at which "
        "it was taken",
        "as-of");
    json_decref(problem);
    http_answer_done(&answer);
}

SUITE("rules");
