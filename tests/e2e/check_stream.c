/* Reports into a real turnoutd by the stream, one a line: what each line is answered (DESIGN section 6), and that
 * what was acknowledged is counted once. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/limits.h>

#include "answers.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

enum { LINE_BYTES = 4096 };

/* The next answer, which must be of this line; the caller gives it back. */
static json_t *read_answer(struct http_link *link, int64_t line_number)
{
    char line[LINE_BYTES];
    http_read_line(link, line, sizeof line);
    json_t *answer = json_of(line);
    ck_assert_msg(json_integer_of(answer, "line") == line_number, "not of line %lld: %s",
                  (long long)line_number, line);
    return answer;
}

/* Sends one report and checks its answer; returns the receipt, which may be empty and which the caller frees. */
static char *check_exchange(struct http_link *link, int64_t line_number, const struct small_report *report,
                            const char *status, const char *code)
{
    small_report_send(link, report);
    json_t *answer = read_answer(link, line_number);
    answer_check_member(answer, "unit", report->unit != NULL ? report->unit : "0101-001", status);
    ck_assert_int_eq(json_integer_of(answer, "seq"), report->seq);
    answer_check_member(answer, "status", status, status);
    answer_check_member(answer, "code", code, status);
    if (code == NULL) {
        answer_check_receipt(answer);
    }
    const char *receipt = json_string_value(json_object_get(answer, "receipt"));
    char *copy = strdup(receipt != NULL ? receipt : "");
    ck_assert_ptr_nonnull(copy);
    json_decref(answer);
    return copy;
}

static void expect(struct http_link *link, int64_t line_number, const struct small_report *report,
                   const char *status, const char *code)
{
    free(check_exchange(link, line_number, report, status, code));
}

FIXTURE(start_server, stop_server);

/* One unit's day: every outcome that depends on what the unit said before. */
TEST(stream_answers_a_units_day)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);

    const struct small_report first = {.seq = 2, .voted = 100};
    char *receipt = check_exchange(&link, 1, &first, "accepted", NULL);
    char *again = check_exchange(&link, 2, &first, "duplicate", NULL);
    ck_assert_str_eq(receipt, again);
    free(receipt);
    free(again);

    expect(&link, 3, &(struct small_report){.seq = 1, .voted = 90}, "superseded", NULL);
    expect(&link, 4, &(struct small_report){.seq = 2, .voted = 101}, "rejected", "seq-conflict");
    expect(&link, 5, &(struct small_report){.seq = 3, .voted = 99}, "rejected", "count-decreased");
    expect(&link, 6, &(struct small_report){.seq = 3, .as_of = "2026-03-15T08:59:59+07:00", .voted = 120},
           "rejected", "as-of-before-last");
    expect(&link, 7, &(struct small_report){.seq = 3, .voted = 1001}, "rejected", "voted-exceeds-registered");
    expect(&link, 8, &(struct small_report){.seq = 3, .voted = 1001, .more = ",\"registered\":1001"},
           "accepted", NULL);
    expect(&link, 9,
           &(struct small_report){
               .seq = 7, .voted = 95, .more = ",\"kind\":\"correction\",\"reason\":\"miscount\""},
           "accepted", NULL);
    expect(&link, 10, &(struct small_report){.seq = 8, .voted = 95, .more = ",\"kind\":\"final\""},
           "accepted", NULL);

    http_close(&link);
    small_wait_voted(turnoutd.public_port, 95);
}

TEST(stream_rejects)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    for (size_t i = 0; i < bad_report_count; i++) {
        small_report_send(&link, &bad_reports[i].report);
        json_t *answer = read_answer(&link, (int64_t)i + 1);
        answer_check_member(answer, "status", "rejected", bad_reports[i].name);
        answer_check_refusal(answer, &bad_reports[i]);
        json_decref(answer);
    }
    /* None of them spoiled the connection, or left a trace: seq 1 is still free. */
    expect(&link, (int64_t)bad_report_count + 1, &(struct small_report){.seq = 1, .voted = 1}, "accepted",
           NULL);
    http_close(&link);
}

/* A page in somebody's browser can have it send text to any port, and that text can hold reports. */
TEST(a_browser_is_not_listened_to)
{
    enum { LONG_PATH_BYTES = 100000 };
    static const char *const heads[] = {"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?",
                                        "OPTIONS * HTTP/1.1\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct buffer said = {0};
        buffer_append_text(&said, heads[i]);
        bool is_open =
            heads[i][strlen(heads[i]) - 1] == '?'; /* this one goes on, for longer than a line may be */
        for (size_t length = 0; is_open && length < LONG_PATH_BYTES; length++) {
            buffer_append_char(&said, 'x');
        }
        buffer_append_text(&said, is_open ? " HTTP/1.1\r\n\r\n" : "");
        small_report_write(&said, &(struct small_report){.seq = 1, .voted = 1});
        buffer_append_char(&said, '\n');
        struct http_link link;
        http_open(&link, turnoutd.intake_stream_port);
        http_send(&link, said.bytes, said.length);
        json_t *answer = read_answer(&link, 1);
        answer_check_member(answer, "status", "rejected", heads[i]);
        answer_check_member(answer, "code", "malformed", heads[i]);
        json_decref(answer);
        http_expect_closed(&link);
        buffer_done(&said);
    }
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    expect(&link, 1, &(struct small_report){.seq = 1, .voted = 1}, "accepted", NULL); /* not a duplicate */
    http_close(&link);
}

