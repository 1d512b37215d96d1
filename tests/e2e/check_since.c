/* /v1/turnout?since=: for those who poll, what has moved since they last asked; all of it, where nobody can say what
 * has. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "command.h"
#include "committee.h"
#include "json_schema.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

enum { NEXT_BYTES = 48 };

static void report(const char *unit, int seq, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted}, 201);
}

/* Asks a server, and expects the nation with these provinces, `01 02`, which are all of them or those that have moved.
 * What it says as `next` replaces ret_next. */
static void expect_of(uint16_t port, const char *since, const char *provinces, bool is_whole,
                      char ret_next[NEXT_BYTES])
{
    char target[128];
    char fault[JSON_SCHEMA_FAULT_BYTES];
    struct buffer codes = {0};
    (void)snprintf(target, sizeof target, "/v1/turnout%s%s", since[0] == '\0' ? "" : "?since=", since);
    json_t *document = json_get(port, target, 200);
    ck_assert_msg(json_schema_check("turnout.schema.json", document, fault), "%s: %s", target, fault);
    const json_t *shown = json_array_of(document, "provinces");
    for (size_t i = 0; i < json_array_size(shown); i++) {
        buffer_printf(&codes, "%s%s", i == 0 ? "" : " ", json_text_of(json_array_get(shown, i), "code"));
    }
    buffer_append_text(&codes, "");
    const char *found = codes.length == 0 ? "" : codes.bytes;
    ck_assert_msg(strcmp(found, provinces) == 0, "%s: %s, and not %s", target, found, provinces);
    ck_assert_int_eq(json_is_true(json_object_get(document, "whole")), is_whole);
    ck_assert_str_eq(json_text_of(json_object_of(document, "nation"), "code"), "T");
    (void)snprintf(ret_next, NEXT_BYTES, "%s", json_text_of(document, "next"));
    ck_assert_int_eq(strtoll(ret_next, NULL, 10), json_integer_of(document, "revision"));
    json_decref(document);
    buffer_done(&codes);
}

static void expect(const char *since, const char *provinces, bool is_whole, char ret_next[NEXT_BYTES])
{
    expect_of(turnoutd.public_port, since, provinces, is_whole, ret_next);
}

FIXTURE(start_server, stop_server);

/* The first report of an area is told a publication after its figures, and moves it once more. */
static void wait_milestone(const char *province)
{
    enum { ASK_AGAIN_MS = 20 };
    char target[32];
    bool is_told = false;
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    (void)snprintf(target, sizeof target, "/v1/areas/%s", province);
    while (!is_told) {
        json_t *document = json_get(turnoutd.public_port, target, 200);
        is_told = json_is_string(json_object_get(json_object_of(document, "area"), "first_report_at"));
        json_decref(document);
        ck_assert_msg(clock_monotonic_ms() < deadline, "%s has no first report", province);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

TEST(who_polls_hears_what_has_moved)
{
    char first[NEXT_BYTES];
    char second[NEXT_BYTES];
    char next[NEXT_BYTES];
    expect("", "01 02", true, first);
    expect(first, "", false, next);

    report("0201-001", 1, 100);
    wait_milestone("02");
    expect("0", "02", false, next); /* a bare revision */
    expect(first, "02", false, second);
    expect(second, "", false, next);

    report("0101-001", 1, 200);
    wait_milestone("01");
    expect(second, "01", false, next);
    expect(first, "01 02", true, next); /* which is everything */
    expect(next, "", false, next);
}

TEST(who_cannot_be_told_what_has_moved_gets_everything)
{
    char next[NEXT_BYTES];
    char other[NEXT_BYTES];
    report("0201-001", 1, 100);
    small_wait_voted(turnoutd.public_port, 100);
    expect("1000", "01 02", true, next); /* never shown */
    expect("99999999999999", "01 02", true, next);
    expect("1.00000000", "01 02", true, next); /* of another run */
    expect("", "01 02", true, next);

    /* After a restart it says nothing about what it did not show; nor does another server ever. */
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 100);
    expect(next, "01 02", true, other);
    ck_assert_str_ne(next, other);
    expect("0", "01 02", true, other);
}

/* The revision that a reader has comes again, and is another count. */
TEST(after_a_reset_everybody_gets_everything)
{
    char before[NEXT_BYTES];
    char next[NEXT_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    report("0201-001", 1, 100);
    small_wait_voted(turnoutd.public_port, 100);
    expect("", "01 02", true, before);
    turnoutd_stop(&turnoutd);

    struct buffer words = {0};
    workspace_path(&workspace, "data", data);
    buffer_printf(&words, "reset --election small --data '%s'", data);
    struct command_run run = command_run_typed(&workspace, "small\n", words.bytes);
    ck_assert_msg(run.status == 0, "%s", run.out);
    command_run_done(&run);
    buffer_done(&words);

    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 300);
    small_wait_voted(turnoutd.public_port, 300);
    ck_assert_int_eq(strtoll(before, NULL, 10), 1);
    expect(before, "01 02", true, next);
    ck_assert_int_eq(strtoll(next, NULL, 10), 1);
}

/* The same provinces are the same bytes, whatever was asked for, and so is nothing. */
TEST(what_has_not_moved_is_not_sent_again)
{
    char next[NEXT_BYTES];
    char etag[128] = "";
    char now[128];
    char target[128];
    report("0201-001", 1, 100);
    wait_milestone("02");
    expect("", "01 02", true, next);
    (void)snprintf(target, sizeof target, "/v1/turnout?since=%s", next);
    for (int status = 0; status != 304;) { /* or another publication has come since the last time */
        struct http_answer answer;
        struct buffer header = {0};
        buffer_printf(&header, "If-None-Match: \"none\"%s%s\r\n", etag[0] == '\0' ? "" : ", ", etag);
        http_request(turnoutd.public_port, "GET", target, header.bytes, &answer);
        status = answer.status;
        ck_assert(http_answer_header(&answer, "ETag", now, sizeof now));
        ck_assert_int_eq(status == 304, strcmp(now, etag) == 0);
        memcpy(etag, now, sizeof etag);
        http_answer_done(&answer);
        buffer_done(&header);
    }
}

static const char *const bad[] = {"",
                                  "x",
                                  "-1",
                                  "+1",
                                  "1.",
                                  ".1a",
                                  "1.5.",
                                  "1%20",
                                  "0x1",
                                  "1e3",
                                  "%00",
                                  "1%",
                                  "1,2",
                                  "%31.%3",
                                  "99999999999999999999",
                                  "1234567890123456789012345678901234567890123456789012345678901234567890"};

LOOP_TEST(what_is_no_revision_is_refused, COUNT(bad))
{
    char target[160];
    (void)snprintf(target, sizeof target, "/v1/turnout?since=%s", bad[_i]);
    json_t *problem = json_get(turnoutd.public_port, target, 400);
    ck_assert_str_eq(json_text_of(problem, "code"), "bad-parameter");
    ck_assert_str_eq(json_text_of(problem, "field"), "since");
    json_decref(problem);
}

SUITE("since");
