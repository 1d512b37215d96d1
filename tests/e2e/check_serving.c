/* How a real turnoutd speaks HTTP to readers and operators (DESIGN sections 7 and 9): caching, compression,
 * methods, paths, and requests that must be refused. The tests only read, so they share one server. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>

#include "committee.h"
#include "decompress.h"
#include "http.h"
#include "one_server.h"
#include "readyz.h"
#include "small_election.h"
#include "suite.h"

enum { HEADER_BYTES = 256 };

static void start_with_bulletin(void)
{
    char header[TOKEN_HEADER_BYTES];
    start_server();
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_expect(turnoutd.intake_http_port, "/v1/bulletins", header, "{\"label\":\"1\"}", 201);
}

/* The same with a Redis that stands still, so that no publication comes between two answers: another one comes every
 * ten seconds, and when a minute ends. */
static void start_still_server(void)
{
    start_with_bulletin();
    ck_assert_int_eq(kill(turnoutd_redis_pid(&turnoutd), SIGSTOP), 0);
    readyz_expect_broken(&turnoutd, "publication-age", "not confirmed");
}

static void stop_still_server(void)
{
    ck_assert_int_eq(kill(turnoutd_redis_pid(&turnoutd), SIGCONT), 0);
    stop_server();
}

static void get(const char *target, const char *headers, struct http_answer *ret_answer)
{
    http_request(turnoutd.public_port, "GET", target, headers, ret_answer);
}

/* ---- documents ---- */

#define LIVE      "public, max-age=2, stale-while-revalidate=30"
#define IMMUTABLE "public, max-age=31536000, immutable"

/* Every public document. */
static const struct {
    const char *target;
    const char *cache_control;
} documents[] = {
    {"/v1", LIVE},
    {"/v1/turnout", LIVE},
    {"/v1/turnout?since=0", LIVE},
    {"/v1/snapshot.json?fields=voted", LIVE},
    {"/v1/snapshot.csv?level=province", LIVE},
    {"/v1/areas/01", LIVE},
    {"/v1/snapshot.json", LIVE},
    {"/v1/snapshot.csv", LIVE},
    {"/v1/rounds", LIVE},
    {"/v1/rounds.csv", LIVE},
    {"/v1/series", LIVE},
    {"/v1/series?step=5", LIVE},
    {"/v1/corrections", LIVE},
    {"/v1/corrections?limit=1", LIVE},
    {"/v1/bulletins", LIVE},
    {"/v1/bulletins/1/bulletin.txt", IMMUTABLE},
    {"/v1/bulletins/1/bulletin.sig", IMMUTABLE},
    {"/v1/bulletins/1/areas/T.csv", IMMUTABLE},
    {"/v1/bulletins/1/areas/0101.csv", IMMUTABLE},
    {"/v1/turnout?at=1", IMMUTABLE},
    {"/v1/snapshot.json?at=1", IMMUTABLE},
    {"/v1/snapshot.csv?at=1", IMMUTABLE},
    {"/v1/snapshot.csv?at=1&sep=%3B&bom=1", IMMUTABLE},
    {"/v1/diff?from=1", LIVE},
    {"/v1/keys", LIVE},
    {"/v1/nist.json", LIVE},
    {"/v1/milestones", LIVE},
    {"/v1/feed.atom", LIVE},
};
enum { DOCUMENTS = sizeof documents / sizeof documents[0] };

static void check_caching(const struct http_answer *answer, size_t i)
{
    char value[HEADER_BYTES];
    http_check_header(answer, "Cache-Control", documents[i].cache_control);
    http_check_header(answer, "Vary", "Accept-Encoding");
    http_check_header(answer, "Access-Control-Allow-Origin", "*");
    ck_assert_msg(http_answer_header(answer, "Last-Modified", value, sizeof value), "%s",
                  documents[i].target);
    ck_assert_str_eq(value + strlen(value) - strlen(" GMT"), " GMT");
    ck_assert(http_answer_header(answer, "ETag", value, sizeof value));
    ck_assert_msg(value[0] == '"' && value[strlen(value) - 1] == '"', "not a strong ETag: %s", value);
}

SHARED_FIXTURE(start_still_server, stop_still_server);

