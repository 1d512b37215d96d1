/* /v1/corrections: what was changed is there for everybody, with before, after and reason, and without names; also
 * while the figures are held back, and after the server was started anew. */
#include <check.h>
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
#include "small_election.h"
#include "suite.h"

static json_t *read_corrections(void)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/corrections", 200);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("corrections.schema.json", document, fault), "%s", fault);
    return document;
}

/* Waits until there are so many; the caller gives the document back. */
static json_t *wait_for(size_t count)
{
    enum { ASK_AGAIN_MS = 10 };
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        json_t *document = read_corrections();
        size_t there = json_array_size(json_array_of(document, "corrections"));
        if (there == count) {
            return document;
        }
        json_decref(document);
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%zu entries, not %zu", there, count);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void report(int seq, int voted, const char *more, int status)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.seq = seq, .voted = voted, .more = more}, status);
}

static void ask(enum token_role role, const char *target, const char *body)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, role, "T", header);
    committee_expect(turnoutd.intake_http_port, target, header, body, 200);
}

static void expect_counts(const json_t *entry, const char *kind, int64_t before, int64_t after,
                          const char *reason)
{
    ck_assert_str_eq(json_text_of(entry, "kind"), kind);
    ck_assert_str_eq(json_text_of(entry, "area"), "0101");
    ck_assert_str_eq(json_text_of(entry, "unit"), "0101-001");
    ck_assert_int_eq(json_integer_of(entry, "before"), before);
    ck_assert_int_eq(json_integer_of(entry, "after"), after);
    answer_check_member(entry, "reason", reason, kind);
}

static void expect_words(const json_t *entry, const char *kind, const char *before, const char *after)
{
    ck_assert_str_eq(json_text_of(entry, "kind"), kind);
    ck_assert_str_eq(json_text_of(entry, "area"), "T");
    ck_assert(json_is_null(json_object_get(entry, "unit")));
    ck_assert_str_eq(json_text_of(entry, "before"), before);
    ck_assert_str_eq(json_text_of(entry, "after"), after);
}

FIXTURE(start_server, stop_server);

TEST(every_change_is_there)
{
    json_decref(wait_for(0));
    report(1, 100, NULL, 201);
    report(2, 90, ",\"kind\":\"correction\",\"reason\":\"miscount\"", 201);
    json_decref(wait_for(1));
    report(3, 90, ",\"registered\":1010", 201);
    json_decref(wait_for(2));
    report(4, 95, ",\"registered\":1300", 202);
    ask(ROLE_DECIDE, "/v1/held/0101-001.4", "{\"decision\":\"reject\",\"reason\":\"gõ nhầm\"}");
    json_decref(wait_for(3));
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"rounds\"}");
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"live\"}");
    json_t *document = wait_for(5);
    const json_t *entries = json_array_of(document, "corrections");
    expect_words(json_array_get(entries, 0), "publication", "rounds", "live");
    expect_words(json_array_get(entries, 1), "publication", "live", "rounds");
    expect_counts(json_array_get(entries, 2), "rejected", 90, 90, "gõ nhầm");
    expect_counts(json_array_get(entries, 3), "roll-change", 1000, 1010, NULL);
    expect_counts(json_array_get(entries, 4), "correction", 100, 90, "miscount");
    ck_assert_int_eq(json_integer_of(json_array_get(entries, 4), "seq"), 2);
    json_t *before = json_deep_copy(entries);
    json_decref(document);

    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    document = wait_for(5);
    ck_assert(json_equal(before, json_object_get(document, "corrections")));
    json_decref(before);
    json_decref(document);
}

static size_t read_page(const char *target, json_t **ret_document)
{
    *ret_document = json_get(turnoutd.public_port, target, 200);
    return json_array_size(json_array_of(*ret_document, "corrections"));
}

