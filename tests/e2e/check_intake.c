/* Reports into a real turnoutd over HTTP, one by one and in batches: what each is answered (DESIGN section 6), and
 * that what was acknowledged outlives the server. */
#include <check.h>
#include <string.h>

#include <turnout/base/limits.h>

#include "answers.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

/* ---- one report ---- */

static void expect_post(const struct small_report *report, int http_status, const char *status)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, report, &answer);
    ck_assert_msg(answer.status == http_status, "%d, not %d: %s", answer.status, http_status, answer.body);
    json_t *result = json_of(answer.body);
    answer_check_member(result, "status", status, status);
    answer_check_receipt(result);
    json_decref(result);
    http_answer_done(&answer);
}

/* A problem document (RFC 9457) whose parts agree with each other; the caller gives it back. */
static json_t *problem_of(const struct http_answer *answer, int http_status, const char *code)
{
    ck_assert_msg(answer->status == http_status, "%d, not %d: %s", answer->status, http_status, answer->body);
    http_check_header(answer, "Content-Type", "application/problem+json");
    json_t *problem = json_of(answer->body);
    ck_assert_int_eq(json_integer_of(problem, "status"), http_status);
    ck_assert_uint_gt(strlen(json_text_of(problem, "title")), 0);
    answer_check_member(problem, "code", code, code);
    struct buffer urn = {0};
    buffer_printf(&urn, "urn:turnout:problem:%s", code);
    answer_check_member(problem, "type", urn.bytes, code);
    buffer_done(&urn);
    return problem;
}

FIXTURE(start_server, stop_server);

TEST(http_answers_one_report)
{
    const struct small_report first = {.seq = 2, .voted = 100};
    expect_post(&first, 201, "accepted");
    expect_post(&first, 200, "duplicate");
    expect_post(&(struct small_report){.seq = 1, .voted = 1}, 200, "superseded");

    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, &(struct small_report){.seq = 2, .voted = 101}, &answer);
    json_t *problem = problem_of(&answer, 409, "seq-conflict");
    ck_assert_msg(strstr(json_text_of(problem, "detail"), "100") != NULL, "does not say what stands: %s",
                  answer.body);
    ck_assert_int_eq(json_integer_of(problem, "next_seq"), 3);
    json_decref(problem);
    http_answer_done(&answer);
    small_wait_voted(turnoutd.public_port, 100);
}

TEST(what_is_refused_of_a_test_is_a_test_too)
{
    static const char report[] = "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":2000,"
                                 "\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":1,\"test\":true}";
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/json", report, strlen(report), &answer);
    json_t *problem = problem_of(&answer, 422, "seq-too-far");
    ck_assert_int_eq(json_integer_of(problem, "next_seq"), 1);
    ck_assert(json_is_true(json_object_get(problem, "test")));
    json_decref(problem);
    http_answer_done(&answer);
}

TEST(http_rejects)
{
    for (size_t i = 0; i < bad_report_count; i++) {
        struct http_answer answer;
        small_report_post(turnoutd.intake_http_port, &bad_reports[i].report, &answer);
        json_t *problem = problem_of(&answer, bad_reports[i].http_status, bad_reports[i].code);
        answer_check_refusal(problem, &bad_reports[i]);
        json_decref(problem);
        http_answer_done(&answer);
    }
    expect_post(&(struct small_report){.seq = 1, .voted = 1}, 201, "accepted");
}

static void expect_problem(const char *content_type, const char *body, size_t body_bytes, int http_status)
{
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", content_type, body, body_bytes, &answer);
    ck_assert_msg(answer.status == http_status, "%s: %d, not %d: %s", content_type, answer.status,
                  http_status, answer.body);
    http_check_header(&answer, "Content-Type", "application/problem+json");
    json_t *problem = json_of(answer.body);
    ck_assert_int_eq(json_integer_of(problem, "status"), http_status);
    json_decref(problem);
    http_answer_done(&answer);
}

TEST(http_rejects_what_it_cannot_read)
{
    static const char report[] = "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":1,"
                                 "\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":1,\"test\":true}";
    expect_problem("text/plain", report, strlen(report), 415);
    expect_problem("application/jsonp", report, strlen(report), 415);
    expect_problem("application/json", "", 0, 400);
    expect_problem("application/json", "{", 1, 400);
    expect_problem("application/x-ndjson", "", 0, 400);
    expect_problem("application/x-ndjson", "\n\n", 2, 400);

    struct buffer padded = {0};
    buffer_printf(&padded, "%-*s", REPORT_BYTES_MAX + 1, report);
    expect_problem("application/json", padded.bytes, padded.length, 413);

    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/json; charset=utf-8", padded.bytes,
              padded.length - 1, &answer);
    buffer_done(&padded);
    ck_assert_msg(answer.status == 201, "%d %s", answer.status, answer.body);
    http_answer_done(&answer);
}

TEST(http_knows_its_paths)
{
    struct http_answer answer;
    http_request(turnoutd.intake_http_port, "GET", "/v1/reports", "", &answer);
    ck_assert_int_eq(answer.status, 405);
    char allow[64];
    ck_assert(http_answer_header(&answer, "Allow", allow, sizeof allow));
    ck_assert_ptr_nonnull(strstr(allow, "POST"));
    http_answer_done(&answer);

    http_post(turnoutd.intake_http_port, "/v1/report", "application/json", "{}", 2, &answer);
    ck_assert_int_eq(answer.status, 404);
    http_answer_done(&answer);
    http_request(turnoutd.intake_http_port, "GET", "/v1/turnout", "", &answer);
    ck_assert_int_eq(answer.status, 404);
    http_answer_done(&answer);
}

