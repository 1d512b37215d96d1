/* How much one address and one key may ask of a real turnoutd, and that nobody can use up what is another's (DESIGN
 * section 9). The peers come from 127.0.0.2 and beyond; 127.0.0.1, where the test itself looks from, is a proxy. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "metric.h"
#include "signed_reports.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { CONNECTIONS = 4, IN_VAIN = 6, A_MINUTE = 3, LINE_BYTES = 1024 };

static const char crowd[] = "127.0.0.2"; /* many behind one address */
static const char elsewhere[] = "127.0.0.3";

static struct workspace workspace;
static struct turnoutd turnoutd;
static bool counts; /* what is reported, or else it is a test */

static const struct key_row rows[] = {
    {"unit", "0101-001", "", "", ""}, {"neighbour", "0101-002", "", "", ""}, {"commune", "0101", "", "", ""}};

/* One worker, because each has budgets of keys of its own. */
static void set_up(void)
{
    static const char *const settings[] = {"--intake",
                                           "signed",
                                           "--workers",
                                           "1",
                                           "--proxies",
                                           "127.0.0.1",
                                           "--connections-per-address",
                                           "4",
                                           "--refusals-per-minute",
                                           "6",
                                           "--reports-per-minute",
                                           "3",
                                           NULL};
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    key_rows_write(&workspace, rows, sizeof rows / sizeof rows[0]);
    turnoutd_start(&turnoutd, &workspace, settings);
}

