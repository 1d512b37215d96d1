/* Pages: find the file, pick the coding, answer. Nothing of a page is here. */
#include "static_http.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "coding.h"

/* A page takes everything from this server, but for what it fetches where `asks_others` says so; and runs no script and
 * no style that stands in its HTML. */
#define POLICY                                                                                               \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src %s; "     \
    "img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "    \
    "frame-ancestors %s\r\nReferrer-Policy: no-referrer\r\n"

static bool is_at(const struct static_file *file, struct slice path)
{
    size_t length = strlen(file->path);
    bool takes_segment = length > 1 && file->path[length - 1] == '/';
    return takes_segment ? path.length > length && memcmp(path.bytes, file->path, length) == 0
                         : slice_equals(path, file->path);
}

static const struct static_file *find(struct slice path)
{
    for (size_t i = 0; i < static_file_count; i++) {
        if (is_at(&static_files[i], path)) {
            return &static_files[i];
        }
    }
    return NULL;
}

/* The bytes are the program's own. */
static void keep(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    (void)lender;
}

void static_http_get(void *context, struct http_exchange *exchange, const struct http_request *request,
                     struct slice segment, struct slice body)
{
    (void)context;
    (void)segment;
    (void)body;
    const struct static_file *file = find(request->path);
    if (file == NULL) {
        http_answer_problem(exchange, 404, static_file_count == 0 ? "no-pages" : "not-found", "Not found",
                            static_file_count == 0 ? "this turnoutd was built without the pages"
                                                   : "there is nothing at this path",
                            "", NULL);
        return;
    }
    enum http_coding coding;
    if (!coding_read(exchange, request, &coding)) {
        return;
    }
    char etag[64];
    char headers[1024];
    int length = snprintf(etag, sizeof etag, "\"%s%s\"", file->version, http_coding_mark(coding));
    assert(length > 0 && (size_t)length < sizeof etag);
    length = snprintf(
        headers, sizeof headers, "%sETag: %s\r\nVary: Accept-Encoding\r\nCache-Control: %s\r\n" POLICY,
        http_coding_header(coding), etag,
        file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache",
        file->asks_others ? "'self' https: http:" : "'self'", file->may_be_framed ? "*" : "'none'");
    assert(length > 0 && (size_t)length < sizeof headers);
    if (http_request_etag_matches(request, etag)) {
        http_answer(exchange, &(struct http_answer){.status = 304, .headers = headers});
        return;
    }
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = file->content_type,
                                                .headers = headers,
                                                .body = file->forms[coding].bytes,
                                                .body_bytes = file->forms[coding].length,
                                                .release = keep});
}
