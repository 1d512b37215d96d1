/* Units as committees, and the units themselves, see them. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/service/committee.h>
#include <turnout/wire/read_signature.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "signed_reports.h"
#include "small_election.h"
#include "suite.h"

static char view[TOKEN_HEADER_BYTES]; /* of the nation */

static const struct key_row keys[] = {{"0101-001.a", "0101-001", "", "", ""},
                                      {"0101-002.a", "0101-002", "", "", ""},
                                      {"0101-001.b", "0101-001", "", "", "2026-03-01T00:00:00+07:00"},
                                      {"0101.office", "0101", "", "", ""}};

/* The small election's, with whom to ask about the first. */
static const char units_csv[] = "code,commune,name,registered,contact\n"
                                "0101-001,0101,Khu vực 1,1000,0912 345 678\n"
                                "0101-002,0101,Khu vực 2,500,\n"
                                "0101-003,0101,Khu vực 3,250,\n"
                                "0102-001,0102,Khu vực 1,800,\n"
                                "0102-002,0102,Khu vực 2,1,\n"
                                "0102-003,0102,Khu vực 3,0,\n"
                                "0201-001,0201,Khu vực 1,1200,\n"
                                "0201-002,0201,Khu vực 2,300,\n"
                                "0201-003,0201,Khu vực 3,99,\n"
                                "0201-004,0201,Khu vực 4,2000,\n";

static void setup(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/units.csv", units_csv);
    key_rows_write(&workspace, keys, sizeof keys / sizeof keys[0]);
    turnoutd_start(&turnoutd, &workspace,
                   (const char *const[]){"--workers", "2", NULL}); /* one for reports */
    token_header(&workspace, ROLE_VIEW, "T", view);
}

