/* The table of a service, looked through for each request. */
#include "http_routes.h"

#include <string.h>

#include <turnout/base/buffer.h>

/* Whether a step of a route stands for any segment. */
static bool is_open(struct slice step, bool is_last, const struct http_route *route)
{
    return slice_equals(step, "*") || (is_last && step.length == 0 && strlen(route->path) > 1);
}

/* *ret_segment is the open segment; of several, all from the first to the last one. */
static bool route_matches(const struct http_route *route, struct slice path, struct slice *ret_segment)
{
    struct slice steps = slice_of(route->path);
    struct slice rest = path;
    *ret_segment = (struct slice){0};
    do {
        struct slice step = text_split(&steps, '/');
        struct slice segment = text_split(&rest, '/');
        bool is_last = steps.bytes == NULL;
        if (is_last != (rest.bytes == NULL)) {
            return false;
        }
        if (is_open(step, is_last, route)) {
            const char *first = ret_segment->bytes == NULL ? segment.bytes : ret_segment->bytes;
            *ret_segment = (struct slice){first, (size_t)(segment.bytes + segment.length - first)};
            if (segment.length == 0) {
                return false;
            }
        } else if (step.length != segment.length || memcmp(step.bytes, segment.bytes, step.length) != 0) {
            return false;
        }
    } while (steps.bytes != NULL);
    return true;
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
