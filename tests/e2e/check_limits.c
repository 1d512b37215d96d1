/* How many failed requests one address may make, and how many reports one unit; and that nobody can use up the share of
 * another (DESIGN section 9). */
#include <check.h>
#include <poll.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "limited.h"
#include "metric.h"
#include "one_server.h"
#include "signed_reports.h"
#include "suite.h"

enum { LINE_BYTES = 1024 };

static void set_up(void)
{
    limited_start(&turnoutd, &workspace);
}

/* ---- asking ---- */

static void post_begin(struct http_link *link, const char *type, const char *body)
{
    struct buffer request = {0};
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                  type, strlen(body), body);
    http_send(link, request.bytes, request.length);
    buffer_done(&request);
}

/* Returns the status; the answer's Retry-After is looked at. */
static int post_end(struct http_link *link)
{
    struct http_answer answer;
    http_read_answer(link, true, &answer);
    char value[LINE_BYTES];
    int status = answer.status;
    ck_assert_int_eq(http_answer_header(&answer, "Retry-After", value, sizeof value), status == 429);
    http_answer_done(&answer);
    return status;
}

/* Posts on a connection that stays open. */
static int post_on(struct http_link *link, const char *type, const char *body)
{
    post_begin(link, type, body);
    return post_end(link);
}

/* Fails as often as the crowd's address may. */
static void spend_all(void)
{
    struct http_link link;
    http_open_from(&link, crowd, turnoutd.intake_stream_port);
    for (int i = 0; i < FAILURES_MAX; i++) {
        expect_report(&link, 1, "neighbour", "bad-signature");
    }
    expect_report(&link, 1, "neighbour", "too-many");
    http_expect_closed(&link);
}

FIXTURE(set_up, stop_server);

/* ---- failures ---- */

/* The unit sits behind the attacker's own address, and is heard at its first try; once it has been, like anybody. */
TEST(who_fails_in_its_name_keeps_no_unit_out)
{
    spend_all();
    struct http_link unit;
    http_open_from(&unit, crowd, turnoutd.intake_stream_port);
    expect_report(&unit, 1, "unit", "accepted");
    expect_report(&unit, 1, "unit", "duplicate");
    expect_report(&unit, 1, "neighbour", "bad-signature");
    expect_report(&unit, 2, "unit", "accepted");
    http_close(&unit);
}

/* One report a connection is what is left to the others, and that is looked at and answered as ever. */
TEST(the_others_are_heard_once_a_connection)
{
    spend_all();
    for (int i = 0; i < 3; i++) {
        struct http_link link;
        http_open_from(&link, crowd, turnoutd.intake_stream_port);
        expect_report(&link, 1, "neighbour", "bad-signature");
        expect_report(&link, 1, "unit", "too-many"); /* though it is a good one: connect again */
        http_expect_closed(&link);
    }
}

/* What was sent at once is looked at one by one: a lot of repetitions does not slip through before the first is
 * known. */
TEST(what_is_sent_at_once_is_looked_at_one_by_one)
{
    struct http_link unit;
    http_open_from(&unit, elsewhere, turnoutd.intake_stream_port);
    expect_report(&unit, 1, "unit", "accepted");
    http_close(&unit);
    spend_all();

    struct buffer lines = {0};
    for (int i = 0; i < 100; i++) {
        write_signed(&lines, 1, "unit");
        buffer_append_char(&lines, '\n');
    }
    struct http_link link;
    char line[LINE_BYTES];
    http_open_from(&link, crowd, turnoutd.intake_stream_port);
    http_send(&link, lines.bytes, lines.length);
    http_read_line(&link, line, sizeof line);
    ck_assert_msg(strstr(line, "\"duplicate\"") != NULL, "%s", line);
    http_read_line(&link, line, sizeof line);
    ck_assert_msg(strstr(line, "\"too-many\"") != NULL, "%s", line);
    http_expect_closed(&link);
    buffer_done(&lines);
}

static void write_held(struct buffer *out)
{
    struct report report = signed_report_of(1, 1);
    report.registered = 1300; /* where 1000 are listed */
    signed_report_sign(&report, "unit", "unit");
    report_json_write(out, &report);
}

