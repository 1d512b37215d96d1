/* The table of a service, looked through for each request. */
#include "http_routes.h"

#include <string.h>

#include <turnout/base/buffer.h>

static bool route_matches(const struct http_route *route, struct slice path, struct slice *ret_segment)
{
    size_t before = strcspn(route->path, "*"); /* the star stands for the segment */
    const char *after = route->path[before] == '*' ? route->path + before + 1 : "";
    bool takes_segment = before > 1 && route->path[before - 1] == '/';
    *ret_segment = (struct slice){0};
    if (!takes_segment) {
        return slice_equals(path, route->path);
    }
    size_t length = before + strlen(after);
    if (path.length <= length || memcmp(path.bytes, route->path, before) != 0 ||
        memcmp(path.bytes + path.length - strlen(after), after, strlen(after)) != 0) {
        return false;
    }
    *ret_segment = (struct slice){path.bytes + before, path.length - length};
    return memchr(ret_segment->bytes, '/', ret_segment->length) == NULL;
}

struct route_match http_find_route(const struct http_service *service, const struct http_request *request)
{
    struct route_match match = {0};
    enum http_method method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    for (size_t i = 0; i < service->route_count; i++) {
        const struct http_route *route = &service->routes[i];
        struct slice segment;
        if (!route_matches(route, request->path, &segment)) {
            continue;
        }
        match.path_is_known = true;
        match.takes_get = match.takes_get || route->method == HTTP_GET;
        match.takes_post = match.takes_post || route->method == HTTP_POST;
        if (route->method == method && match.route == NULL) {
            match.route = route;
            match.segment = segment;
        }
    }
    return match;
}

void http_answer_without_route(struct http_exchange *exchange, const struct http_service *service,
                               const struct http_request *request, const struct route_match *match)
{
    bool asks_for_options = request->method == HTTP_OPTIONS;
    if (!match->path_is_known && !(asks_for_options && slice_equals(request->path, "*"))) {
        http_answer_problem(exchange, 404, "not-found", "Not found", "there is nothing at this path", "",
                            NULL);
        return;
    }
    struct buffer headers = {0};
    buffer_printf(&headers, "Allow: OPTIONS%s%s\r\n", match->takes_get ? ", GET, HEAD" : "",
                  match->takes_post ? ", POST" : "");
    if (asks_for_options && service->is_public) {
        buffer_append_text(&headers, "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
                                     "Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 86400\r\n");
    }
    if (asks_for_options) {
        http_answer(exchange, &(struct http_answer){.status = 204, .headers = headers.bytes});
    } else {
        http_answer_problem(exchange, 405, "method-not-allowed", "Method not allowed",
                            "this path takes other methods; see Allow", "", headers.bytes);
    }
    buffer_done(&headers);
}
