/* How a real turnoutd serves the pages: what browsers are told about them, and in which coding they come. What is on
 * them is for tests/browser. A build without the pages says so under their paths. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/text.h>

#include "http.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { PATH_BYTES = 128, HEADER_BYTES = 512 };

static struct workspace workspace;
static struct turnoutd turnoutd;

static void start_server(void)
{
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

static void get(const char *target, const char *headers, struct http_answer *ret_answer)
{
    http_request(turnoutd.public_port, "GET", target, headers, ret_answer);
}

static void expect_at(uint16_t port, const char *target, int status, const char *code)
{
    struct http_answer answer;
    http_request(port, "GET", target, "", &answer);
    ck_assert_msg(answer.status == status, "%s: %d", target, answer.status);
    ck_assert_msg(strstr(answer.body, code) != NULL, "%s: %s", target, answer.body);
    http_answer_done(&answer);
}

static void expect(const char *target, int status, const char *code)
{
    expect_at(turnoutd.public_port, target, status, code);
}

/* The path of the asset of this kind that the page takes: the first in its HTML that ends so. */
static void find_asset(const char *html, const char *ending, char ret_path[PATH_BYTES])
{
    for (const char *at = strstr(html, "\"/assets/"); at != NULL; at = strstr(at + 1, "\"/assets/")) {
        size_t length = strcspn(at + 1, "\"");
        ck_assert_uint_lt(length, PATH_BYTES);
        memcpy(ret_path, at + 1, length);
        ret_path[length] = '\0';
        if (length > strlen(ending) && strcmp(ret_path + length - strlen(ending), ending) == 0) {
            return;
        }
    }
    ck_abort_msg("no %s in: %s", ending, html);
}

SHARED_FIXTURE(start_server, stop_server);

#define OWN "connect-src 'self';"

static const struct {
    const char *path, *asked, *ancestors;
    bool is_at_intake;
} pages[] = {
    {"/", OWN, "frame-ancestors 'none'", false},
    {"/a/01", OWN, "frame-ancestors 'none'", false},
    {"/bulletin/1", OWN, "frame-ancestors 'none'", false},
    {"/check", "connect-src 'self' https: http:;", "frame-ancestors 'none'", false},
    {"/embed/headline", OWN, "frame-ancestors *", false},
    {"/embed/map", OWN, "frame-ancestors *", false},
    {"/report", OWN, "frame-ancestors 'none'", true},
    {"/committee", OWN, "frame-ancestors 'none'", true},
};

LOOP_TEST(pages_are_strict_and_never_cached, COUNT(pages))
{
    uint16_t port = pages[_i].is_at_intake ? turnoutd.intake_http_port : turnoutd.public_port;
    uint16_t other_port = pages[_i].is_at_intake ? turnoutd.public_port : turnoutd.intake_http_port;
    expect_at(other_port, pages[_i].path, 404, "not-found");
    if (!TURNOUT_PAGES) {
        expect_at(port, pages[_i].path, 404, "no-pages");
        return;
    }
    struct http_answer answer;
    http_request(port, "GET", pages[_i].path, "", &answer);
    ck_assert_int_eq(answer.status, 200);
    http_check_header(&answer, "Content-Type", "text/html; charset=utf-8");
    http_check_header(&answer, "Cache-Control", "no-cache");
    http_check_header(&answer, "X-Content-Type-Options", "nosniff");
    http_check_header(&answer, "Referrer-Policy", "no-referrer");
    char policy[HEADER_BYTES];
    ck_assert(http_answer_header(&answer, "Content-Security-Policy", policy, sizeof policy));
    ck_assert_msg(strstr(policy, "default-src 'none'; script-src 'self'; style-src 'self'") == policy, "%s",
                  policy);
    ck_assert_msg(strstr(policy, pages[_i].asked) != NULL, "%s", policy);
    ck_assert_msg(strstr(policy, pages[_i].ancestors) != NULL, "%s", policy);
    ck_assert_ptr_null(strstr(policy, "unsafe"));
    ck_assert_ptr_null(strstr(answer.body, "style="));
    ck_assert_ptr_null(strstr(answer.body, "<script>"));
    char etag[HEADER_BYTES];
    ck_assert(http_answer_header(&answer, "ETag", etag, sizeof etag));
    http_answer_done(&answer);
    struct buffer header = {0};
    buffer_printf(&header, "If-None-Match: %s\r\n", etag);
    http_request(port, "GET", pages[_i].path, header.bytes, &answer);
    ck_assert_int_eq(answer.status, 304);
    http_check_header(&answer, "Cache-Control", "no-cache");
    http_answer_done(&answer);
    buffer_done(&header);
}

static const struct {
    const char *accepted, *coding;
} codings[] = {
    {"", NULL},
    {"Accept-Encoding: gzip, deflate, br\r\n", "br"},
    {"Accept-Encoding: gzip\r\n", "gzip"},
    {"Accept-Encoding: br;q=0.5, gzip;q=0.8\r\n", "gzip"},
    {"Accept-Encoding: br;q=0.5, gzip;q=0.5, identity\r\n", NULL},
    {"Accept-Encoding: *;q=0, identity\r\n", NULL},
};

LOOP_TEST(assets_are_kept_for_ever_in_every_coding, COUNT(codings))
{
    if (!TURNOUT_PAGES) {
        expect("/assets/live.js", 404, "no-pages");
        return;
    }
    static const char *const kinds[][2] = {{".js", "text/javascript; charset=utf-8"},
                                           {".css", "text/css; charset=utf-8"}};
    struct http_answer page;
    get("/", "", &page);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char path[PATH_BYTES];
        find_asset(page.body, kinds[i][0], path);
        struct http_answer answer;
        struct http_answer plain;
        get(path, codings[_i].accepted, &answer);
        get(path, "", &plain);
        ck_assert_int_eq(answer.status, 200);
        http_check_header(&answer, "Content-Type", kinds[i][1]);
        http_check_header(&answer, "Cache-Control", "public, max-age=31536000, immutable");
        http_check_header(&answer, "Vary", "Accept-Encoding");
        char coding[HEADER_BYTES];
        if (codings[_i].coding == NULL) {
            ck_assert(!http_answer_header(&answer, "Content-Encoding", coding, sizeof coding));
            ck_assert_uint_eq(answer.body_bytes, plain.body_bytes);
        } else {
            http_check_header(&answer, "Content-Encoding", codings[_i].coding);
            ck_assert_uint_lt(answer.body_bytes, plain.body_bytes / 2);
        }
        http_answer_done(&answer);
        http_answer_done(&plain);
    }
    http_answer_done(&page);
}

TEST(what_is_no_page_is_not_found)
{
    const char *code = TURNOUT_PAGES ? "not-found" : "no-pages";
    expect("/assets/live.js", 404, code);
    expect("/embed/", 404, "not-found");
    expect("/embed/other", 404, code);
    expect("/a/", 404, "not-found");
    expect("/a/01/02", 404, "not-found");
    expect("/bulletin/", 404, "not-found");
    expect("/check/1", 404, "not-found");
    struct http_answer answer;
    http_request(turnoutd.public_port, "POST", "/", "Content-Length: 0\r\n", &answer);
    ck_assert_int_eq(answer.status, 405);
    http_answer_done(&answer);
}

SUITE("pages");