TEST(documents_are_cached_by_etag)
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct http_answer answer;
        get(documents[i].target, "", &answer);
        ck_assert_int_eq(answer.status, 200);
        check_caching(&answer, i);
        char etag[HEADER_BYTES];
        ck_assert(http_answer_header(&answer, "ETag", etag, sizeof etag));
        http_answer_done(&answer);

        struct buffer header = {0};
        buffer_printf(&header, "If-None-Match: \"other\", %s\r\n", etag);
        get(documents[i].target, header.bytes, &answer);
        ck_assert_msg(answer.status == 304, "%s: %d", documents[i].target, answer.status);
        check_caching(&answer, i);
        http_check_header(&answer, "ETag", etag);
        http_answer_done(&answer);
        buffer_done(&header);

        get(documents[i].target, "If-None-Match: \"other\"\r\n", &answer);
        ck_assert_msg(answer.status == 200, "%s: %d", documents[i].target, answer.status);
        http_answer_done(&answer);
    }
}

/* Several versions can share a second: a time tells them apart no more than a guess. */
TEST(a_time_makes_no_document_unchanged)
{
    struct http_answer answer;
    get("/v1/turnout", "", &answer);
    char modified[HEADER_BYTES];
    ck_assert(http_answer_header(&answer, "Last-Modified", modified, sizeof modified));
    http_answer_done(&answer);
    struct buffer header = {0};
    buffer_printf(&header, "If-Modified-Since: %s\r\n", modified);
    get("/v1/turnout", header.bytes, &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
    buffer_done(&header);
}

static void expect_nosniff(uint16_t port, const char *method, const char *target, const char *headers)
{
    struct http_answer answer;
    http_request(port, method, target, headers, &answer);
    http_check_header(&answer, "X-Content-Type-Options", "nosniff");
    http_answer_done(&answer);
}

/* Names and notes are other people's words: no browser may take them for a page. */
TEST(every_answer_is_what_it_says)
{
    expect_nosniff(turnoutd.public_port, "GET", "/v1/turnout", "");
    expect_nosniff(turnoutd.public_port, "GET", "/v1/turnout", "If-None-Match: *\r\n");
    expect_nosniff(turnoutd.public_port, "OPTIONS", "/v1/turnout", "");
    expect_nosniff(turnoutd.public_port, "BREW", "/v1/turnout", "");
    expect_nosniff(turnoutd.intake_http_port, "GET", "/v1/held", "");
    expect_nosniff(turnoutd.operate_port, "GET", "/metrics", "");
}

static const struct {
    const char *accepted;
    const char *coding;
} codings[] = {
    {"Accept-Encoding: gzip\r\n", "gzip"},
    {"Accept-Encoding: br\r\n", "br"},
    {"Accept-Encoding: gzip, deflate, br\r\n", "br"},
    {"Accept-Encoding: br;q=0.5, gzip;q=0.8\r\n", "gzip"},
    {"Accept-Encoding: identity;q=0, *;q=0.1\r\n", "br"},
};

LOOP_TEST(documents_come_compressed, COUNT(codings))
{
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct http_answer plain;
        get(documents[i].target, "Accept-Encoding: gzip;q=0, identity\r\n", &plain);
        char value[HEADER_BYTES];
        ck_assert(!http_answer_header(&plain, "Content-Encoding", value, sizeof value));
        char plain_etag[HEADER_BYTES];
        ck_assert(http_answer_header(&plain, "ETag", plain_etag, sizeof plain_etag));

        struct http_answer packed;
        get(documents[i].target, codings[_i].accepted, &packed);
        ck_assert_int_eq(packed.status, 200);
        http_check_header(&packed, "Content-Encoding", codings[_i].coding);
        check_caching(&packed, i);
        /* Other bytes, so another strong ETag: that of its coding alone. */
        ck_assert(http_answer_header(&packed, "ETag", value, sizeof value));
        char wanted[HEADER_BYTES];
        ck_assert_int_gt(snprintf(wanted, sizeof wanted, "%.*s-%s\"", (int)strlen(plain_etag) - 1, plain_etag,
                                  codings[_i].coding),
                         0);
        ck_assert_str_eq(value, wanted);
        enum { WORTH_IT_BYTES = 400 };
        ck_assert(plain.body_bytes < WORTH_IT_BYTES || packed.body_bytes < plain.body_bytes);
        size_t length;
        char *text = decompress(&packed, &length);
        ck_assert_uint_eq(length, plain.body_bytes);
        ck_assert_mem_eq(text, plain.body, length);
        free(text);
        http_answer_done(&packed);
        http_answer_done(&plain);
    }
}

