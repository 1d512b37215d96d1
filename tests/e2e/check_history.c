/* What bulletins froze, asked for later: the documents of one (?at=), the same bytes for ever. */
#include <check.h>

#include "changed_register.h"
#include "json_schema.h"
#include "suite.h"

static struct turnoutd second;

static void freeze(void)
{
    committee_expect(first.intake_http_port, "/v1/bulletins", admin, "{\"label\":\"x\"}", 201);
}

/* ---- the documents of a bulletin ---- */

static const char *const documents[] = {"/v1/turnout?at=1", "/v1/snapshot.json?at=1", "/v1/snapshot.csv?at=1",
                                        "/v1/snapshot.csv?at=1&sep=%3B"};
enum { DOCUMENTS = COUNT(documents) };

static void get_all(const struct turnoutd *turnoutd, struct buffer *out)
{
    for (int i = 0; i < DOCUMENTS; i++) {
        struct http_answer answer;
        char etag[64];
        http_request(turnoutd->public_port, "GET", documents[i], "", &answer);
        ck_assert_msg(answer.status == 200, "%s: %d %s", documents[i], answer.status, answer.body);
        ck_assert(http_answer_header(&answer, "ETag", etag, sizeof etag));
        buffer_append_text(out, etag);
        buffer_append(out, answer.body, answer.body_bytes);
        http_answer_done(&answer);
    }
}

static void expect_same(const struct turnoutd *turnoutd, const struct buffer *wanted)
{
    struct buffer got = {0};
    get_all(turnoutd, &got);
    ck_assert_str_eq(got.bytes, wanted->bytes);
    buffer_done(&got);
}

FIXTURE(set_up, tear_down);
TIMEOUT(60);

TEST(a_bulletin_s_documents_are_those_that_were_shown)
{
    report(&first, "0101-001", 1, 300, 201);
    small_wait_voted(first.public_port, 300);
    freeze();
    json_t *shown = json_get(first.public_port, "/v1/snapshot.json", 200);
    json_t *frozen = json_get(first.public_port, "/v1/snapshot.json?at=1", 200);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert(json_equal(json_object_get(shown, "areas"), json_object_get(frozen, "areas")));
    ck_assert_msg(json_schema_check("snapshot.schema.json", frozen, fault), "%s", fault);
    ck_assert_int_eq(json_integer_of(frozen, "revision"), json_integer_of(shown, "revision"));
    ck_assert_str_eq(json_text_of(frozen, "publication"), "rounds");
    ck_assert_str_eq(json_text_of(frozen, "durability"), json_text_of(shown, "durability"));
    json_decref(frozen);
    json_decref(shown);
    frozen = json_get(first.public_port, "/v1/turnout?at=1", 200);
    ck_assert_msg(json_schema_check("turnout.schema.json", frozen, fault), "%s", fault);
    json_t *list = json_get(first.public_port, "/v1/bulletins", 200);
    ck_assert_str_eq(json_text_of(frozen, "generated_at"),
                     json_text_of(json_array_get(json_array_of(list, "bulletins"), 0), "time"));
    json_decref(list);
    json_decref(frozen);
}

TEST(they_are_the_same_bytes_from_every_server_for_ever)
{
    struct buffer bytes = {0};
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0101-002", 1, 100, 201);
    freeze();
    get_all(&first, &bytes);
    report(&first, "0101-001", 2, 400, 201);
    small_wait_voted(first.public_port, 500);
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    expect_same(&second, &bytes);
    turnoutd_stop(&second);
    expect_same(&first, &bytes);

    /* A unit more, a commune of another name, and figures that are held back. */
    add_unit("election");
    replace("election", "areas.csv", "Xã Một", "Xã 1");
    wait_named(&first, "unit 0101-009 is added");
    take_up_files(&first);
    expect_same(&first, &bytes);
    committee_expect(first.intake_http_port, "/v1/publication", admin, "{\"mode\":\"hold\"}", 200);
    restart();
    expect_same(&first, &bytes);
    buffer_done(&bytes);
}

