/* Answers readers with a document. What is lent is the publication, or a document of the request's own. */
#include "public_answer.h"

#include "document_answer.h"

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

void public_answer(struct public_reader *reader, struct http_exchange *exchange,
                   const struct http_request *request, const struct document *document)
{
    publication_acquire(reader->publication);
    document_answer(exchange, request,
                    &(struct document_answer){
                        .document = document,
                        .release = release_publication,
                        .lender = reader->publication,
                        .last_modified = publication_last_modified(reader->publication),
                        .cache_control = CACHE_LIVE,
                        .counters = reader->counters,
                    });
}

void public_answer_own(struct public_reader *reader, struct http_exchange *exchange,
                       const struct http_request *request, struct document *own)
{
    enum http_coding coding;
    if (http_request_choose_coding(request, &coding)) {
        document_shed(own, coding); /* what it costs us is what the connection is known to owe */
    }
    document_answer(exchange, request,
                    &(struct document_answer){
                        .document = own,
                        .release = free_document,
                        .lender = own,
                        .last_modified = publication_last_modified(reader->publication),
                        .cache_control = CACHE_LIVE,
                        .counters = reader->counters,
                    });
}
