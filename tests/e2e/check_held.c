/* Held reports and those who decide about them: listed where they belong, decided once however many press, counted once
 * or not at all, and all of it on record. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static char decide[TOKEN_HEADER_BYTES]; /* of the nation */
static bool counts;                     /* what is reported, or else it is a test */

static void setup(void)
{
    static const char *const settings[] = {"--workers", "2", NULL};
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, settings);
    token_header(&workspace, ROLE_DECIDE, "T", decide);
}

/* ---- what is held ---- */

/* A report that moves the roll by more than a tenth and 50 voters, which is held unless an election says otherwise. */
static void hold(const char *unit, int seq, int voted, int registered, const char *header)
{
    char more[48];
    (void)snprintf(more, sizeof more, ",\"registered\":%d", registered);
    struct buffer body = {0};
    struct http_answer answer;
    small_report_write(&body, &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .more = more});
    committee_ask(turnoutd.intake_http_port, "/v1/reports", header, body.bytes, &answer);
    ck_assert_msg(answer.status == 202, "%d %s", answer.status, answer.body);
    http_answer_done(&answer);
    buffer_done(&body);
    /* The next one comes later: what came in one millisecond has no order. */
    for (int64_t held_ms = clock_wall_ms(); clock_wall_ms() == held_ms;) {
    }
}

static json_t *list(const char *header)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, "/v1/held", header, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%d %s", answer.status, answer.body);
    json_t *document = json_of(answer.body);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("held.schema.json", document, fault), "%s: %s", fault, answer.body);
    http_answer_done(&answer);
    return document;
}

static void expect_listed(const char *area, const char *const ids[])
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_DECIDE, area, header);
    json_t *document = list(header);
    ck_assert_str_eq(json_text_of(document, "area"), area);
    ck_assert(json_is_null(json_object_get(document, "next")));
    const json_t *held = json_array_of(document, "held");
    size_t count = 0;
    for (; ids[count] != NULL; count++) {
        ck_assert_msg(count < json_array_size(held), "%s: %s is missing", area, ids[count]);
        ck_assert_str_eq(json_text_of(json_array_get(held, count), "id"), ids[count]);
    }
    ck_assert_uint_eq(json_array_size(held), count);
    ck_assert_int_eq(json_integer_of(document, "total"), (int64_t)count);
    json_decref(document);
}

FIXTURE(setup, stop_server);

TEST(each_committee_sees_its_own)
{
    expect_listed("T", (const char *const[]){NULL});
    hold("0201-002", 1, 10, 400, "");
    hold("0102-001", 3, 10, 900, "");
    hold("0101-001", 1, 10, 1300, "");
    expect_listed("T", (const char *const[]){"0201-002.1", "0102-001.3", "0101-001.1", NULL});
    expect_listed("01", (const char *const[]){"0102-001.3", "0101-001.1", NULL});
    expect_listed("0101", (const char *const[]){"0101-001.1", NULL});
    expect_listed("0202", (const char *const[]){NULL});
}

TEST(a_held_report_is_shown_whole)
{
    hold("0101-001", 4, 10, 1300, "");
    json_t *document = list(decide);
    const json_t *held = json_array_get(json_array_of(document, "held"), 0);
    ck_assert_str_eq(json_text_of(held, "code"), "roll-changed");
    ck_assert_str_eq(json_text_of(held, "unit"), "0101-001");
    ck_assert_str_eq(json_text_of(held, "commune"), "0101");
    ck_assert_int_eq(json_integer_of(held, "seq"), 4);
    ck_assert_int_eq(json_integer_of(held, "voted"), 10);
    ck_assert_int_eq(json_integer_of(held, "registered"), 1300);
    ck_assert_str_eq(json_text_of(held, "as_of"), "2026-03-15T09:00:00+07:00");
    answer_check_receipt(held);
    json_decref(document);
}