/* However its first line arrives. */
TEST(a_browser_is_known_by_its_first_line)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    static const char head[] = "POST /";
    for (size_t i = 0; i < sizeof head - 1; i++) {
        http_send(&link, head + i, 1);
        http_wait_taken(&link);
    }
    json_t *answer = read_answer(&link, 1);
    answer_check_member(answer, "code", "malformed", head);
    json_decref(answer);
    http_expect_closed(&link);

    http_open(&link, turnoutd.intake_stream_port);
    http_send_text(&link, "\n");
    http_send_text(&link, "POST / HTTP/1.1\n"); /* no browser begins so */
    answer = read_answer(&link, 2);
    answer_check_member(answer, "code", "malformed", head);
    json_decref(answer);
    expect(&link, 3, &(struct small_report){.seq = 1, .voted = 1}, "accepted", NULL);
    http_close(&link);
}

TEST(stream_rejects_what_is_no_report)
{
    static const char *const lines[] = {
        "{",
        "nonsense",
        "[]",
        "null",
        "7",
        "{}",
        "{\"unit\":\"0101-001\"",
        "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":1.0,\"as_of\":\"2026-03-15T09:00:00+07:00\","
        "\"voted\":1}",
        "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":\"1\",\"as_of\":\"2026-03-15T09:00:00+07:00\","
        "\"voted\":1}",
        "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":1,\"as_of\":\"2026-03-15T09:00:00+07:00\","
        "\"voted\":1} x",
        "{\"election\":\"small\",\"unit\":\"\xff\",\"seq\":1,\"as_of\":\"2026-03-15T09:00:00+07:00\","
        "\"voted\":1}",
    };
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        http_send_text(&link, lines[i]);
        http_send_text(&link, "\n");
        json_t *answer = read_answer(&link, (int64_t)i + 1);
        answer_check_member(answer, "status", "rejected", lines[i]);
        answer_check_member(answer, "code", "malformed", lines[i]);
        json_decref(answer);
    }
    http_close(&link);
}

/* Spaces after the last member make a report of exactly this many bytes. */
static void send_padded(struct http_link *link, const struct small_report *report, size_t length)
{
    struct buffer line = {0};
    small_report_write(&line, report);
    line.length--;
    while (line.length < length - 1) {
        buffer_append_char(&line, ' ');
    }
    buffer_append_text(&line, "}\n");
    http_send(link, line.bytes, line.length);
    buffer_done(&line);
}

TEST(stream_passes_over_a_line_too_long)
{
    static const size_t too_long[] = {REPORT_BYTES_MAX + 1, 1000000};
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    for (size_t i = 0; i < sizeof too_long / sizeof too_long[0]; i++) {
        send_padded(&link, &(struct small_report){.seq = 1, .voted = 1}, too_long[i]);
        json_t *answer = read_answer(&link, (int64_t)i + 1);
        answer_check_member(answer, "status", "rejected", "a line too long");
        answer_check_member(answer, "code", "too-large", "a line too long");
        json_decref(answer);
    }

    send_padded(&link, &(struct small_report){.seq = 1, .voted = 1}, REPORT_BYTES_MAX);
    json_t *answer = read_answer(&link, 3);
    answer_check_member(answer, "status", "accepted", "a line just short enough");
    json_decref(answer);
    http_close(&link);
}

TEST(stream_takes_crlf_and_bytes_one_by_one)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    struct buffer line = {0};
    small_report_write(&line, &(struct small_report){.seq = 1, .voted = 1});
    buffer_append_text(&line, "\r\n");
    for (size_t i = 0; i < line.length; i++) {
        http_send(&link, line.bytes + i, 1);
    }
    json_t *answer = read_answer(&link, 1);
    answer_check_member(answer, "status", "accepted", "CRLF");
    json_decref(answer);
    buffer_done(&line);
    http_close(&link);
}

/* What came of a report before the connection broke is nothing: the unit sends it again. */
TEST(stream_drops_half_a_line)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    expect(&link, 1, &(struct small_report){.seq = 1, .voted = 1}, "accepted", NULL);
    struct buffer half = {0};
    small_report_write(&half, &(struct small_report){.seq = 2, .voted = 500});
    http_send(&link, half.bytes, half.length - 1);
    http_send_end(&link);
    json_t *answer = read_answer(&link, 2);
    answer_check_member(answer, "code", "malformed", "half a line");
    json_decref(answer);
    http_expect_closed(&link);
    buffer_done(&half);

    http_open(&link, turnoutd.intake_stream_port);
    expect(&link, 1, &(struct small_report){.seq = 2, .voted = 2}, "accepted", NULL);
    http_close(&link);
    small_wait_voted(turnoutd.public_port, 2);
}

/* Many reports in one go, without waiting, from two lines at once: each answered once, each counted once. */
TEST(stream_counts_once_what_two_lines_send)
{
    enum { REPORTS = 1000 };
    struct http_link links[2];
    struct buffer lines = {0};
    for (int i = 1; i <= REPORTS; i++) {
        small_report_write(&lines, &(struct small_report){.seq = i, .voted = i});
        buffer_append_char(&lines, '\n');
    }
    for (size_t i = 0; i < 2; i++) {
        http_open(&links[i], turnoutd.intake_stream_port);
        http_send(&links[i], lines.bytes, lines.length);
    }
    for (size_t i = 0; i < 2; i++) {
        bool seen[REPORTS + 1] = {false};
        for (int count = 0; count < REPORTS; count++) {
            char line[LINE_BYTES];
            http_read_line(&links[i], line, sizeof line);
            json_t *answer = json_of(line);
            int64_t number = json_integer_of(answer, "line");
            ck_assert(number >= 1 && number <= REPORTS && !seen[number]);
            seen[number] = true;
            ck_assert_int_eq(json_integer_of(answer, "seq"), number);
            answer_check_receipt(answer);
            json_decref(answer);
        }
        http_close(&links[i]);
    }
    buffer_done(&lines);
    small_wait_voted(turnoutd.public_port, REPORTS);
}

SUITE("stream");