TEST(who_takes_no_coding_is_told_so)
{
    static const char *const refused[] = {"Accept-Encoding: *;q=0\r\n", "Accept-Encoding: identity;q=0\r\n",
                                          "Accept-Encoding: identity;q=0, *;q=0\r\n"};
    for (int i = 0; i < COUNT(refused); i++) {
        struct http_answer answer;
        get("/v1/turnout", refused[i], &answer);
        ck_assert_int_eq(answer.status, 406);
        ck_assert_ptr_nonnull(strstr(answer.body, "\"code\":\"not-acceptable\""));
        http_check_header(&answer, "Vary", "Accept-Encoding");
        http_answer_done(&answer);
    }
}

/* On one connection, so that a body where none belongs would be taken for the next answer. */
TEST(head_is_get_without_the_body)
{
    struct http_link link;
    http_open(&link, turnoutd.public_port);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct buffer requests = {0};
        buffer_printf(&requests, "HEAD %s HTTP/1.1\r\nHost: x\r\n\r\nGET %s HTTP/1.1\r\nHost: x\r\n\r\n",
                      documents[i].target, documents[i].target);
        http_send(&link, requests.bytes, requests.length);
        buffer_done(&requests);
        struct http_answer head;
        struct http_answer whole;
        http_read_answer(&link, false, &head);
        http_read_answer(&link, true, &whole);
        ck_assert_int_eq(head.status, 200);
        ck_assert_int_eq(whole.status, 200);
        check_caching(&head, i);
        static const char *const same[] = {"Content-Length", "Content-Type", "ETag", "Last-Modified"};
        for (size_t h = 0; h < sizeof same / sizeof same[0]; h++) {
            char value[HEADER_BYTES];
            ck_assert(http_answer_header(&head, same[h], value, sizeof value));
            http_check_header(&whole, same[h], value);
        }
        http_answer_done(&head);
        http_answer_done(&whole);
    }
    http_close(&link);
}

TEST(methods_and_paths_are_told_apart)
{
    static const struct {
        const char *method;
        const char *target;
        int status;
    } cases[] = {
        {"GET", "/v1/areas/0103", 404},     {"GET", "/v1/areas/0101-001", 404},
        {"GET", "/v1/areas/", 404},         {"GET", "/v1/areas/01/", 404},
        {"GET", "/v1/turnout/", 404},       {"GET", "/v2/turnout", 404},
        {"GET", "/metrics", 404},           {"GET", "/v1/reports", 404},
        {"GET", "/../etc/passwd", 404},     {"GET", "/v1/areas/%00", 404},
        {"POST", "/v1/turnout", 405},       {"POST", "/v1/areas/01", 405},
        {"POST", "/v1/snapshot.json", 405}, {"POST", "/v1/nowhere", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_answer answer;
        bool posts = strcmp(cases[i].method, "POST") == 0;
        http_request(turnoutd.public_port, cases[i].method, cases[i].target,
                     posts ? "Content-Length: 0\r\n" : "", &answer);
        ck_assert_msg(answer.status == cases[i].status, "%s %s: %d, not %d", cases[i].method, cases[i].target,
                      answer.status, cases[i].status);
        http_check_header(&answer, "Content-Type", "application/problem+json");
        json_t *problem = json_of(answer.body);
        ck_assert_int_eq(json_integer_of(problem, "status"), cases[i].status);
        ck_assert_ptr_nonnull(strstr(json_text_of(problem, "type"), "urn:turnout:problem:"));
        json_decref(problem);
        char allow[HEADER_BYTES];
        bool allows = http_answer_header(&answer, "Allow", allow, sizeof allow);
        ck_assert_int_eq(allows, cases[i].status == 405);
        if (allows) {
            ck_assert(strstr(allow, "GET") != NULL && strstr(allow, "HEAD") != NULL);
        }
        http_answer_done(&answer);
    }
}

TEST(options_tells_what_is_allowed)
{
    struct http_answer answer;
    http_request(turnoutd.public_port, "OPTIONS", "/v1/turnout",
                 "Origin: https://example.org\r\nAccess-Control-Request-Method: GET\r\n", &answer);
    ck_assert_int_eq(answer.status, 204);
    http_check_header(&answer, "Access-Control-Allow-Origin", "*");
    char allow[HEADER_BYTES];
    ck_assert(http_answer_header(&answer, "Allow", allow, sizeof allow));
    ck_assert(strstr(allow, "GET") != NULL && strstr(allow, "HEAD") != NULL &&
              strstr(allow, "OPTIONS") != NULL);
    http_answer_done(&answer);
}

/* Sends a request whose answer must be the last one on its connection. Returns the status. */
static int status_of_last(const char *request)
{
    struct http_link link;
    struct http_answer answer;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, request);
    http_read_answer(&link, true, &answer);
    int status = answer.status;
    http_check_header(&answer, "Connection", "close");
    http_answer_done(&answer);
    http_expect_closed(&link);
    return status;
}