static const struct {
    const char *target;
    int status;
} refused[] = {{"/v1/turnout?at=2", 404},      {"/v1/snapshot.json?at=2", 404},
               {"/v1/snapshot.csv?at=2", 404}, {"/v1/turnout?at=0", 400},
               {"/v1/turnout?at=01", 400},     {"/v1/turnout?at=now", 400},
               {"/v1/turnout?at=", 400},       {"/v1/turnout?at=1.5", 400},
               {"/v1/turnout?at=-1", 400},     {"/v1/snapshot.csv?at=1&sep=x", 400}};

LOOP_TEST(what_is_not_there_is_said, COUNT(refused))
{
    freeze();
    json_t *problem = json_get(first.public_port, refused[_i].target, refused[_i].status);
    ck_assert_str_eq(json_text_of(problem, "code"),
                     refused[_i].status == 404 ? "unknown-bulletin" : "bad-parameter");
    json_decref(problem);
}

/* ---- what moved ---- */

static json_t *get_diff(const struct turnoutd *turnoutd, const char *target)
{
    char fault[JSON_SCHEMA_FAULT_BYTES];
    json_t *document = json_get(turnoutd->public_port, target, 200);
    ck_assert_msg(json_schema_check("diff.schema.json", document, fault), "%s: %s", target, fault);
    return document;
}

/* Whether a member of the document's area at `place` has this number. */
static void expect_number(const json_t *document, size_t place, const char *side, const char *key,
                          int64_t value)
{
    const json_t *area = json_array_get(json_array_of(document, "areas"), place);
    ck_assert_msg(json_integer_of(json_object_of(area, side), key) == value, "%s %s of %s is %lld", side, key,
                  json_text_of(area, "code"), (long long)json_integer_of(json_object_of(area, side), key));
}

static void correct(const char *unit, int seq, int voted, const char *more)
{
    struct buffer body = {0};
    small_report_write(&body, &(struct small_report){
                                  .unit = unit, .seq = seq, .voted = voted, .more = more, .counts = true});
    committee_expect(first.intake_http_port, "/v1/reports", relay, body.bytes, 201);
    buffer_done(&body);
}

/* Between the first two bulletins a correction, a roll that changed, a void and a unit more; behind them a report. */
static void live_through_it(void)
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0201-001", 1, 30, 201);
    freeze();
    correct("0101-001", 2, 280, ",\"kind\":\"correction\",\"reason\":\"mistyped\"");
    correct("0101-002", 1, 100, ",\"registered\":510");
    committee_expect(first.intake_http_port, "/v1/units/0201-001/void", admin, "{\"reason\":\"twice\"}", 200);
    add_unit("election");
    wait_named(&first, "unit 0101-009 is added");
    take_up_files(&first);
    freeze();
    report(&first, "0102-001", 1, 7, 201);
    small_wait_voted(first.public_port, 387);
}

