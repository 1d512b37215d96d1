/* Files that never change. */
#include "bulletin_answer.h"

#include <assert.h>
#include <stdio.h>

static void refuse_unknown(struct http_exchange *exchange, const char *detail)
{
    http_answer_problem(exchange, 404, "unknown-bulletin", "Unknown bulletin", detail, "", NULL);
}

const struct bulletin *bulletin_of_path(struct publication *publication, struct http_exchange *exchange,
                                        struct slice number)
{
    uint64_t value = 0;
    const struct bulletin *bulletin = text_parse_unsigned(number, INT32_MAX, &value) && number.bytes[0] != '0'
                                          ? shelf_find(publication_shelf(publication), (int64_t)value)
                                          : NULL;
    if (bulletin == NULL) {
        refuse_unknown(exchange, "there is no bulletin of this number; /v1/bulletins lists them");
    }
    return bulletin;
}

static void release_publication(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    publication_release(lender);
}

void bulletin_answer_file(struct publication *publication, const struct bulletin_file *file,
                          struct http_exchange *exchange, const struct http_request *request, bool is_public)
{
    if (file == NULL) {
        refuse_unknown(exchange, "the bulletin has no file of this name");
        return;
    }
    char headers[192];
    int length =
        snprintf(headers, sizeof headers, "ETag: %s\r\nCache-Control: %s, max-age=31536000, immutable\r\n",
                 file->etag, is_public ? "public" : "private");
    assert(length > 0 && (size_t)length < sizeof headers);
    if (http_request_etag_matches(request, file->etag)) {
        http_answer(exchange, &(struct http_answer){.status = 304, .headers = headers});
        return;
    }
    publication_acquire(publication);
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = file->content_type,
                                                .headers = headers,
                                                .body = file->bytes.bytes,
                                                .body_bytes = file->bytes.length,
                                                .release = release_publication,
                                                .lender = publication});
}
