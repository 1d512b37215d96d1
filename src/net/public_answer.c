/* Codings and versions. The bytes are lent, never copied. */
#include "public_answer.h"

#include <assert.h>
#include <stdio.h>

#include "coding.h"

static void release_publication(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    publication_release(lender);
}

static void free_document(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    document_free(lender);
}

/* With a document of the publication; or with one of the request alone, `own`, which is freed. */
static void answer_either(struct public_reader *reader, struct http_exchange *exchange,
                          const struct http_request *request, const struct document *document,
                          struct document *own)
{
    enum http_coding coding;
    if (!coding_read(exchange, request, &coding)) {
        document_free(own);
        return;
    }
    const struct representation *chosen = &document->forms[coding];
    char headers[512];
    int length =
        snprintf(headers, sizeof headers,
                 "%sETag: %s\r\nLast-Modified: %s\r\n"
                 "Cache-Control: public, max-age=2, stale-while-revalidate=30\r\n"
                 "Vary: Accept-Encoding\r\n",
                 http_coding_header(coding), chosen->etag, publication_last_modified(reader->publication));
    assert(length > 0 && (size_t)length < sizeof headers);

    counter_add(&reader->counters->documents_served, 1);
    if (http_request_etag_matches(request, chosen->etag)) {
        counter_add(&reader->counters->documents_unchanged, 1);
        http_answer(exchange, &(struct http_answer){.status = 304, .headers = headers});
        document_free(own);
        return;
    }
    if (own == NULL) {
        publication_acquire(reader->publication);
    }
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = document->content_type,
                                                .headers = headers,
                                                .body = chosen->bytes,
                                                .body_bytes = chosen->length,
                                                .release = own != NULL ? free_document : release_publication,
                                                .lender = own != NULL ? (void *)own : reader->publication});
}

void public_answer(struct public_reader *reader, struct http_exchange *exchange,
                   const struct http_request *request, const struct document *document)
{
    answer_either(reader, exchange, request, document, NULL);
}

void public_answer_own(struct public_reader *reader, struct http_exchange *exchange,
                       const struct http_request *request, struct document *own)
{
    answer_either(reader, exchange, request, own, own);
}