static json_t *get(const char *target)
{
    struct http_answer answer;
    committee_ask(turnoutd.intake_http_port, target, view, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%s: %d %s", target, answer.status, answer.body);
    http_check_header(&answer, "Cache-Control", "no-store");
    json_t *document = json_of(answer.body);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    bool is_list = strncmp(target, "/v1/areas/", strlen("/v1/areas/")) == 0;
    ck_assert_msg(json_schema_check(is_list ? "units.schema.json" : "unit.schema.json", document, fault),
                  "%s: %s\n%s", target, fault, answer.body);
    http_answer_done(&answer);
    return document;
}

static void report(const struct small_report *sent, int status)
{
    small_report_expect(turnoutd.intake_http_port, sent, status);
}

/* ---- one ---- */

FIXTURE(setup, stop_server);

TEST(a_silent_unit_is_told)
{
    json_t *document = get("/v1/units/0101-001");
    ck_assert_str_eq(json_text_of(document, "unit"), "0101-001");
    ck_assert_str_eq(json_text_of(document, "commune"), "0101");
    ck_assert_int_eq(json_integer_of(document, "listed"), 1000);
    ck_assert_int_eq(json_integer_of(document, "next_seq"), 1);
    const json_t *state = json_object_of(document, "state");
    ck_assert_int_eq(json_integer_of(state, "seq"), 0);
    ck_assert_int_eq(json_integer_of(state, "registered"), 1000);
    ck_assert(json_is_null(json_object_get(state, "as_of")));
    ck_assert(json_is_null(json_object_get(state, "receipt")));
    ck_assert_uint_eq(json_array_size(json_array_of(document, "reports")), 0);
    json_decref(document);
}

TEST(what_a_unit_sent_is_told)
{
    report(&(struct small_report){.seq = 2, .voted = 100}, 201);
    report(&(struct small_report){.seq = 1, .voted = 50}, 200); /* superseded, and not kept */
    report(&(struct small_report){.seq = 4,
                                  .voted = 90,
                                  .more = ",\"kind\":\"correction\",\"reason\":\"miscount\",\"note\":\"đếm "
                                          "\\\"lại\\\"\",\"registered\":1001"},
           201);
    report(&(struct small_report){.seq = 5, .voted = 2000}, 422);
    json_t *document = get("/v1/units/0101-001");
    ck_assert_int_eq(json_integer_of(document, "next_seq"), 5);
    const json_t *state = json_object_of(document, "state");
    ck_assert_int_eq(json_integer_of(state, "seq"), 4);
    ck_assert_int_eq(json_integer_of(state, "voted"), 90);
    ck_assert_int_eq(json_integer_of(state, "registered"), 1001);
    ck_assert_str_eq(json_text_of(state, "kind"), "correction");
    ck_assert_str_eq(json_text_of(state, "as_of"), "2026-03-15T09:00:00+07:00");
    ck_assert_int_eq(json_integer_of(state, "round"), 1);
    answer_check_receipt(state);

    const json_t *reports = json_array_of(document, "reports");
    ck_assert_uint_eq(json_array_size(reports), 2);
    const json_t *newest = json_array_get(reports, 0);
    ck_assert_int_eq(json_integer_of(newest, "seq"), 4);
    ck_assert_str_eq(json_text_of(newest, "outcome"), "accepted");
    ck_assert_str_eq(json_text_of(newest, "reason"), "miscount");
    ck_assert_str_eq(json_text_of(newest, "note"), "đếm \"lại\"");
    ck_assert_int_eq(json_integer_of(newest, "registered"), 1001);
    ck_assert_int_eq(json_integer_of(newest, "voted_before"), 100);
    ck_assert(json_is_null(json_object_get(newest, "key")));
    const json_t *oldest = json_array_get(reports, 1);
    ck_assert_int_eq(json_integer_of(oldest, "seq"), 2);
    ck_assert(json_is_null(json_object_get(oldest, "registered")));
    json_decref(document);
}

TEST(the_log_of_a_unit_comes_in_pages)
{
    for (int seq = 1; seq <= 3; seq++) {
        report(&(struct small_report){.seq = seq, .voted = seq}, 201);
    }
    json_t *document = get("/v1/units/0101-001?limit=2");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "reports")), 2);
    ck_assert_int_eq(json_integer_of(document, "total"), 3);
    char target[96];
    (void)snprintf(target, sizeof target, "/v1/units/0101-001?after=%s", json_text_of(document, "next"));
    json_decref(document);
    document = get(target);
    ck_assert_uint_eq(json_array_size(json_array_of(document, "reports")), 1);
    ck_assert_int_eq(json_integer_of(json_array_get(json_array_of(document, "reports"), 0), "seq"), 1);
    ck_assert(json_is_null(json_object_get(document, "next")));
    ck_assert(json_is_null(json_object_get(document, "total")));
    json_decref(document);
    static const char *const bad[] = {"after=x", "after=1-1.0", "after=1-1", "limit=0"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        (void)snprintf(target, sizeof target, "/v1/units/0101-001?%s", bad[i]);
        committee_expect(turnoutd.intake_http_port, target, view, NULL, 400);
    }
}

TEST(what_is_not_there_is_not_found)
{
    committee_expect(turnoutd.intake_http_port, "/v1/units/0101-009", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/units/0101", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0109/units", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/01/units", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0109/silent", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0101/unit", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas//units", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0101/0102/units", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0101/units/", view, NULL, 404);
    committee_expect(turnoutd.intake_http_port, "/v1/units/0101-009", "", NULL, 401);
}

/* ---- many ---- */

TEST(the_units_of_a_commune_are_listed)
{
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 7}, 201);
    json_t *document = get("/v1/areas/0101/units");
    ck_assert_str_eq(json_text_of(document, "area"), "0101");
    ck_assert_int_eq(json_integer_of(document, "total"), 3);
    const json_t *units = json_array_of(document, "units");
    ck_assert_uint_eq(json_array_size(units), 3);
    ck_assert_str_eq(json_text_of(json_array_get(units, 0), "unit"), "0101-001");
    ck_assert_int_eq(json_integer_of(json_array_get(units, 0), "seq"), 0);
    ck_assert_int_eq(json_integer_of(json_array_get(units, 1), "voted"), 7);
    ck_assert_int_eq(json_integer_of(json_array_get(units, 1), "registered"), 500);
    json_decref(document);

    document = get("/v1/areas/0202/units"); /* a commune without units */
    ck_assert_int_eq(json_integer_of(document, "total"), 0);
    ck_assert_uint_eq(json_array_size(json_array_of(document, "units")), 0);
    json_decref(document);
}

