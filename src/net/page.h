/* Lists in pages: `?limit=` and `?after=` of a request, `total` and `next` of its answer. A list that an outsider can
 * make long is read and answered a page at a time, never whole. */
#ifndef TURNOUT_NET_PAGE_H
#define TURNOUT_NET_PAGE_H

#include <turnout/net/http_server.h>

enum { PAGE_ROWS = 1000, PAGE_AFTER_BYTES = 128 };

/* What is asked for. */
struct page {
    uint32_t limit;               /* rows: as many as were asked for, or as are given at most */
    char after[PAGE_AFTER_BYTES]; /* `next` of the page before; empty: from the beginning */
};

/* `usual` rows where the request says no limit, and never more than `most`. False after refusing. */
bool page_read(struct http_exchange *exchange, const struct http_request *request, uint32_t usual,
               uint32_t most, struct page *ret_page);

/* For an `after` that no answer can have given. */
void page_refuse_after(struct http_exchange *exchange);

#endif