/* 900 corrected to 100, then 1,001 that change nothing: that one is still there, and so is what others did. */
TEST(what_changes_nothing_pushes_nothing_out)
{
    enum { MANY = 1001, A_REQUEST = 500 };
    struct workspace own;
    struct turnoutd generous;
    workspace_init(&own);
    turnoutd_start(&generous, &own, (const char *const[]){"--reports-per-minute", "2000", NULL});
    turnoutd_stop(&turnoutd);
    turnoutd = generous;
    workspace_done(&workspace);
    workspace = own;
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"hold\"}");
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"live\"}");
    report(1, 900, NULL, 201);
    report(2, 100, ",\"kind\":\"correction\",\"reason\":\"miscount\"", 201);
    for (int seq = 3; seq < 3 + MANY;) {
        struct buffer lines = {0};
        for (int i = 0; i < A_REQUEST && seq < 3 + MANY; i++) {
            small_report_write(
                &lines, &(struct small_report){.seq = seq++,
                                               .voted = 100,
                                               .more = ",\"kind\":\"correction\",\"reason\":\"other\""});
            buffer_append_char(&lines, '\n');
        }
        struct http_answer answer;
        http_post(turnoutd.intake_http_port, "/v1/reports", "application/x-ndjson", lines.bytes, lines.length,
                  &answer);
        ck_assert_int_eq(answer.status, 200);
        ck_assert_ptr_null(strstr(answer.body, "rejected"));
        http_answer_done(&answer);
        buffer_done(&lines);
    }
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    json_t *document = read_corrections();
    while (json_integer_of(document, "total") < MANY + 3) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        json_decref(document);
        document = read_corrections();
    }
    const json_t *entries = json_array_of(document, "corrections");
    size_t count = json_array_size(entries);
    ck_assert_uint_eq(count, 22);
    ck_assert(json_is_null(json_object_get(document, "next")));
    expect_words(json_array_get(entries, count - 1), "publication", "live", "hold");
    expect_words(json_array_get(entries, count - 2), "publication", "hold", "live");
    expect_counts(json_array_get(entries, count - 3), "correction", 900, 100, "miscount");
    json_decref(document);

    /* From page to page each is told once. */
    char target[96] = "/v1/corrections?limit=8";
    static const size_t sizes[] = {8, 8, 6};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ck_assert_uint_eq(read_page(target, &document), sizes[i]);
        const json_t *next = json_object_get(document, "next");
        ck_assert_int_eq(json_is_null(next), i == COUNT(sizes) - 1);
        if (!json_is_null(next)) {
            (void)snprintf(target, sizeof target, "/v1/corrections?limit=8&after=%s",
                           json_string_value(next));
        }
        json_decref(document);
    }
    static const char *const bad[] = {"limit=0", "limit=x", "after=", "after=7", "after=7.x", "after=-1.1"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        (void)snprintf(target, sizeof target, "/v1/corrections?%s", bad[i]);
        json_decref(json_get(turnoutd.public_port, target, 400));
    }
}

/* Nobody can hold figures back unseen; but what a unit corrects meanwhile is a figure, too. */
TEST(holding_back_is_seen)
{
    report(1, 100, NULL, 201);
    small_wait_voted(turnoutd.public_port, 100);
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"hold\"}");
    json_decref(wait_for(1));
    report(2, 90, ",\"kind\":\"correction\",\"reason\":\"miscount\"", 201);
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"rounds\"}");
    json_t *document = wait_for(2);
    expect_words(json_array_get(json_array_of(document, "corrections"), 0), "publication", "hold", "rounds");
    expect_words(json_array_get(json_array_of(document, "corrections"), 1), "publication", "live", "hold");
    ck_assert_str_eq(json_text_of(document, "publication"), "rounds");
    ck_assert_int_eq(json_integer_of(document, "revision"), 1); /* of the figures that are shown */
    json_decref(document);
    small_wait_voted(turnoutd.public_port, 100);
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"live\"}");
    document = wait_for(4);
    expect_counts(json_array_get(json_array_of(document, "corrections"), 2), "correction", 100, 90,
                  "miscount");
    json_decref(document);
}

TEST(nobody_is_named)
{
    committee_open_election(&workspace, turnoutd.intake_http_port);
    json_t *document = wait_for(1);
    expect_words(json_array_get(json_array_of(document, "corrections"), 0), "phase", "rehearsal", "open");
    json_decref(document);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path,
                      "phase-change who=\"Phòng \\\"thử\\\", 1 (" COMMITTEE_TOKEN_ID ")\"", line);
    struct http_answer answer;
    http_request(turnoutd.public_port, "GET", "/v1/corrections", "", &answer);
    ck_assert_ptr_null(strstr(answer.body, COMMITTEE_TOKEN_ID));
    ck_assert_ptr_null(strstr(answer.body, "who"));
    http_answer_done(&answer);
}

SUITE("corrections");
