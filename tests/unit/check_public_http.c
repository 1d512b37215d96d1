/* The index names every public document that there is, and none that there is not. */
#include <turnout/net/public_http.h>

#include <check.h>
#include <string.h>

#include <turnout/base/text.h>

#include "../../src/net/http_routes.h"
#include "../../src/service/public_listings.h"
#include "suite.h"

enum { PATH_BYTES = 128 };

/* A path of this template: a letter in each open place, and no query. */
static void expand(const char *template, char ret_path[PATH_BYTES])
{
    size_t length = 0;
    for (const char *at = template; *at != '\0'; at++) {
        ck_assert_uint_lt(length + 1, PATH_BYTES);
        if (*at == '{') {
            bool is_query = at[1] == '?' || at[1] == '&';
            at = strchr(at, '}');
            ck_assert_ptr_nonnull(at);
            if (is_query) {
                continue;
            }
        }
        ret_path[length++] = *at == '}' ? 'x' : *at;
    }
    ret_path[length] = '\0';
}

static const struct http_route *route_of(const struct document_listing *listing)
{
    const struct http_service service = {.routes = public_http_routes,
                                         .route_count = public_http_route_count};
    char path[PATH_BYTES];
    expand(listing->path, path);
    struct slice rest = slice_of(path);
    const struct http_request request = {.method = HTTP_GET, .path = text_split(&rest, '?')};
    const struct route_match match = http_find_route(&service, &request);
    ck_assert_msg(match.route != NULL, "%s is listed, but there is no route", listing->path);
    return match.route;
}

TEST(every_public_route_is_listed_once)
{
    for (size_t r = 0; r < public_http_route_count; r++) {
        const struct http_route *route = &public_http_routes[r];
        bool is_asset = strcmp(route->path, "/assets/") == 0;
        size_t listings = 0;
        for (size_t i = 0; i < public_listing_count; i++) {
            listings += route_of(&public_listings[i]) == route;
        }
        ck_assert_msg(listings == (is_asset ? 0 : 1),
                      "%s is listed %zu times in src/service/public_listings.c", route->path, listings);
    }
}

TEST(listings_are_whole)
{
    static const char *const words[] = {"figures", "bulletin", "version", "never"};
    for (size_t i = 0; i < public_listing_count; i++) {
        const struct document_listing *listing = &public_listings[i];
        size_t word;
        ck_assert_str_ne(listing->what, "");
        ck_assert_msg(text_find(slice_of(listing->changes), words, sizeof words / sizeof words[0], &word),
                      "%s", listing->changes);
        ck_assert_msg((strcmp(listing->media_type, "application/json") == 0) == (listing->schema != NULL),
                      "%s", listing->path);
    }
}

SUITE("public_http");
