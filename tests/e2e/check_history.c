/* What bulletins froze, asked for later: the documents of one (?at=), the same bytes for ever. */
#include <check.h>

#include "changed_register.h"
#include "json_schema.h"
#include "suite.h"

static struct turnoutd second;

static void start_second(void)
{
    char redis[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    char address[WORKSPACE_PATH_BYTES + 8];
    workspace_path(&workspace, "data/redis/redis.sock", redis);
    workspace_path(&workspace, "data-2", data);
    (void)snprintf(address, sizeof address, "unix:%s", redis);
    const char *const settings[] = {"--redis", address, "--data", data, NULL};
    turnoutd_start(&second, &workspace, settings);
}

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
    start_second();
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

SUITE("history");
