/* The pages and what they are made of: files that the build has compressed and embedded (src/web, and the table that
 * its build.mjs writes). */
#ifndef TURNOUT_NET_STATIC_HTTP_H
#define TURNOUT_NET_STATIC_HTTP_H

#include <turnout/net/http_server.h>

struct static_bytes {
    const char *bytes;
    size_t length;
};

struct static_file {
    const char *path; /* one that ends with '/' stands for whatever one segment follows it */
    const char *content_type;
    bool is_immutable;   /* its name changes with its content, so that it may be kept for ever */
    bool may_be_framed;  /* by pages of other sites */
    bool asks_others;    /* its script may fetch from other servers */
    const char *version; /* another one for other bytes */
    struct static_bytes forms[HTTP_CODINGS];
};

/* In the order in which they are looked through; none when the build leaves the pages out. */
extern const struct static_file static_files[];
extern const size_t static_file_count;

/* Handler of every route under which a listener shows pages; takes any context. */
void static_http_get(void *context, struct http_exchange *exchange, const struct http_request *request,
                     struct slice segment, struct slice body);

#endif
