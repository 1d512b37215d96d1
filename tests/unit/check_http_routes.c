/* Paths and the routes that they find. */
#include "../../src/net/http_routes.h"

#include <check.h>
#include <string.h>

#include "suite.h"

static void handler(void *context, struct http_exchange *exchange, const struct http_request *request,
                    struct slice segment, struct slice body)
{
    (void)context;
    (void)exchange;
    (void)request;
    (void)segment;
    (void)body;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", handler},      {HTTP_GET, "/a", handler},      {HTTP_GET, "/a/", handler},
    {HTTP_GET, "/a/*/b", handler}, {HTTP_GET, "/a/*/b/", handler}, {HTTP_GET, "/a/*/b/*/c", handler},
};

static const struct {
    const char *path;
    const char *route; /* NULL: none */
    const char *segment;
} cases[] = {
    {"/", "/", ""},
    {"/a", "/a", ""},
    {"/a/1", "/a/", "1"},
    {"/a/*", "/a/", "*"},
    {"/a/1/b", "/a/*/b", "1"},
    {"/a/1/b/2.csv", "/a/*/b/", "1/b/2.csv"},
    {"/a/1/b/2/c", "/a/*/b/*/c", "1/b/2"},
    {"", NULL, ""},
    {"//", NULL, ""},
    {"/a/", NULL, ""},
    {"/a//b", NULL, ""},
    {"/a/1/", NULL, ""},
    {"/a/1/b/", NULL, ""},
    {"/a/1/c", NULL, ""},
    {"/a/1/b/2/d", NULL, ""},
    {"/a/1/b//c", NULL, ""},
    {"/a/1/b/2/c/", NULL, ""},
    {"a", NULL, ""},
    {"/ab", NULL, ""},
};

LOOP_TEST(a_path_finds_its_route, COUNT(cases))
{
    const struct http_service service = {.routes = routes, .route_count = sizeof routes / sizeof routes[0]};
    const struct http_request request = {.method = HTTP_GET, .path = slice_of(cases[_i].path)};
    struct route_match match = http_find_route(&service, &request);
    ck_assert_msg((match.route == NULL) == (cases[_i].route == NULL), "%s", cases[_i].path);
    if (match.route != NULL) {
        ck_assert_str_eq(match.route->path, cases[_i].route);
        ck_assert_msg(slice_equals(match.segment, cases[_i].segment), "%s", cases[_i].path);
    }
}

SUITE("http_routes");