/* From page to page each is told once, and how many there are in all. */
TEST(the_list_comes_in_pages)
{
    hold("0101-001", 1, 10, 1300, "");
    hold("0101-001", 2, 10, 1300, "");
    hold("0201-002", 1, 10, 400, "");
    static const char *const wanted[] = {"0101-001.1", "0201-002.1", "0101-001.2"};
    char target[160] = "/v1/held?limit=1";
    for (size_t i = 0; i < COUNT(wanted); i++) {
        struct http_answer answer;
        committee_ask(turnoutd.intake_http_port, target, decide, NULL, &answer);
        json_t *document = json_of(answer.body);
        const json_t *held = json_array_of(document, "held");
        ck_assert_uint_eq(json_array_size(held), 1);
        ck_assert_str_eq(json_text_of(json_array_get(held, 0), "id"), wanted[i]);
        ck_assert_int_eq(json_integer_of(document, "total"), 3);
        bool is_last = json_is_null(json_object_get(document, "next"));
        ck_assert_int_eq(is_last, i == COUNT(wanted) - 1);
        if (!is_last) {
            (void)snprintf(target, sizeof target, "/v1/held?limit=1&after=%s",
                           json_text_of(document, "next"));
        }
        json_decref(document);
        http_answer_done(&answer);
    }
    static const char *const bad[] = {
        "limit=0", "limit=",  "limit=-1",         "limit=1x",         "limit",
        "after=",  "after=x", "after=0101-001.1", "after=1:0101-001", "after=%201:0101-001.1"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        (void)snprintf(target, sizeof target, "/v1/held?%s", bad[i]);
        committee_expect(turnoutd.intake_http_port, target, decide, NULL, 400);
    }
    committee_expect(turnoutd.intake_http_port, "/v1/held?limit=4000000", decide, NULL, 200);
}

/* ---- deciding ---- */

static void press(const char *id, const char *decision, const char *header, int status,
                  const char *state_or_code, bool changed)
{
    char target[64];
    char body[128];
    (void)snprintf(target, sizeof target, "/v1/held/%s", id);
    (void)snprintf(body, sizeof body, "{\"decision\":\"%s\",\"reason\":\"xem lại: đúng\"}", decision);
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, target, header, body, &answer);
    ck_assert_msg(answer.status == status, "%s %s: %d, not %d: %s", decision, id, answer.status, status,
                  answer.body);
    json_t *document = json_of(answer.body);
    answer_check_member(document, status == 200 ? "state" : "code", state_or_code, answer.body);
    if (status == 200) {
        ck_assert_int_eq(json_is_true(json_object_get(document, "changed")), changed);
    }
    json_decref(document);
    http_answer_done(&answer);
}

static void wait_held(int64_t held)
{
    for (;;) {
        json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
        int64_t shown = json_integer_of(json_object_of(document, "nation"), "held");
        json_decref(document);
        if (shown == held) {
            return;
        }
    }
}

TEST(released_it_counts_once)
{
    hold("0101-001", 1, 10, 1300, "");
    wait_held(1);
    press("0101-001.1", "release", decide, 200, "released", true);
    press("0101-001.1", "release", decide, 200, "released", false);
    press("0101-001.1", "reject", decide, 409, "already-decided", false);
    expect_listed("T", (const char *const[]){NULL});
    small_wait_voted(turnoutd.public_port, 10);
    wait_held(0);
}

TEST(rejected_it_never_counts)
{
    hold("0101-001", 1, 10, 1300, "");
    press("0101-001.1", "reject", decide, 200, "rejected", true);
    press("0101-001.1", "reject", decide, 200, "rejected", false);
    press("0101-001.1", "release", decide, 409, "already-decided", false);
    wait_held(0);
    small_wait_voted(turnoutd.public_port, 0);
}

TEST(what_came_later_stands)
{
    hold("0101-001", 1, 10, 1300, "");
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 2, .voted = 20}, 201);
    press("0101-001.1", "release", decide, 200, "superseded", true);
    press("0101-001.1", "release", decide, 200, "superseded", false);
    small_wait_voted(turnoutd.public_port, 20);
}