/* Whoever has seen a report that is held can send it too: that shows nothing good. */
TEST(what_is_held_already_is_no_new_report)
{
    struct http_link link;
    struct buffer held = {0};
    write_held(&held);
    http_open_from(&link, elsewhere, turnoutd.intake_stream_port);
    expect_on_stream(&link, held.bytes, "roll-changed");
    http_close(&link);
    spend_all();
    http_open_from(&link, crowd, turnoutd.intake_stream_port);
    expect_on_stream(&link, held.bytes, "roll-changed");
    expect_on_stream(&link, held.bytes, "too-many");
    http_expect_closed(&link);
    buffer_done(&held);
}

TEST(a_batch_is_heard_until_it_is_too_much)
{
    struct http_link link;
    struct http_answer answer;
    struct buffer request = {0};
    struct buffer lines = {0};
    char line[LINE_BYTES];
    for (int i = 0; i < 2 * FAILURES_MAX; i++) {
        write_signed(&lines, 1, "neighbour");
        buffer_append_char(&lines, '\n');
    }
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  lines.length, lines.bytes);
    http_open_from(&link, crowd, turnoutd.intake_http_port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 200);
    struct slice rest = slice_of(answer.body);
    for (int i = 0; i < 2 * FAILURES_MAX; i++) {
        ck_assert(slice_copy(text_split(&rest, '\n'), line, sizeof line));
        const char *wanted = i < FAILURES_MAX ? "\"bad-signature\"" : "\"too-many\"";
        ck_assert_msg(strstr(line, wanted) != NULL, "%d: %s", i, line);
    }
    http_answer_done(&answer);
    http_close(&link);
    buffer_done(&lines);
    buffer_done(&request);
}