TEST(a_diff_says_what_moved_and_why)
{
    live_through_it();
    json_t *document = get_diff(&first, "/v1/diff?from=1&to=2");
    ck_assert_int_eq(json_integer_of(json_object_of(document, "from"), "bulletin"), 1);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "to"), "bulletin"), 2);
    ck_assert_uint_eq(json_array_size(json_array_of(document, "areas")), 3);
    expect_number(document, 0, "before", "voted", 330);
    expect_number(document, 0, "after", "voted", 380);
    expect_number(document, 0, "after", "registered", 6200); /* ten by report, forty of the unit */
    expect_number(document, 0, "why", "reports", 3);
    expect_number(document, 0, "why", "corrections", 1);
    expect_number(document, 0, "why", "roll_changes", 1);
    expect_number(document, 0, "why", "voided", 1);
    expect_number(document, 0, "why", "register_changes", 1);
    expect_number(document, 1, "after", "voted", 380);
    expect_number(document, 1, "why", "voided", 0);
    expect_number(document, 2, "after", "voted", 0);
    expect_number(document, 2, "why", "voided", 1);
    ck_assert_int_eq(json_integer_of(document, "total"), 4);
    ck_assert_uint_eq(json_array_size(json_array_of(document, "changes")), 4);
    json_decref(document);

    document = get_diff(&first, "/v1/diff?from=2&to=now");
    ck_assert(json_is_null(json_object_get(json_object_of(document, "to"), "bulletin")));
    ck_assert_int_eq(json_integer_of(document, "total"), 0);
    expect_number(document, 0, "after", "voted", 387);
    expect_number(document, 0, "why", "reports", 1);
    json_decref(document);

    document = get_diff(&first, "/v1/diff?from=1&to=2&area=01");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "areas")),
                      2); /* the other commune did not move */
    expect_number(document, 1, "after", "voted", 380);
    ck_assert_int_eq(json_integer_of(document, "total"), 3);
    json_decref(document);
    document = get_diff(&first, "/v1/diff?from=1&area=0202");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "areas")), 1);
    expect_number(document, 0, "why", "reports", 0);
    json_decref(document);
}

TEST(a_diff_is_the_same_from_every_server)
{
    live_through_it();
    json_t *here = get_diff(&first, "/v1/diff?from=1&to=2");
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    json_t *there = get_diff(&second, "/v1/diff?from=1&to=2");
    restart();
    json_t *again = get_diff(&first, "/v1/diff?from=1&to=2");
    static const char *const members[] = {"from", "to", "areas", "changes", "total"};
    for (int i = 0; i < COUNT(members); i++) {
        const json_t *wanted = json_object_get(here, members[i]);
        ck_assert_msg(json_equal(wanted, json_object_get(there, members[i])), "%s", members[i]);
        ck_assert_msg(json_equal(wanted, json_object_get(again, members[i])), "%s", members[i]);
    }
    json_decref(here);
    json_decref(there);
    json_decref(again);
    turnoutd_stop(&second);
}

/* What is shown now is what is held back from. */
TEST(a_diff_tells_nothing_that_is_held_back)
{
    report(&first, "0101-001", 1, 300, 201);
    small_wait_voted(first.public_port, 300);
    freeze();
    committee_expect(first.intake_http_port, "/v1/publication", admin, "{\"mode\":\"hold\"}", 200);
    correct("0101-001", 2, 280, ",\"kind\":\"correction\",\"reason\":\"mistyped\"");
    report(&first, "0201-001", 1, 30, 201);
    turnoutd_start_second(&second, &workspace, NULL, NULL); /* which takes longer than any reading */
    turnoutd_stop(&second);
    json_t *document = get_diff(&first, "/v1/diff?from=1");
    expect_number(document, 0, "after", "voted", 300);
    expect_number(document, 0, "why", "reports", 0);
    expect_number(document, 0, "why", "corrections", 0);
    json_decref(document);
}

static const struct {
    const char *target;
    int status;
    const char *code;
} refused_diffs[] = {{"/v1/diff", 400, "bad-parameter"},
                     {"/v1/diff?to=1", 400, "bad-parameter"},
                     {"/v1/diff?from=x", 400, "bad-parameter"},
                     {"/v1/diff?from=1&to=1", 400, "bad-parameter"},
                     {"/v1/diff?from=1&to=later", 400, "bad-parameter"},
                     {"/v1/diff?from=2", 404, "unknown-bulletin"},
                     {"/v1/diff?from=1&to=2", 404, "unknown-bulletin"},
                     {"/v1/diff?from=1&area=9", 404, "unknown-area"},
                     {"/v1/diff?from=1&area=", 404, "unknown-area"}};

LOOP_TEST(what_cannot_be_compared_is_said, COUNT(refused_diffs))
{
    freeze();
    json_t *problem = json_get(first.public_port, refused_diffs[_i].target, refused_diffs[_i].status);
    ck_assert_str_eq(json_text_of(problem, "code"), refused_diffs[_i].code);
    json_decref(problem);
}

SUITE("history");