TEST(the_reason_is_on_record)
{
    hold("0101-001", 1, 10, 1300, "");
    press("0101-001.1", "release", decide, 200, "released", true);
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, "/v1/units/0101-001", decide, NULL, &answer);
    json_t *document = json_of(answer.body);
    const json_t *reports = json_array_of(document, "reports");
    ck_assert_uint_eq(json_array_size(reports), 2);
    const json_t *decided = json_array_get(reports, 0);
    ck_assert_str_eq(json_text_of(decided, "outcome"), "released");
    ck_assert_str_eq(json_text_of(decided, "why"), "xem lại: đúng");
    ck_assert_str_eq(json_text_of(decided, "who"), COMMITTEE_WHO);
    ck_assert_str_eq(json_text_of(json_array_get(reports, 1), "outcome"), "held");
    ck_assert_int_eq(json_integer_of(document, "next_seq"), 2);
    json_decref(document);
    http_answer_done(&answer);
}

/* Both are told that it is released, one that it was they: whoever was first. */
TEST(two_who_press_at_once_count_it_once)
{
    enum { TIMES = 30, LINKS = 2 };
    int64_t voted = 0;
    for (int i = 1; i <= TIMES; i++) {
        char request[512];
        hold("0101-001", i, 10 * i, i % 2 == 1 ? 2000 : 3000, "");
        int length =
            snprintf(request, sizeof request,
                     "POST /v1/held/0101-001.%d HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/json\r\n"
                     "Content-Length: 36\r\n\r\n{\"decision\":\"release\",\"reason\":\"so\"} ",
                     i, decide);
        ck_assert(length > 0 && (size_t)length < sizeof request);
        struct http_link links[LINKS];
        for (int k = 0; k < LINKS; k++) {
            http_open(&links[k], turnoutd.intake_http_port);
        }
        for (int k = 0; k < LINKS; k++) {
            http_send_text(&links[k], request);
        }
        int changed = 0;
        for (int k = 0; k < LINKS; k++) {
            struct http_answer answer;
            http_read_answer(&links[k], true, &answer);
            ck_assert_msg(answer.status == 200, "%d %s", answer.status, answer.body);
            changed += strstr(answer.body, "\"changed\":true") != NULL;
            ck_assert_ptr_nonnull(strstr(answer.body, "\"state\":\"released\""));
            http_answer_done(&answer);
            http_close(&links[k]);
        }
        ck_assert_int_eq(changed, 1);
        voted = 10 * (int64_t)i;
    }
    small_wait_voted(turnoutd.public_port, voted);
    json_t *document = list(decide);
    ck_assert_uint_eq(json_array_size(json_array_of(document, "held")), 0);
    json_decref(document);
}

