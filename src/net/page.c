/* Reads `limit` and `after` of a request. */
#include "page.h"

bool page_read(struct http_exchange *exchange, const struct http_request *request, uint32_t usual,
               uint32_t most, struct page *ret_page)
{
    struct page page = {.limit = usual};
    char value[16];
    uint64_t number;
    if (http_query_has(request->query, "limit")) {
        if (!http_query_value(request->query, "limit", value, sizeof value) ||
            !text_parse_unsigned(slice_of(value), INT32_MAX, &number) || number == 0) {
            http_refuse_parameter(exchange, "limit", "limit is a whole number from 1");
            return false;
        }
        page.limit = number < most ? (uint32_t)number : most;
    }
    if (http_query_has(request->query, "after") &&
        (!http_query_value(request->query, "after", page.after, sizeof page.after) ||
         page.after[0] == '\0')) {
        page_refuse_after(exchange);
        return false;
    }
    *ret_page = page;
    return true;
}

void page_refuse_after(struct http_exchange *exchange)
{
    http_refuse_parameter(exchange, "after", "after is what the page before says as next");
}
