/* Answers with a document, as 200 or 304. Its bytes are lent, never copied. */
#include "document_answer.h"

#include <assert.h>
#include <stdio.h>

#include "coding.h"

void release_lent_publication(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    publication_release(lender);
}

static void count(struct counters *counters, bool is_known)
{
    if (counters != NULL) {
        counter_add(&counters->documents_served, 1);
        counter_add(&counters->documents_unchanged, is_known ? 1 : 0);
    }
}

void document_answer(struct http_exchange *exchange, const struct http_request *request,
                     const struct document_answer *answer)
{
    enum http_coding coding;
    if (!coding_read(exchange, request, &coding)) {
        answer->release(NULL, 0, answer->lender);
        return;
    }
    const struct representation *chosen = &answer->document->forms[coding];
    char headers[512];
    int length =
        snprintf(headers, sizeof headers,
                 "%sETag: %s\r\nLast-Modified: %s\r\nCache-Control: %s\r\nVary: Accept-Encoding\r\n",
                 http_coding_header(coding), chosen->etag, answer->last_modified, answer->cache_control);
    assert(length > 0 && (size_t)length < sizeof headers);
    bool is_known = http_request_etag_matches(request, chosen->etag);
    count(answer->counters, is_known);
    if (is_known) {
        http_answer(exchange, &(struct http_answer){.status = 304, .headers = headers});
        answer->release(NULL, 0, answer->lender);
        return;
    }
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = answer->document->content_type,
                                                .headers = headers,
                                                .body = chosen->bytes,
                                                .body_bytes = chosen->length,
                                                .release = answer->release,
                                                .lender = answer->lender});
}