static void expect_silent(const char *target, const char *const codes[])
{
    json_t *document = get(target);
    const json_t *units = json_array_of(document, "units");
    size_t count = 0;
    for (; codes[count] != NULL; count++) {
        ck_assert_msg(count < json_array_size(units), "%s: %s is missing", target, codes[count]);
        ck_assert_str_eq(json_text_of(json_array_get(units, count), "unit"), codes[count]);
    }
    ck_assert_uint_eq(json_array_size(units), count);
    ck_assert_int_eq(json_integer_of(document, "total"), (int64_t)count);
    json_decref(document);
}

TEST(lists_come_in_pages)
{
    char target[96] = "/v1/areas/T/silent?limit=3";
    static const char *const nexts[] = {"0101-003", "0102-003", "0201-003", NULL};
    for (size_t i = 0; i < COUNT(nexts); i++) {
        json_t *document = get(target);
        ck_assert_uint_eq(json_array_size(json_array_of(document, "units")), nexts[i] == NULL ? 1 : 3);
        ck_assert_int_eq(json_integer_of(document, "total"), 10);
        answer_check_member(document, "next", nexts[i], target);
        (void)snprintf(target, sizeof target, "/v1/areas/T/silent?limit=3&after=%s", nexts[i]);
        json_decref(document);
    }
    json_t *document = get("/v1/areas/0101/units?after=0101-002");
    ck_assert_uint_eq(json_array_size(json_array_of(document, "units")), 1);
    ck_assert_int_eq(json_integer_of(document, "total"), 3);
    json_decref(document);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0101/units?after=nobody", view, NULL, 400);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/0101/units?limit=x", view, NULL, 400);
}

TEST(silence_is_by_round)
{
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 7}, 201);
    report(
        &(struct small_report){
            .unit = "0102-001", .seq = 1, .voted = 7, .as_of = "2026-03-15T11:05:00+07:00"},
        201);
    expect_silent("/v1/areas/01/silent",
                  (const char *const[]){"0101-001", "0101-003", "0102-002", "0102-003", NULL});
    expect_silent("/v1/areas/01/silent?round=1",
                  (const char *const[]){"0101-001", "0101-003", "0102-002", "0102-003", NULL});
    expect_silent("/v1/areas/01/silent?round=2",
                  (const char *const[]){"0101-001", "0101-002", "0101-003", "0102-002", "0102-003", NULL});
    expect_silent("/v1/areas/0102/silent?round=2", (const char *const[]){"0102-002", "0102-003", NULL});
    expect_silent("/v1/areas/T/silent?round=2",
                  (const char *const[]){"0101-001", "0101-002", "0101-003", "0102-002", "0102-003",
                                        "0201-001", "0201-002", "0201-003", "0201-004", NULL});
    expect_silent("/v1/areas/0202/silent?round=2", (const char *const[]){NULL});
}

TEST(a_round_must_be_one)
{
    static const char *const queries[] = {"round=0",  "round=7",           "round=", "round", "round=1x",
                                          "round=-1", "round=123456789012"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/v1/areas/T/silent?%s", queries[i]);
        committee_expect(turnoutd.intake_http_port, target, view, NULL, 400);
    }
    committee_expect(turnoutd.intake_http_port, "/v1/areas/T/silent?round=6", view, NULL, 200);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/T/silent?turn=9", view, NULL, 200);
}

/* ---- the unit itself ---- */

enum { SIGNATURE_HEADER_BYTES = 512 };

static void write_signature(const char *key, const char *signed_unit, int64_t age_s, const char *signer,
                            char ret_header[SIGNATURE_HEADER_BYTES])
{
    struct read_signature signature = {.time = clock_wall_ms() / 1000 - age_s};
    unsigned char seed[SIGNING_SEED_BYTES];
    signing_seed_of(signer, seed);
    ck_assert(slice_copy(slice_of(key), signature.key, sizeof signature.key));
    read_signature_sign(&signature, "small", signed_unit, seed);
    (void)snprintf(ret_header, SIGNATURE_HEADER_BYTES, "Authorization: Signature %s.%" PRId64 ".%s\r\n",
                   signature.key, signature.time, signature.sig);
}