/* Each is refused, and the connection closed with nothing behind it read as another request. */
TEST(requests_that_could_be_smuggled_are_refused)
{
    static const char *const requests[] = {
        "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/turnout HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST /v1/turnout HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
        "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "GET /v1/turnout HTTP/1.1\nHost: x\n\n",
        "GET /v1/turnout HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /v1/turnout HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET /v1/turnout HTTP/1.1\r\n\r\n",
        "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET http://y/v1/turnout HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET  /v1/turnout HTTP/1.1\r\nHost: x\r\n\r\n",
        "BREW /v1/turnout HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/turnout HTTP/2.0\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02 not HTTP at all\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        int status = status_of_last(requests[i]);
        ck_assert_msg(status >= 400, "%d for %s", status, requests[i]);
    }
}

TEST(a_head_without_end_is_refused)
{
    struct http_link link;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nX-Long: ");
    struct buffer head = {0};
    while (head.length < REQUEST_HEAD_BYTES_MAX) {
        buffer_append_char(&head, 'x');
    }
    http_send(&link, head.bytes, head.length);
    buffer_done(&head);
    struct http_answer answer;
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 400);
    http_answer_done(&answer);
    http_close(&link);
}

TEST(connections_end_when_asked_to)
{
    ck_assert_int_eq(status_of_last("GET /v1/turnout HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
    ck_assert_int_eq(status_of_last("GET /v1/turnout HTTP/1.0\r\n\r\n"), 200);
}

static int status_under(uint16_t port, const char *path, const char *host)
{
    struct buffer request = {0};
    struct http_link link;
    struct http_answer answer;
    buffer_printf(&request, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer none\r\n\r\n", path, host);
    http_open(&link, port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, true, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    http_close(&link);
    buffer_done(&request);
    return status;
}

/* A page can have its own name resolve to this machine. What it asks is not even looked at; readers may come by any
 * name, for any page may read what they do. */
TEST(intake_and_operate_have_names_of_their_own)
{
    static const char *const good[] = {"localhost", "127.0.0.1:8081", "[::1]", "x"};
    static const char *const bad[] = {"evil.example", "evil.example:8081", "10.0.0.1", "y"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_int_eq(status_under(turnoutd.intake_http_port, "/v1/held", good[i]), 401);
        ck_assert_int_eq(status_under(turnoutd.operate_port, "/livez", good[i]), 200);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(status_under(turnoutd.intake_http_port, "/v1/held", bad[i]), 421);
        ck_assert_int_eq(status_under(turnoutd.operate_port, "/livez", bad[i]), 421);
        ck_assert_int_eq(status_under(turnoutd.public_port, "/v1/turnout", bad[i]), 200);
    }
}

/* ---- operations ---- */

CASE("operating");
SHARED_FIXTURE(start_with_bulletin, stop_server);

TEST(operators_see_life_readiness_and_metrics)
{
    static const char *const paths[] = {"/livez", "/readyz", "/metrics"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_answer answer;
        http_request(turnoutd.operate_port, "GET", paths[i], "", &answer);
        ck_assert_msg(answer.status == 200, "%s: %d %s", paths[i], answer.status, answer.body);
        http_answer_done(&answer);
        http_request(turnoutd.public_port, "GET", paths[i], "", &answer);
        ck_assert_msg(answer.status == 404, "%s is public", paths[i]);
        http_answer_done(&answer);
    }

    struct http_answer answer;
    http_request(turnoutd.operate_port, "GET", "/metrics", "", &answer);
    char type[HEADER_BYTES];
    ck_assert(http_answer_header(&answer, "Content-Type", type, sizeof type));
    ck_assert_msg(strncmp(type, "text/plain", strlen("text/plain")) == 0, "%s", type);
    /* Every line is a comment or a name of ours and its value. */
    struct slice rest = slice_of(answer.body);
    size_t samples = 0;
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        if (line.length > 0 && line.bytes[0] != '#') {
            ck_assert_msg(strncmp(line.bytes, "turnout_", strlen("turnout_")) == 0, "%.*s", (int)line.length,
                          line.bytes);
            samples++;
        }
    }
    ck_assert_uint_gt(samples, 0);
    http_answer_done(&answer);
}

SUITE("serving");