static void tear_down(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

/* ---- asking ---- */

static void write_signed(struct buffer *out, int32_t seq, const char *signer)
{
    struct report report = signed_report_of(seq, seq);
    report.test = !counts;
    signed_report_sign(&report, "unit", signer);
    report_json_write(out, &report);
}

/* Sends a line and returns the code of its answer, "" for none, with its status. */
static void ask_stream(struct http_link *link, const char *line, char ret_status[CODE_TEXT_BYTES],
                       char ret_code[CODE_TEXT_BYTES])
{
    char answer[LINE_BYTES];
    http_send_text(link, line);
    http_send_text(link, "\n");
    http_read_line(link, answer, sizeof answer);
    json_t *result = json_of(answer);
    const char *code = json_string_value(json_object_get(result, "code"));
    ck_assert(slice_copy(slice_of(json_text_of(result, "status")), ret_status, CODE_TEXT_BYTES));
    ck_assert(slice_copy(slice_of(code == NULL ? "" : code), ret_code, CODE_TEXT_BYTES));
    json_decref(result);
}

static void expect_on_stream(struct http_link *link, const char *line, const char *wanted)
{
    char status[CODE_TEXT_BYTES];
    char code[CODE_TEXT_BYTES];
    ask_stream(link, line, status, code);
    ck_assert_msg(strcmp(code[0] == '\0' ? status : code, wanted) == 0, "%s: %s %s, not %s", line, status,
                  code, wanted);
}

/* A signed report of 0101-001; `signer` is "unit" for a good signature. */
static void expect_report(struct http_link *link, int32_t seq, const char *signer, const char *wanted)
{
    struct buffer line = {0};
    write_signed(&line, seq, signer);
    expect_on_stream(link, line.bytes, wanted);
    buffer_done(&line);
}

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

/* Uses up what the crowd's address may ask in vain. */
static void spend_all(void)
{
    struct http_link link;
    http_open_from(&link, crowd, turnoutd.intake_stream_port);
    for (int i = 0; i < IN_VAIN; i++) {
        expect_report(&link, 1, "neighbour", "bad-signature");
    }
    expect_report(&link, 1, "neighbour", "too-many");
    http_expect_closed(&link);
}

static int ask(struct http_link *link, const char *path, const char *headers)
{
    struct buffer request = {0};
    struct http_answer answer;
    buffer_printf(&request, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, headers);
    http_send(link, request.bytes, request.length);
    http_read_answer(link, true, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    buffer_done(&request);
    return status;
}

static int ask_held(struct http_link *link, const char *headers)
{
    return ask(link, "/v1/held", headers);
}

/* For what is nowhere: nothing good, and nothing in vain. */
static int ask_anything(struct http_link *link)
{
    return ask(link, "/v1/nothing", "");
}

/* ---- connections ---- */

FIXTURE(set_up, tear_down);

/* One more than an address may have is served, and the one that has been quiet longest gives way. */
static void expect_the_quietest_to_go(uint16_t port)
{
    struct http_link links[CONNECTIONS];
    struct http_link over;
    for (int i = 0; i < CONNECTIONS; i++) {
        http_open_from(&links[i], crowd, port);
        ck_assert_int_eq(ask_anything(&links[i]), 404);
    }
    ck_assert_int_eq(ask_anything(&links[0]), 404); /* it is the second that is quiet now */
    http_open_from(&over, elsewhere, port);
    ck_assert_int_eq(ask_anything(&over), 404);
    http_close(&over);
    ck_assert_int_eq(ask_anything(&links[1]),
                     404); /* who comes from elsewhere ends nobody: it is the third */

    http_open_from(&over, crowd, port);
    ck_assert_int_eq(ask_anything(&over), 404);
    http_expect_closed(&links[2]);
    ck_assert_int_eq(ask_anything(&links[0]), 404);
    ck_assert_int_eq(ask_anything(&links[1]), 404);
    ck_assert_int_eq(ask_anything(&links[3]), 404);
    http_close(&over);
    http_close(&links[0]);
    http_close(&links[1]);
    http_close(&links[3]);
}

TEST(of_an_address_the_quietest_gives_way)
{
    expect_the_quietest_to_go(turnoutd.public_port);
    expect_the_quietest_to_go(turnoutd.intake_http_port);
}

/* A device that opens streams and says nothing keeps out nobody behind its address: not a unit, and no reader. */
TEST(the_silent_keep_nobody_out)
{
    struct http_link silent[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        http_open_from(&silent[i], crowd, turnoutd.intake_stream_port);
        metric_wait(&turnoutd, "turnout_connections_accepted_total", (uint64_t)i + 1);
    }
    struct http_link reader;
    http_open_from(&reader, crowd, turnoutd.public_port);
    small_get_turnout(&reader);
    http_close(&reader);
    struct http_link unit;
    http_open_from(&unit, crowd, turnoutd.intake_stream_port);
    expect_report(&unit, 1, "unit", "accepted");
    http_expect_closed(&silent[0]);
    http_close(&unit);
    for (int i = 1; i < CONNECTIONS; i++) {
        http_close(&silent[i]);
    }
}

/* Memory is for what has come, not for what was announced, and a large body only for who has shown a token. */
TEST(announced_bodies_keep_nobody_out)
{
    enum { STRANGERS = 120, LARGE = 100 * 1024 };
    struct http_link strangers[STRANGERS];
    for (int i = 0; i < STRANGERS; i++) {
        http_open(&strangers[i], turnoutd.intake_http_port);
        http_send_text(&strangers[i],
                       "POST /v1/reports HTTP/1.1\r\nHost: x\r\n"
                       "Content-Type: application/x-ndjson\r\nContent-Length: 8388608\r\n\r\n");
    }
    char header[TOKEN_HEADER_BYTES];
    struct buffer body = {0};
    struct buffer request = {0};
    write_signed(&body, 1, "unit");
    while (body.length < LARGE) {
        buffer_append_char(&body, '\n');
    }
    token_header(&workspace, ROLE_RELAY, "0101", header);
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  header, body.length, body.bytes);
    struct http_link relay;
    struct http_answer answer;
    http_open_from(&relay, elsewhere, turnoutd.intake_http_port);
    http_send(&relay, request.bytes, request.length);
    http_read_answer(&relay, true, &answer);
    ck_assert_msg(answer.status == 200 && strstr(answer.body, "accepted") != NULL, "%d %s", answer.status,
                  answer.body);
    http_answer_done(&answer);
    buffer_done(&request);
    buffer_done(&body);
    http_close(&relay);
    for (int i = 0; i < STRANGERS; i++) {
        http_close(&strangers[i]);
    }
}

/* Who has shown something good goes for nobody, so that of those there are no more than so many. */
TEST(who_has_shown_good_does_not_give_way)
{
    struct http_link links[CONNECTIONS];
    struct http_link over;
    for (int i = 0; i < CONNECTIONS; i++) {
        char header[TOKEN_HEADER_BYTES];
        token_header(&workspace, ROLE_DECIDE, "T", header);
        http_open_from(&links[i], crowd, turnoutd.intake_http_port);
        ck_assert_int_eq(ask_held(&links[i], header), 200);
        ck_assert_int_eq(ask_held(&links[i], header), 200); /* its standing shows with what it says next */
    }
    http_open_from(&over, crowd, turnoutd.intake_http_port);
    http_expect_closed(&over);
    http_close(&links[0]);
    metric_wait(&turnoutd, "turnout_connections_open", CONNECTIONS - 1);
    http_open_from(&links[0], crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(ask_anything(&links[0]), 404);
    for (int i = 0; i < CONNECTIONS; i++) {
        http_close(&links[i]);
    }
}

TEST(a_proxy_has_as_many_as_it_likes)
{
    enum { MANY = 3 * CONNECTIONS };
    struct http_link links[MANY];
    for (int i = 0; i < MANY; i++) {
        http_open(&links[i], turnoutd.public_port);
        small_get_turnout(&links[i]);
    }
    for (int i = 0; i < MANY; i++) {
        http_close(&links[i]);
    }
}

/* ---- in vain ---- */

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

/* What was sent at once is looked at one by one: a lot of repetitions does not slip through before the first is known. */
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
    for (int i = 0; i < 2 * IN_VAIN; i++) {
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
    for (int i = 0; i < 2 * IN_VAIN; i++) {
        ck_assert(slice_copy(text_split(&rest, '\n'), line, sizeof line));
        const char *wanted = i < IN_VAIN ? "\"bad-signature\"" : "\"too-many\"";
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
    for (int i = 0; i < IN_VAIN; i++) {
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

/* Its signatures take as long to check as good ones; but not all at once. */
TEST(a_batch_of_bad_signatures_holds_up_nobody)
{
    enum { REPORTS = 5999 };
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
    int64_t began_ms = clock_monotonic_ms();
    int64_t slowest_ms = 0;
    post_begin(&attacker, "application/x-ndjson", lines.bytes);
    do {
        int64_t asked_ms = clock_monotonic_ms();
        expect_on_stream(&unit, "x", "malformed");
        int64_t took_ms = clock_monotonic_ms() - asked_ms;
        slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
    } while (!has_come(&attacker));
    int64_t batch_ms = clock_monotonic_ms() - began_ms;
    ck_assert_int_eq(post_end(&attacker), 200);
    ck_assert_msg(slowest_ms < batch_ms / 3, "a line took %lld ms beside a batch of %lld ms",
                  (long long)slowest_ms, (long long)batch_ms);
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
    report.test = !counts;
    signed_report_sign(&report, "unit", signer);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    do {
        ck_assert_msg(clock_monotonic_ms() < deadline, "not %s", wanted);
        (void)signed_report_post(turnoutd.intake_http_port, &report, code);
    } while (strcmp(code, wanted) != 0);
}

/* It counts, and nothing is stored for saying so: whoever asks again after the closing, and after too much, hears it. */
TEST(what_counts_is_told_after_too_much_and_after_the_closing)
{
    struct http_link link;
    committee_open_election(&workspace, turnoutd.intake_http_port);
    counts = true;
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
