/* Relays that vouch: unsigned reports that count because somebody with a token stands for them, over a stream and over
 * HTTP, and only those. */
#include <check.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "one_server.h"
#include "signed_reports.h"
#include "small_election.h"
#include "suite.h"

enum { LINE_BYTES = 1024 };

static const struct key_row unit_key = {"0201-001.a", "0201-001", "", "", ""};

static void setup(void)
{
    static const char *const settings[] = {"--intake", "signed", NULL};
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    key_rows_write(&workspace, &unit_key, 1);
    turnoutd_start(&turnoutd, &workspace, settings);
}

/* ---- the stream ---- */

static void send_token(struct http_link *link, const char *token)
{
    struct buffer line = {0};
    buffer_printf(&line, "{\"token\":\"%s\"}\n", token);
    http_send(link, line.bytes, line.length);
    buffer_done(&line);
}

static void expect_line(struct http_link *link, int64_t number, const char *status, const char *code)
{
    char line[LINE_BYTES];
    http_read_line(link, line, sizeof line);
    json_t *answer = json_of(line);
    ck_assert_msg(json_integer_of(answer, "line") == number, "%s", line);
    answer_check_member(answer, "status", status, line);
    answer_check_member(answer, "code", code, line);
    json_decref(answer);
}

static void open_stream(struct http_link *link, enum token_role role, const char *area, int64_t expires)
{
    char token[TOKEN_BYTES_MAX + 1];
    token_of(&workspace, role, area, expires, token);
    http_open(link, turnoutd.intake_stream_port);
    send_token(link, token);
}

/* What the log says of the last report of 0101-001. */
static void expect_via(const char *via)
{
    char header[TOKEN_HEADER_BYTES];
    struct http_answer answer;
    token_header(&workspace, ROLE_VIEW, "T", header);
    committee_ask(turnoutd.intake_http_port, "/v1/units/0101-001", header, NULL, &answer);
    json_t *document = json_of(answer.body);
    const json_t *newest = json_array_get(json_array_of(document, "reports"), 0);
    ck_assert_str_eq(json_text_of(newest, "via"), via);
    ck_assert(json_is_null(json_object_get(newest, "key")));
    json_decref(document);
    http_answer_done(&answer);
}

FIXTURE(setup, stop_server);

TEST(a_relay_vouches_for_its_units)
{
    char token[TOKEN_BYTES_MAX + 1];
    token_of(&workspace, ROLE_RELAY, "0101", 60, token);
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    send_token(&link, token);
    char line[LINE_BYTES];
    http_read_line(&link, line, sizeof line);
    json_t *welcome = json_of(line);
    ck_assert_str_eq(json_text_of(welcome, "status"), "welcome");
    ck_assert_str_eq(json_text_of(welcome, "area"), "0101");
    ck_assert_int_eq(json_integer_of(welcome, "line"), 1);
    json_decref(welcome);

    small_report_send(&link, &(struct small_report){.seq = 1, .voted = 10});
    expect_line(&link, 2, "accepted", NULL);
    small_report_send(&link, &(struct small_report){.unit = "0102-001", .seq = 1, .voted = 10});
    expect_line(&link, 3, "rejected", "out-of-scope");
    small_report_send(&link, &(struct small_report){.seq = 2, .voted = 1001});
    expect_line(&link, 4, "rejected", "voted-exceeds-registered");
    send_token(&link, token); /* only a first line is one */
    expect_line(&link, 5, "rejected", "malformed");
    small_report_send(&link, &(struct small_report){.seq = 1, .voted = 10});
    expect_line(&link, 6, "duplicate", NULL);
    http_close(&link);
    small_wait_voted(turnoutd.public_port, 10);

    expect_via(COMMITTEE_WHO);
}

/* A signature speaks for itself, whoever carries it. */
TEST(what_is_signed_is_verified_all_the_same)
{
    struct report report = {.election = "small",
                            .unit = "0201-001",
                            .seq = 1,
                            .as_of_text = "2026-03-15T09:00:00+07:00",
                            .voted = 5,
                            .registered = REGISTERED_ABSENT,
                            .test = true};
    signed_report_sign(&report, unit_key.id, unit_key.id);
    struct buffer line = {0};
    report_json_write(&line, &report);
    buffer_append_char(&line, '\n');
    struct http_link link;
    open_stream(&link, ROLE_RELAY, "0101", 60);
    expect_line(&link, 1, "welcome", NULL);
    http_send(&link, line.bytes, line.length);
    expect_line(&link, 2, "accepted", NULL);
    buffer_clear(&line);
    report.voted = 6;
    report.seq = 2;
    report_json_write(&line, &report); /* signed for other figures */
    buffer_append_char(&line, '\n');
    http_send(&link, line.bytes, line.length);
    expect_line(&link, 3, "rejected", "bad-signature");
    buffer_done(&line);
    http_close(&link);
}

TEST(without_a_token_nobody_vouches)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    small_report_send(&link, &(struct small_report){.seq = 1, .voted = 10});
    expect_line(&link, 1, "rejected", "bad-signature");
    http_close(&link);
}

