/* What a real turnoutd serves, held against the schemas in proto/: no field more, none less, each of its type.
 * Before the first report, after some, and while an area does not add up. */
#include <check.h>
#include <hiredis/hiredis.h>
#include <jansson.h>
#include <poll.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "committee.h"
#include "hidden_area.h"
#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "public_documents.h"
#include "small_election.h"
#include "suite.h"

/* ---- documents ---- */

static void setup(void)
{
    static const char *const settings[] = {"--workers", "2", NULL};
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, settings);
}

/* What asks for something special, or in vain, beside every document of the index. */
static const struct {
    const char *target;
    const char *schema;
    int status;
} special[] = {
    {"/v1/turnout?since=0", "turnout.schema.json", 200},
    {"/v1/snapshot.json?fields=voted,parent,revision", "selection.schema.json", 200},
    {"/v1/snapshot.json?level=commune", "snapshot.schema.json", 200},
    {"/v1/snapshot.json?fields=vote", "problem.schema.json", 400},
    {"/v1/series?area=01&from=2026-03-15T07:00:00%2B07:00&step=30", "series.schema.json", 200},
    {"/v1/series?area=0101", "problem.schema.json", 404},
    {"/v1/areas/none", "problem.schema.json", 404},
    {"/v1/snapshot.csv?bom=2", "problem.schema.json", 400},
    {"/v2", "problem.schema.json", 404},
};

static json_t *get_json(const char *target, int status)
{
    return json_get(turnoutd.public_port, target, status);
}

static void check_json(const char *target, const char *schema, int status)
{
    json_t *document = get_json(target, status);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check(schema, document, fault), "%s: %s", target, fault);
    json_decref(document);
}

/* What is no JSON is at least of the type that the index says. */
static void check_type(const struct public_document *document)
{
    struct http_answer answer;
    http_request(turnoutd.public_port, "HEAD", document->target, "", &answer);
    bool is_page = strncmp(document->media_type, "text/html", strlen("text/html")) == 0;
    if (answer.status == 200 || !is_page || TURNOUT_PAGES) {
        ck_assert_msg(answer.status == 200, "%s: %d", document->target, answer.status);
        http_check_header(&answer, "Content-Type", document->media_type);
    }
    http_answer_done(&answer);
}

static void check_documents(void)
{
    static struct public_document documents[PUBLIC_DOCUMENTS_MAX];
    size_t count = public_documents(turnoutd.public_port, documents);
    size_t with_schema = 0;
    for (size_t i = 0; i < count; i++) {
        if (documents[i].schema[0] != '\0') {
            check_json(documents[i].target, documents[i].schema, 200);
            with_schema++;
        }
        check_type(&documents[i]);
    }
    ck_assert_uint_ge(with_schema, SMALL_AREAS + 7); /* or this looks at nothing */
    for (int i = 0; i < COUNT(special); i++) {
        check_json(special[i].target, special[i].schema, special[i].status);
    }
}

/* Posts a report and holds the answer against the schema of its kind. */
static void post(const struct small_report *report, int status)
{
    struct http_answer answer;
    small_report_post(turnoutd.intake_http_port, report, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    const char *schema = status < 400 ? "result.schema.json" : "problem.schema.json";
    ck_assert_msg(json_schema_check(schema, document, fault), "%s in %s", fault, answer.body);
    json_decref(document);
    http_answer_done(&answer);
}

static const json_t *find_area(const json_t *areas, const char *code)
{
    size_t i = 0;
    while (i < json_array_size(areas) && strcmp(json_text_of(json_array_get(areas, i), "code"), code) != 0) {
        i++;
    }
    ck_assert_msg(i < json_array_size(areas), "%s is not shown", code);
    return json_array_get(areas, i);
}

FIXTURE(setup, stop_server);

TEST(documents_conform_before_the_first_report)
{
    check_documents();
    json_t *document = get_json("/v1/turnout", 200);
    const json_t *nation = json_object_of(document, "nation");
    ck_assert(json_is_null(json_object_get(document, "as_of")));
    ck_assert(json_is_null(json_object_get(nation, "as_of")));
    ck_assert(json_is_null(json_object_get(nation, "percent_of_reported")));
    ck_assert(json_is_true(json_object_get(nation, "verified")));
    ck_assert_int_eq(json_integer_of(nation, "voted"), 0);
    json_decref(document);
}

TEST(documents_conform_after_reports)
{
    post(&(struct small_report){.seq = 2, .voted = 1000}, 201);
    post(&(struct small_report){.seq = 2, .voted = 1000}, 200);
    post(&(struct small_report){.seq = 1, .voted = 1}, 200);
    post(&(struct small_report){.seq = 2, .voted = 999}, 409);
    post(&(struct small_report){.seq = 0, .voted = 1}, 400);
    post(&(struct small_report){.unit = "0201-001", .seq = 1, .voted = 333}, 201);
    small_wait_voted(turnoutd.public_port, 1333);
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_expect(turnoutd.intake_http_port, "/v1/bulletins", header, "{\"label\":\"now\"}", 201);
    check_documents();

    /* What a stream answers is the same object, with the number of the line. */
    char line[1024];
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    http_send_text(&link, "\nnonsense\n");
    http_read_line(&link, line, sizeof line);
    http_close(&link);
    json_t *result = json_of(line);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check("result.schema.json", result, fault), "%s in %s", fault, line);
    ck_assert_int_eq(json_integer_of(result, "line"), 2);
    json_decref(result);
}

/* ---- under verification ---- */