TEST(the_same_over_http)
{
    struct http_link link;
    struct buffer good = {0};
    struct buffer bad = {0};
    write_signed(&good, 1, "unit");
    write_signed(&bad, 1, "neighbour");
    spend_all();

    http_open_from(&link, crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(post_on(&link, "application/json", bad.bytes), 401);
    ck_assert_int_eq(post_on(&link, "application/json", good.bytes), 429);
    http_expect_closed(&link);

    http_open_from(&link, crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(post_on(&link, "application/x-ndjson", good.bytes),
                     429); /* many at once: not before it has */
    http_expect_closed(&link);

    http_open_from(&link, crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(post_on(&link, "application/json", good.bytes), 201); /* shown something good */
    ck_assert_int_eq(post_on(&link, "application/x-ndjson", good.bytes), 200);
    ck_assert_int_eq(post_on(&link, "application/json", bad.bytes), 401);
    ck_assert_int_eq(post_on(&link, "application/json", bad.bytes), 401);
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_http_too_many_total"), 2);
    http_close(&link);
    buffer_done(&good);
    buffer_done(&bad);
}

/* Guessing tokens spends the same budget, and a good one is heard like a good signature. */
TEST(the_same_for_tokens)
{
    char header[TOKEN_HEADER_BYTES];
    struct http_link link;
    token_header(&workspace, ROLE_DECIDE, "T", header);
    http_open_from(&link, crowd, turnoutd.intake_http_port);
    for (int i = 0; i < FAILURES_MAX; i++) {
        ck_assert_int_eq(ask_held(&link, "Authorization: Bearer decide.T.99999999999.x\r\n"), 401);
    }
    ck_assert_int_eq(ask_held(&link, header), 429);
    http_expect_closed(&link);

    http_open_from(&link, crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(ask_held(&link, header), 200);
    ck_assert_int_eq(ask_held(&link, ""), 401);
    ck_assert_int_eq(ask_held(&link, header), 200);
    http_close(&link);
}

static bool has_come(const struct http_link *link)
{
    struct pollfd fd = {.fd = link->fd, .events = POLLIN};
    return poll(&fd, 1, 0) > 0;
}

/* Its signatures take as long to check as good ones; but not all at once. Were they, a line or two would be answered
 * before the batch is. */
TEST(a_batch_of_bad_signatures_holds_up_nobody)
{
    enum { REPORTS = 5999, LINES_LEAST = 6 };
    struct buffer bad = {0};
    struct buffer lines = {0};
    struct http_link attacker;
    struct http_link unit;
    write_signed(&bad, 1, "neighbour");
    for (int i = 0; i < REPORTS; i++) {
        buffer_append(&lines, bad.bytes, bad.length);
        buffer_append_char(&lines, '\n');
    }
    http_open(&unit, turnoutd.intake_stream_port);
    http_open(&attacker, turnoutd.intake_http_port);
    int answered = 0;
    post_begin(&attacker, "application/x-ndjson", lines.bytes);
    for (; !has_come(&attacker); answered++) {
        expect_on_stream(&unit, "x", "malformed");
    }
    ck_assert_int_eq(post_end(&attacker), 200);
    ck_assert_msg(answered >= LINES_LEAST, "%d lines were answered beside a batch", answered);
    http_close(&attacker);
    http_close(&unit);
    buffer_done(&lines);
    buffer_done(&bad);
}

/* ---- units ---- */

TEST(a_unit_stores_so_many_new_reports)
{
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    for (int i = 0; i < 10 * A_MINUTE; i++) { /* these are not of its making */
        expect_report(&link, 1, "neighbour", "bad-signature");
    }
    expect_report(&link, 1, "unit", "accepted");
    for (int i = 0; i < 10 * A_MINUTE; i++) { /* nor are these new ones */
        expect_report(&link, 1, "unit", "duplicate");
    }
    for (int32_t seq = 2; seq <= A_MINUTE; seq++) {
        expect_report(&link, seq, "unit", "accepted");
    }
    expect_report(&link, A_MINUTE + 1, "unit", "too-many");

    char code[CODE_TEXT_BYTES];
    struct report other = signed_report_of(1, 1);
    ck_assert(slice_copy(slice_of("0101-002"), other.unit, sizeof other.unit));
    signed_report_sign(&other, "neighbour", "neighbour");
    ck_assert_int_eq(signed_report_post(turnoutd.intake_http_port, &other, code), 201);
    http_close(&link);
}

TEST(what_is_held_is_new_once)
{
    struct http_link link;
    struct buffer held = {0};
    write_held(&held);
    http_open(&link, turnoutd.intake_stream_port);
    for (int i = 0; i < 10 * A_MINUTE; i++) {
        expect_on_stream(&link, held.bytes, "roll-changed");
    }
    for (int32_t seq = 2; seq <= A_MINUTE; seq++) {
        expect_report(&link, seq, "unit", "accepted");
    }
    expect_report(&link, A_MINUTE + 1, "unit", "too-many");
    http_close(&link);
    buffer_done(&held);
}

/* Sends a report until it is answered so: the server has heard of a change of phase. */
static void post_until(const char *signer, const char *wanted)
{
    char code[CODE_TEXT_BYTES];
    struct report report = signed_report_of(1, 1);
    report.test = !limited_counts;
    signed_report_sign(&report, "unit", signer);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    do {
        ck_assert_msg(clock_monotonic_ms() < deadline, "not %s", wanted);
        (void)signed_report_post(turnoutd.intake_http_port, &report, code);
    } while (strcmp(code, wanted) != 0);
}

/* A report that counts is answered `duplicate` also after the closing, and beyond the unit's limit: that answer stores
 * nothing. */
TEST(what_counts_is_told_after_too_much_and_after_the_closing)
{
    struct http_link link;
    committee_open_election(&workspace, turnoutd.intake_http_port);
    limited_counts = true;
    post_until("unit", ""); /* accepted */
    http_open(&link, turnoutd.intake_stream_port);
    for (int32_t seq = 2; seq <= A_MINUTE; seq++) {
        expect_report(&link, seq, "unit", "accepted");
    }
    committee_close_election(&workspace, turnoutd.intake_http_port);
    post_until("neighbour", "closed");
    expect_report(&link, A_MINUTE, "unit", "duplicate");
    http_close(&link);
}

TEST(the_limit_is_the_units_whoever_signs)
{
    char code[CODE_TEXT_BYTES];
    int32_t accepted = 0;
    for (int status = 201; status == 201;) {
        struct report report = signed_report_of(accepted + 1, accepted + 1);
        signed_report_sign(&report, "commune", "commune");
        status = signed_report_post(turnoutd.intake_http_port, &report, code);
        accepted += status == 201;
        ck_assert_int_le(accepted, A_MINUTE);
    }
    ck_assert_str_eq(code, "too-many");
    ck_assert_int_eq(accepted, A_MINUTE);
    struct report own = signed_report_of(accepted + 1, accepted + 1);
    signed_report_sign(&own, "unit", "unit");
    ck_assert_int_eq(signed_report_post(turnoutd.intake_http_port, &own, code), 429);
}

SUITE("limits");