TEST(what_is_wrong_with_a_decision_is_told)
{
    static const struct {
        const char *id;
        const char *body;
        int status;
    } cases[] = {
        {"0101-001.2", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-009.1", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-001", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-001.", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-001.0", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-001.99999999999", "{\"decision\":\"release\",\"reason\":\"so\"}", 404},
        {"0101-001.1", "{\"decision\":\"release\"}", 400},
        {"0101-001.1", "{\"decision\":\"release\",\"reason\":\"\"}", 400},
        {"0101-001.1", "{\"decision\":\"accept\",\"reason\":\"so\"}", 400},
        {"0101-001.1", "{\"decision\":true,\"reason\":\"so\"}", 400},
        {"0101-001.1", "{\"reason\":\"so\"}", 400},
        {"0101-001.1", "release", 400},
    };
    hold("0101-001", 1, 10, 1300, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/v1/held/%s", cases[i].id);
        committee_expect(turnoutd.intake_http_port, target, decide, cases[i].body, cases[i].status);
    }
    expect_listed("T", (const char *const[]){"0101-001.1", NULL});
}

/* A correction is held; meanwhile a report that was on its way lowers the roll below what it says. */
TEST(nothing_is_counted_past_the_roll)
{
    struct workspace own;
    struct turnoutd strict;
    char header[TOKEN_HEADER_BYTES];
    workspace_init(&own);
    workspace_add_small_election(&own, "election");
    workspace_append(&own, "election/election.ini", "\ncorrections = held\n");
    turnoutd_start(&strict, &own, NULL);
    token_header(&own, ROLE_DECIDE, "0101", header);
    static const struct small_report correction = {
        .seq = 2, .voted = 950, .more = ",\"kind\":\"correction\",\"reason\":\"miscount\""};
    static const struct small_report late = {.seq = 1, .voted = 5, .more = ",\"registered\":905"};
    small_report_expect(strict.intake_http_port, &correction, 202);
    small_report_expect(strict.intake_http_port, &late, 201);
    for (int times = 0; times < 2; times++) {
        struct http_answer answer;
        committee_ask(strict.intake_http_port, "/v1/held/0101-001.2", header,
                      "{\"decision\":\"release\",\"reason\":\"so\"}", &answer);
        ck_assert_msg(answer.status == 409, "%d %s", answer.status, answer.body);
        ck_assert_ptr_nonnull(strstr(answer.body, "voted-exceeds-registered"));
        http_answer_done(&answer);
    }
    committee_expect(strict.intake_http_port, "/v1/held/0101-001.2", header,
                     "{\"decision\":\"reject\",\"reason\":\"so\"}", 200);
    small_wait_voted(strict.public_port, 5);
    turnoutd_stop(&strict);
    workspace_done(&own);
}

/* Posts a report of 0101-001 as a relay, or as nobody (""), and returns the status. */
static int post_report(const char *headers, int seq, int voted)
{
    struct buffer body = {0};
    struct http_answer answer;
    small_report_write(
        &body,
        &(struct small_report){.seq = seq, .voted = voted, .more = ",\"registered\":1300", .counts = counts});
    committee_ask(turnoutd.intake_http_port, "/v1/reports", headers, body.bytes, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    buffer_done(&body);
    return status;
}

/* As many of one unit as may wait, and then one of another commune in the same province. */
TEST(the_many_of_one_unit_hide_no_others)
{
    enum { MANY = 30, WAITING = 20 };
    struct buffer lines = {0};
    for (int seq = 1; seq <= MANY; seq++) {
        small_report_write(&lines, &(struct small_report){.seq = seq, .more = ",\"registered\":1300"});
        buffer_append_char(&lines, '\n');
    }
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/x-ndjson", lines.bytes, lines.length,
              &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
    buffer_done(&lines);
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = "0102-001", .seq = 1, .more = ",\"registered\":1300"},
                        202);

    expect_listed("0102", (const char *const[]){"0102-001.1", NULL});
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_DECIDE, "01", header);
    json_t *document = list(header);
    ck_assert_str_eq(json_text_of(json_array_get(json_array_of(document, "held"), 1), "id"), "0102-001.1");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "held")), WAITING + 1);
    json_decref(document);
}

/* Posts until the server has heard of a change of phase. */
static void post_until(int status, const char *headers)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (post_report(headers, 1, 10) != status) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "not %d", status);
    }
}

/* What was said before the closing stands, and is said again to whoever missed it; nothing new is taken. */
TEST(a_closed_election_is_still_decided)
{
    char relay[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_RELAY, "T", relay);
    committee_open_election(&workspace, turnoutd.intake_http_port);
    counts = true;
    post_until(202, relay);
    committee_close_election(&workspace, turnoutd.intake_http_port);
    post_until(409, "");
    ck_assert_int_eq(post_report(relay, 1, 10), 202);
    ck_assert_int_eq(post_report(relay, 2, 20), 409);
    press("0101-001.1", "release", decide, 200, "released", true);
    small_wait_voted(turnoutd.public_port, 10);
    ck_assert_int_eq(post_report(relay, 1, 10), 200);
    ck_assert_int_eq(post_report(relay, 1, 11), 409);
    ck_assert_int_eq(post_report(relay, 2, 20), 409);
}

SUITE("held");