/* Changes behind turnoutd's back what Redis holds of the province 01. */
static void tamper(int by)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    struct redisReply *reply = redisCommand(redis, "HGET turnout:{small:01}:totals voted");
    int64_t voted;
    ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_STRING &&
                      text_parse_integer(slice_of(reply->str), 0, INT32_MAX, &voted),
                  "HGET was refused");
    freeReplyObject(reply);
    reply = redisCommand(redis, "HSET turnout:{small:01}:totals voted %d", (int)voted + by);
    ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_INTEGER, "HSET was refused");
    freeReplyObject(reply);
    redisFree(redis);
}

static bool nation_is_verified(void)
{
    json_t *document = get_json("/v1/turnout", 200);
    bool is_verified = json_is_true(json_object_get(json_object_of(document, "nation"), "verified"));
    json_decref(document);
    return is_verified;
}

static void wait_verified(bool wanted)
{
    enum { ASK_AGAIN_MS = 20 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (nation_is_verified() != wanted) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "the nation was never verified=%d", wanted);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

/* Nothing that was counted is shown; what the register says is. */
static void check_hidden(const json_t *area)
{
    hidden_area_check(area);
    ck_assert(json_is_false(json_object_get(area, "verified")));
    ck_assert_int_gt(json_integer_of(area, "units"), 0);
    ck_assert_int_gt(json_integer_of(area, "communes"), 0);
}

TEST(documents_conform_under_verification)
{
    post(&(struct small_report){.unit = "0201-001", .seq = 1, .voted = 333}, 201);
    post(&(struct small_report){.seq = 1, .voted = 500}, 201);
    small_wait_voted(turnoutd.public_port, 833);

    /* A province is read again when its revision has moved, so a report has to follow. */
    tamper(1);
    post(&(struct small_report){.seq = 2, .voted = 600}, 201);
    wait_verified(false);
    check_documents();
    json_t *document = get_json("/v1/snapshot.json", 200);
    const json_t *areas = json_array_of(document, "areas");
    ck_assert(json_is_null(json_object_get(document, "as_of")));
    static const char *const doubted[] = {"T", "01", "0101", "0102"};
    for (size_t i = 0; i < sizeof doubted / sizeof doubted[0]; i++) {
        check_hidden(find_area(areas, doubted[i]));
    }
    static const char *const others[] = {"02", "0201", "0202"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert(json_is_true(json_object_get(find_area(areas, others[i]), "verified")));
    }
    ck_assert_int_eq(json_integer_of(find_area(areas, "02"), "voted"), 333);
    json_decref(document);

    struct http_answer csv;
    http_request(turnoutd.public_port, "GET", "/v1/snapshot.csv", "", &csv);
    ck_assert_msg(strstr(csv.body, "\r\n01,province,T,Miền Đông,,,,,6,,,") != NULL, "%s", csv.body);
    http_answer_done(&csv);

    tamper(-1);
    wait_verified(true);
    small_wait_voted(turnoutd.public_port, 933);
    check_documents();
}

/* ---- the checker, checked ---- */

static void check_refused(json_t *document, const char *schema, const char *wanted)
{
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(!json_schema_check(schema, document, fault), "%s: conforms, though %s", schema, wanted);
    ck_assert_msg(strcmp(fault, wanted) == 0, "%s, and not: %s", fault, wanted);
}

/* Every field of the object, at the top of the document or below, is needed, and has a type that an array has
 * not, unless it is one; another field is not wanted. */
static void check_exactness(json_t *document, json_t *object, const char *schema)
{
    json_t *untouched = json_copy(object);
    const char *key;
    json_t *value;
    json_object_foreach(untouched, key, value)
    {
        struct buffer wanted = {0};
        ck_assert_int_eq(json_object_del(object, key), 0);
        buffer_printf(&wanted, "\"%s\" is missing", key);
        check_refused(document, schema, wanted.bytes);

        buffer_clear(&wanted);
        buffer_printf(&wanted, "\"%s\" is not of its type", key);
        ck_assert_int_eq(json_object_set_new(object, key, json_is_array(value) ? json_null() : json_array()),
                         0);
        check_refused(document, schema, wanted.bytes);
        ck_assert_int_eq(json_object_set(object, key, value), 0);
        buffer_done(&wanted);
    }
    ck_assert_int_eq(json_object_set_new(object, "mood", json_null()), 0);
    check_refused(document, schema, "\"mood\" is not in the schema");
    ck_assert_int_eq(json_object_del(object, "mood"), 0);
    char fault[JSON_SCHEMA_FAULT_BYTES];
    ck_assert_msg(json_schema_check(schema, document, fault), "%s", fault);
    json_decref(untouched);
}

TEST(schemas_list_exactly_what_is_served)
{
    static const struct {
        const char *target;
        const char *schema;
        const char *area;  /* a member that is an area */
        const char *areas; /* a member that holds areas */
    } cases[] = {{"/v1/turnout", "turnout.schema.json", "nation", "provinces"},
                 {"/v1/areas/01", "area.schema.json", "area", "children"},
                 {"/v1/snapshot.json", "snapshot.schema.json", NULL, "areas"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *document = get_json(cases[i].target, 200);
        check_exactness(document, document, cases[i].schema);
        check_exactness(document, json_object_get(document, "election"), cases[i].schema);
        if (cases[i].area != NULL) {
            check_exactness(document, json_object_get(document, cases[i].area), cases[i].schema);
        }
        check_exactness(document, json_array_get(json_object_get(document, cases[i].areas), 1),
                        cases[i].schema);
        json_decref(document);
    }
}

SUITE("schemas");