/* `signer` is the key that it is really signed with. Returns the status. */
static int ask_signed(const char *target_unit, const char *key, const char *signed_unit, int64_t age_s,
                      const char *signer)
{
    char header[SIGNATURE_HEADER_BYTES];
    char target[64];
    struct http_answer answer;
    write_signature(key, signed_unit, age_s, signer, header);
    (void)snprintf(target, sizeof target, "/v1/units/%s", target_unit);
    committee_ask(turnoutd.intake_http_port, target, header, NULL, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    return status;
}

static void expect_signed(const char *target_unit, const char *key, const char *signed_unit, int64_t age_s,
                          const char *signer, int status)
{
    ck_assert_int_eq(ask_signed(target_unit, key, signed_unit, age_s, signer), status);
}

TEST(a_unit_reads_itself)
{
    enum { SLACK_S = 20 }; /* what a busy machine may take between signing and verifying */
    static const char unit[] = "0101-001";
    static const char key[] = "0101-001.a";
    expect_signed(unit, key, unit, 0, key, 200);
    expect_signed(unit, key, unit, READ_SIGNATURE_AGE_S_MAX - SLACK_S, key, 200);
    expect_signed(unit, key, unit, SLACK_S - READ_SIGNATURE_AGE_S_MAX, key, 200);
    expect_signed(unit, key, unit, READ_SIGNATURE_AGE_S_MAX + 1, key, 401);
    expect_signed(unit, key, unit, -READ_SIGNATURE_AGE_S_MAX - SLACK_S, key, 401);
    expect_signed(unit, key, unit, 0, "0101-002.a", 401);            /* another's key under its name */
    expect_signed(unit, key, "0101-002", 0, key, 401);               /* signed for another unit */
    expect_signed(unit, "0101-001.b", unit, 0, "0101-001.b", 401);   /* revoked */
    expect_signed(unit, "nobody", unit, 0, key, 401);                /* no such key */
    expect_signed("0101-002", key, "0101-002", 0, key, 403);         /* another unit */
    expect_signed(unit, "0101.office", unit, 0, "0101.office", 403); /* an office has tokens */
    expect_signed("0101-009", key, "0101-009", 0, key, 401);         /* tells nothing of what there is */
}

/* ---- whom to ask ---- */

TEST(committees_alone_are_shown_a_contact)
{
    json_t *document = get("/v1/units/0101-001");
    ck_assert_str_eq(json_text_of(document, "contact"), "0912 345 678");
    json_decref(document);
    document = get("/v1/areas/T/silent");
    const json_t *units = json_array_of(document, "units");
    ck_assert_str_eq(json_text_of(json_array_get(units, 0), "contact"), "0912 345 678");
    ck_assert(json_is_null(json_object_get(json_array_get(units, 1), "contact")));
    json_decref(document);

    char header[SIGNATURE_HEADER_BYTES];
    struct http_answer answer;
    write_signature("0101-001.a", "0101-001", 0, "0101-001.a", header);
    committee_ask(turnoutd.intake_http_port, "/v1/units/0101-001", header, NULL, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"contact\":null"));
    http_answer_done(&answer);
    http_request(turnoutd.public_port, "GET", "/v1/areas/0101", "", &answer);
    ck_assert_ptr_null(strstr(answer.body, "0912"));
    http_answer_done(&answer);
}

/* Each answer takes a question to Redis. A unit may ask only so often, over all its connections; an office has no such
 * limit. */
TEST(a_unit_reads_itself_so_often)
{
    static const char unit[] = "0101-001";
    static const char key[] = "0101-001.a";
    int reads = 0;
    int status;
    while ((status = ask_signed(unit, key, unit, 0, key)) == 200) {
        reads++; /* one is given back every two seconds */
        ck_assert_int_lt(reads, 10 * COMMITTEE_UNIT_READS_A_MINUTE);
    }
    ck_assert_int_eq(status, 429);
    ck_assert_int_ge(reads, COMMITTEE_UNIT_READS_A_MINUTE);
    expect_signed("0101-002", "0101-002.a", "0101-002", 0, "0101-002.a", 200);
    committee_expect(turnoutd.intake_http_port, "/v1/units/0101-001", view, NULL, 200);
}

SUITE("units");