TEST(a_bad_token_ends_the_stream)
{
    static const struct {
        enum token_role role;
        const char *area;
        int64_t expires;
        const char *code;
    } cases[] = {
        {ROLE_RELAY, "0101", 0, "unauthorized"},       {ROLE_VIEW, "0101", 60, "wrong-role"},
        {ROLE_DECIDE, "0101", 60, "wrong-role"},       {ROLE_ADMIN, "T", 60, "wrong-role"},
        {ROLE_RELAY, "elsewhere", 60, "out-of-scope"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_link link;
        open_stream(&link, cases[i].role, cases[i].area, cases[i].expires);
        small_report_send(&link, &(struct small_report){.seq = 1, .voted = 10});
        expect_line(&link, 1, "rejected", cases[i].code);
        http_expect_closed(&link);
    }
    static const char *const lines[] = {
        "{\"token\":\"x\"}\n",
        "{\"token\":\"relay.0101.99999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n",
        "{\"token\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct http_link link;
        http_open(&link, turnoutd.intake_stream_port);
        http_send_text(&link, lines[i]);
        http_send_end(&link);
        expect_line(&link, 1, "rejected", "unauthorized");
        http_read_to_end(&link);
        http_close(&link);
    }
}

/* What is no object with a token alone is a report, and a bad one. */
TEST(what_is_no_token_is_a_report)
{
    static const char *const lines[] = {"{\"token\":1}\n", "{\"token\":\"x\",\"seq\":1}\n",
                                        "{\"token\":\"\"}\n", "[\"token\"]\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct http_link link;
        http_open(&link, turnoutd.intake_stream_port);
        http_send_text(&link, lines[i]);
        expect_line(&link, 1, "rejected", "malformed");
        small_report_send(&link, &(struct small_report){.seq = 1, .voted = 1});
        expect_line(&link, 2, "rejected", "bad-signature");
        http_close(&link);
    }
}

/* Also in the midst of a stream. */
TEST(a_token_that_expires_vouches_no_more)
{
    enum { GOOD_FOR_S = 5, ASK_AGAIN_MS = 50 };
    struct http_link link;
    open_stream(&link, ROLE_RELAY, "0101", GOOD_FOR_S);
    expect_line(&link, 1, "welcome", NULL);
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    const char *code = "";
    for (int seq = 1; strcmp(code, "unknown-key") != 0; seq++) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        small_report_send(&link, &(struct small_report){.seq = seq, .voted = seq});
        char line[LINE_BYTES];
        http_read_line(&link, line, sizeof line);
        json_t *answer = json_of(line);
        const char *given = json_string_value(json_object_get(answer, "code"));
        code = given == NULL ? "" : strcmp(given, "unknown-key") == 0 ? "unknown-key" : "another";
        ck_assert_msg(strcmp(code, "another") != 0, "%s", line);
        json_decref(answer);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    http_close(&link);
}

/* ---- over HTTP ---- */

static void post(const char *header, const struct small_report *report, int status, const char *code)
{
    struct buffer body = {0};
    struct http_answer answer;
    small_report_write(&body, report);
    committee_ask(turnoutd.intake_http_port, "/v1/reports", header, body.bytes, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    answer_check_member(document, "code", code, body.bytes);
    json_decref(document);
    http_answer_done(&answer);
    buffer_done(&body);
}

TEST(a_relay_vouches_over_http)
{
    char relay[TOKEN_HEADER_BYTES];
    char view[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_RELAY, "01", relay);
    token_header(&workspace, ROLE_VIEW, "T", view);
    post(relay, &(struct small_report){.seq = 1, .voted = 10}, 201, NULL);
    post(relay, &(struct small_report){.unit = "0102-001", .seq = 1, .voted = 10}, 201, NULL);
    post(relay, &(struct small_report){.unit = "0201-001", .seq = 1, .voted = 10}, 403, "out-of-scope");
    post(relay, &(struct small_report){.unit = "0101-009", .seq = 1, .voted = 10}, 404, "unknown-unit");
    post(view, &(struct small_report){.seq = 2, .voted = 20}, 403, "wrong-role");
    post("Authorization: Bearer x\r\n", &(struct small_report){.seq = 2, .voted = 20}, 401, "unauthorized");
    post("Authorization:\r\n", &(struct small_report){.seq = 2, .voted = 20}, 401, "unauthorized");
    post("", &(struct small_report){.seq = 2, .voted = 20}, 401, "bad-signature");
    small_wait_voted(turnoutd.public_port, 20);
}

TEST(a_relay_vouches_for_a_batch)
{
    char relay[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_RELAY, "0101", relay);
    struct buffer body = {0};
    small_report_write(&body, &(struct small_report){.seq = 1, .voted = 10});
    buffer_append_char(&body, '\n');
    small_report_write(&body, &(struct small_report){.unit = "0201-001", .seq = 1, .voted = 10});
    struct buffer request = {0};
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  relay, body.length, body.bytes);
    struct http_link link;
    struct http_answer answer;
    http_open(&link, turnoutd.intake_http_port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"status\":\"accepted\""));
    ck_assert_ptr_nonnull(strstr(answer.body, "\"code\":\"out-of-scope\""));
    http_answer_done(&answer);
    http_close(&link);
    buffer_done(&request);
    buffer_done(&body);
}

SUITE("vouched");