/* ---- many reports ---- */

static void post_lines(const struct buffer *lines, struct http_answer *ret_answer)
{
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/x-ndjson",
              lines->bytes != NULL ? lines->bytes : "", lines->length, ret_answer);
}

TEST(http_answers_a_batch_in_its_order)
{
    static const struct {
        struct small_report report;
        const char *status;
        const char *code;
    } cases[] = {
        {{.seq = 1, .voted = 10}, "accepted", NULL},
        {{.unit = "0101-009", .seq = 1, .voted = 10}, "rejected", "unknown-unit"},
        {{.unit = "0201-001", .seq = 1, .voted = 20}, "accepted", NULL},
        {{.seq = 1, .voted = 10}, "duplicate", NULL},
        {{.seq = 2, .voted = 30}, "accepted", NULL},
        {{.seq = 0, .voted = 30}, "rejected", "malformed"},
        {{.unit = "0102-003", .seq = 1, .voted = 0}, "accepted", NULL},
        {{.unit = "0201-001", .seq = 2, .voted = 9999}, "rejected", "voted-exceeds-registered"},
    };
    enum { CASES = sizeof cases / sizeof cases[0], EMPTY_BEFORE = 3 };
    struct buffer lines = {0};
    for (size_t i = 0; i < CASES; i++) {
        buffer_append_text(&lines, i == EMPTY_BEFORE ? "\r\n" : ""); /* counted, not answered */
        small_report_write(&lines, &cases[i].report);
        /* The last line may go without an end. */
        buffer_append_text(&lines, i + 1 < CASES ? "\n" : "");
    }
    struct http_answer answer;
    post_lines(&lines, &answer);
    ck_assert_int_eq(answer.status, 200);
    http_check_header(&answer, "Content-Type", "application/x-ndjson");

    char *line = answer.body;
    for (size_t i = 0; i < CASES; i++) {
        char *end = strchr(line, '\n');
        ck_assert_msg(end != NULL, "%zu answers, not %d: %s", i, CASES, answer.body);
        *end = '\0';
        json_t *result = json_of(line);
        answer_check_member(result, "status", cases[i].status, line);
        answer_check_member(result, "code", cases[i].code, line);
        answer_check_member(result, "unit", cases[i].report.unit != NULL ? cases[i].report.unit : "0101-001",
                            line);
        ck_assert_int_eq(json_integer_of(result, "line"), (json_int_t)i + (i < EMPTY_BEFORE ? 1 : 2));
        json_decref(result);
        line = end + 1;
    }
    ck_assert_str_eq(line, "");
    http_answer_done(&answer);
    buffer_done(&lines);
    small_wait_voted(turnoutd.public_port, 50);
}

static size_t lines_in(const char *text)
{
    size_t count = 0;
    for (const char *c = text; *c != '\0'; c++) {
        count += *c == '\n';
    }
    return count;
}

TEST(http_bounds_a_batch)
{
    struct buffer lines = {0};
    for (int i = 0; i < REPORTS_A_REQUEST_MAX; i++) {
        buffer_append_text(&lines, "{}\n");
    }
    struct http_answer answer;
    post_lines(&lines, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(lines_in(answer.body), REPORTS_A_REQUEST_MAX);
    http_answer_done(&answer);

    buffer_append_text(&lines, "{}\n");
    post_lines(&lines, &answer);
    json_decref(problem_of(&answer, 413, "too-large"));
    http_answer_done(&answer);
    buffer_done(&lines);

    /* The length alone is enough to be refused: the body is never waited for. */
    struct http_link link;
    http_open(&link, turnoutd.intake_http_port);
    struct buffer head = {0};
    buffer_printf(&head,
                  "POST /v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %d\r\n\r\n",
                  REQUEST_BODY_BYTES_MAX + 1);
    http_send(&link, head.bytes, head.length);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 413);
    http_answer_done(&answer);
    http_read_to_end(&link);
    http_close(&link);
    buffer_done(&head);
}

/* ---- what outlives a server, and what it insists on ---- */

TEST(reports_outlive_the_server)
{
    expect_post(&(struct small_report){.seq = 1, .voted = 321}, 201, "accepted");
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 321);
    expect_post(&(struct small_report){.seq = 1, .voted = 321}, 200, "duplicate");
    expect_post(&(struct small_report){.seq = 2, .voted = 322}, 201, "accepted");
    small_wait_voted(turnoutd.public_port, 322);
}

CASE("settings");

TEST(unsigned_reports_need_open_intake)
{
    static const char *const signed_only[] = {"--intake", "signed", NULL};
    struct workspace own;
    struct turnoutd strict;
    workspace_init(&own);
    turnoutd_start(&strict, &own, signed_only);
    small_report_expect(strict.intake_http_port, &(struct small_report){.seq = 1, .voted = 1}, 401);
    turnoutd_stop(&strict);
    workspace_done(&own);
}

SUITE("intake");
